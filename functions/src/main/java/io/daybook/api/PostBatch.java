package io.daybook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.journal.AtomicOutcome;
import io.daybook.journal.Journal;
import io.daybook.journal.Outcome;
import io.daybook.ledger.Command;
import io.daybook.ledger.Names;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Metric;
import io.daybook.telemetry.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjDoubleConsumer;

/** {@code POST /v1/ledgers/{ledger}/batches} */
public final class PostBatch extends ApiHandler {
    private static final int MAX_BATCH_BODY = 1024 * 1024;
    private static final int MAX_TRANSACTIONS = 500;
    private static final int MAX_POSTINGS = 2000;

    private static final String REHEARSAL =
            "{\"transactions\":[{\"postings\":[{\"debit\":\"nobody\",\"credit\":\"nobody:else\",\"amount\":\"1\"}]}]}";

    private final Journal journal;

    public PostBatch() {
        this(Deployment.ofLambda(deployment -> new PostBatch(deployment).rehearse("dryRun=true", REHEARSAL)));
    }

    public PostBatch(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        var dryRun = request.flag("dryRun");
        request.endParameters();
        var ledger = request.ledger();
        var body = request.body(MAX_BATCH_BODY);
        var atomic = body.flag("atomic");
        var keys = new ArrayList<String>();
        var commands = commands(body, ledger, dryRun, keys);
        body.end();
        if (atomic) {
            var outcome = dryRun
                    ? journal.rehearseAtomically(commands)
                    : journal.executeAtomically(commands, request.correlationId());
            count(request, outcome, commands.size());
            return reply(outcome, keys, dryRun);
        }
        var outcomes = dryRun ? journal.rehearseAll(commands) : journal.executeAll(commands, request.correlationId());
        var answers = new ArrayList<TransactionAnswer>();
        for (int i = 0; i < commands.size(); i++) {
            request.ended(outcomes.get(i));
            if (outcomes.get(i) instanceof Outcome.Done done && done.written()) {
                request.wrote(done.books().transaction(commands.get(i).id()).orElseThrow());
            }
            answers.add(answer(outcomes.get(i), commands.get(i), dryRun));
        }
        return Reply.json(200, results(keys, answers));
    }

    @Override
    void measure(Request request, ObjDoubleConsumer<Metric> metrics) {
        var appends = Observation.current().map(Observation::appends).orElse(0);
        if (appends > 0) {
            metrics.accept(Metric.TRANSACTIONS_PER_APPEND, (double) request.transactionsWritten() / appends);
        }
    }

    /** @param keys takes what the answer names each transaction by */
    private static List<Command.PostTransaction> commands(
            Fields body, String ledger, boolean dryRun, List<String> keys) {
        var commands = body.objects("transactions", 1, MAX_TRANSACTIONS, part -> {
            // A dry run does not look at keys. What stands for them tells the transactions apart, and can be no
            // caller's.
            var key = dryRun ? "dry run " + keys.size() : key(part, keys);
            keys.add(dryRun ? part.anyText("key") : key);
            return TransactionBody.read(part, ledger, key);
        });
        var postings =
                commands.stream().mapToInt(command -> command.postings().size()).sum();
        if (postings > MAX_POSTINGS) {
            body.fault(
                    "/transactions",
                    "have " + postings + " postings together, at most " + MAX_POSTINGS + " are allowed");
        }
        return commands;
    }

    private static String key(Fields part, List<String> keys) {
        var key = part.required(
                        "key", text -> Optional.of(text).filter(Names::isKey), "1 to 255 visible ASCII characters")
                .orElse("");
        if (!key.isEmpty() && keys.contains(key)) {
            part.fault("/key", "is there twice in the batch");
        }
        return key;
    }

    private static TransactionAnswer answer(Outcome outcome, Command.PostTransaction command, boolean dryRun) {
        return outcome instanceof Outcome.Done done
                ? dryRun ? TransactionAnswer.rehearsed(done, command) : TransactionAnswer.of(done, command)
                : TransactionAnswer.of(problem(outcome));
    }

    private static void count(Request request, AtomicOutcome outcome, int transactions) {
        switch (outcome) {
            case AtomicOutcome.Done done -> {
                if (done.written()) {
                    done.transactions().forEach(request::wrote);
                } else {
                    request.count(Metric.REPLAYED, transactions);
                }
            }
            case AtomicOutcome.Refused refused -> request.count(Metric.REFUSED, transactions);
            case AtomicOutcome.TooLarge large -> request.count(Metric.REFUSED, transactions);
            case AtomicOutcome.Contention lost -> request.ended(new Outcome.Contention(lost.tries()));
            case AtomicOutcome.Unknown() -> request.ended(new Outcome.Unknown(0));
        }
    }

    private static Reply reply(AtomicOutcome outcome, List<String> keys, boolean dryRun) {
        return switch (outcome) {
            case AtomicOutcome.Done done ->
                Reply.json(
                        200,
                        results(
                                keys,
                                done.transactions().stream()
                                        .map(transaction -> dryRun
                                                ? TransactionAnswer.rehearsed(transaction)
                                                : TransactionAnswer.of(transaction, !done.written()))
                                        .toList()));
            case AtomicOutcome.Refused refused -> {
                var problem = Problem.of(
                        ProblemType.BATCH_DECLINED,
                        "%d of %d transactions cannot be posted, so none was."
                                .formatted(refused.refusals().size(), keys.size()));
                var failed = new ArrayList<ObjectNode>();
                refused.refusals()
                        .forEach((at, refusal) ->
                                failed.add(result(keys.get(at), TransactionAnswer.of(Problem.of(refusal)))));
                problem.members().putArray("results").addAll(failed);
                yield Reply.problem(problem);
            }
            case AtomicOutcome.TooLarge large ->
                Reply.problem(Problem.of(
                        ProblemType.BATCH_TOO_LARGE,
                        "It takes %d writes, one atomic write has at most %d: one for each transaction, each account and each hold with expiresAt, and one more."
                                .formatted(large.writes(), large.allowed())));
            case AtomicOutcome.Contention lost -> Reply.problem(problem(new Outcome.Contention(lost.tries())));
            case AtomicOutcome.Unknown() -> Reply.problem(problem(new Outcome.Unknown(0)));
        };
    }

    private static ObjectNode results(List<String> keys, List<TransactionAnswer> answers) {
        var node = Json.object();
        var results = node.putArray("results");
        for (int i = 0; i < keys.size(); i++) {
            results.add(result(keys.get(i), answers.get(i)));
        }
        return node;
    }

    private static ObjectNode result(String key, TransactionAnswer answer) {
        var node = Json.object()
                .put("key", Names.isKey(key) ? key : null)
                .put("status", answer.status())
                .put("replayed", answer.replayed());
        if (answer.transaction() != null) {
            node.set("transaction", answer.transaction());
        }
        if (answer.problem() != null) {
            node.set("problem", answer.problem().json());
        }
        return node;
    }
}
