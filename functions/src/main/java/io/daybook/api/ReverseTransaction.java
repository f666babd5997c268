package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Command;
import io.daybook.runtime.Deployment;
import java.util.Map;

/** {@code POST /v1/ledgers/{ledger}/transactions/{id}/reverse} */
public final class ReverseTransaction extends ApiHandler {
    private final Journal journal;

    public ReverseTransaction() {
        this(Deployment.ofLambda(deployment -> new ReverseTransaction(deployment).rehearse("dryRun=true", "")));
    }

    public ReverseTransaction(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        var dryRun = request.flag("dryRun");
        request.endParameters();
        var ledger = request.ledger();
        var original = request.transaction();
        var command = request.bodyIfAny(MAX_BODY)
                .map(body -> command(ledger, original, body))
                .orElseGet(() -> new Command.ReverseTransaction(ledger, original, null, Map.of()));
        var outcome = dryRun ? journal.rehearse(command) : journal.execute(command, request.correlationId());
        return reply(request, outcome, done -> {
            var transaction = done.books().transaction(command.id()).orElseThrow();
            if (done.written()) {
                request.wrote(transaction);
            }
            var reversal = Json.transaction(transaction);
            return done.written() && !dryRun
                    ? Reply.json(201, reversal).with("location", TransactionAnswer.location(reversal))
                    : Reply.json(200, reversal);
        });
    }

    private static Command.ReverseTransaction command(String ledger, String original, Fields body) {
        var command =
                new Command.ReverseTransaction(ledger, original, body.text("description"), body.metadata("metadata"));
        body.end();
        return command;
    }
}
