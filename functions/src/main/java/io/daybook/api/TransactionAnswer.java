package io.daybook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.journal.Outcome;
import io.daybook.ledger.Command;
import io.daybook.ledger.Event;
import io.daybook.ledger.Transaction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one transaction that was asked for, the same whether it was asked for alone or in a batch.
 *
 * @param status the HTTP status that the single call has
 * @param replayed whether an earlier call has had this answer
 * @param transaction unless there is a problem
 */
record TransactionAnswer(
        int status,
        boolean replayed,
        @Nullable ObjectNode transaction,
        @Nullable Problem problem) {

    /** Whatever has become of a transaction since, its answer is the first one. */
    static TransactionAnswer of(Outcome.Done done, Command.PostTransaction command) {
        return of(done.books().transaction(command.id()).orElseThrow().first(), !done.written());
    }

    static TransactionAnswer of(Transaction transaction, boolean replayed) {
        return transaction.placed() instanceof Event.Declined declined
                ? new TransactionAnswer(
                        ProblemType.DECLINED_STATUS,
                        replayed,
                        null,
                        Problem.of(declined.reason()).with("transaction", transaction.id()))
                : new TransactionAnswer(201, replayed, Json.transaction(transaction), null);
    }

    /** What would become of it: nothing was written, so that it has neither an id nor a key. */
    static TransactionAnswer rehearsed(Outcome.Done done, Command.PostTransaction command) {
        return rehearsed(done.books().transaction(command.id()).orElseThrow());
    }

    static TransactionAnswer rehearsed(Transaction transaction) {
        if (transaction.placed() instanceof Event.Declined declined) {
            return new TransactionAnswer(ProblemType.DECLINED_STATUS, false, null, Problem.of(declined.reason()));
        }
        var node = Json.transaction(transaction);
        node.putNull("id").putNull("key");
        return new TransactionAnswer(200, false, node, null);
    }

    static TransactionAnswer of(Problem problem) {
        return new TransactionAnswer(problem.type().status(), false, null, problem);
    }

    Reply reply() {
        if (transaction == null) {
            return replayed(Reply.problem(Objects.requireNonNull(problem)));
        }
        var reply = Reply.json(status, transaction);
        return status == 201 ? replayed(reply.with("location", location(transaction))) : reply;
    }

    static String location(ObjectNode transaction) {
        return "/v1/ledgers/" + transaction.path("ledger").asText() + "/transactions/"
                + transaction.path("id").asText();
    }

    private Reply replayed(Reply reply) {
        return replayed ? reply.with("idempotency-replayed", "true") : reply;
    }
}
