package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Event;
import io.daybook.ledger.Transaction;
import io.daybook.runtime.Deployment;

/** {@code POST /v1/ledgers/{ledger}/transactions} */
public final class PostTransaction extends ApiHandler {
    private final Journal journal;

    public PostTransaction() {
        this(Deployment.ofLambda());
    }

    public PostTransaction(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        request.endParameters();
        var ledger = request.ledger();
        var key = request.idempotencyKey();
        var body = request.body(MAX_BODY);
        var command = TransactionBody.read(body, ledger, key);
        body.end();
        logTransaction(command.id());
        return reply(journal.execute(command, request.correlationId()), done -> {
            // Whatever has become of it since, the answer is the first one.
            var reply =
                    reply(done.books().transaction(command.id()).orElseThrow().first());
            return done.written() ? reply : reply.with("idempotency-replayed", "true");
        });
    }

    private static Reply reply(Transaction transaction) {
        if (transaction.placed() instanceof Event.Declined declined) {
            return Reply.problem(Problem.of(declined.reason()).with("transaction", transaction.id()));
        }
        return Reply.json(201, Json.transaction(transaction))
                .with("location", "/v1/ledgers/" + transaction.placed().ledger() + "/transactions/" + transaction.id());
    }
}
