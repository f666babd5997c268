package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Transaction;
import io.daybook.runtime.Deployment;

/** {@code GET /v1/ledgers/{ledger}/transactions/{id}} */
public final class ReadTransaction extends ApiHandler {
    private final Journal journal;

    public ReadTransaction() {
        this(Deployment.ofLambda(deployment -> new ReadTransaction(deployment).rehearse("", "")));
    }

    public ReadTransaction(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        request.endParameters();
        var id = request.transaction();
        var transaction = journal.transaction(request.ledger(), id)
                .orElseThrow(() -> Problem.transactionNotFound(id).refused());
        return Reply.json(200, Json.transaction(transaction)).unlessKnown(etag(transaction), request);
    }

    /** Changes with every event of the transaction. */
    static String etag(Transaction transaction) {
        var events = 1 + (transaction.ended() == null ? 0 : 1) + (transaction.reversed() == null ? 0 : 1);
        return "\"" + events + "\"";
    }
}
