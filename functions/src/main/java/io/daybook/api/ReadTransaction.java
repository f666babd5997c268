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
        var reply = Reply.json(200, Json.transaction(transaction));
        return (isFinal(transaction) ? reply.forGood() : reply).unlessKnown(etag(transaction), request);
    }

    /** Whether nothing can happen to it any more; of what was posted that is what is reversed, or itself a reversal. */
    private static boolean isFinal(Transaction transaction) {
        return switch (transaction.status()) {
            case DECLINED, VOIDED, EXPIRED -> true;
            case POSTED -> transaction.reversed() != null || transaction.terms().reverses() != null;
            case PENDING -> false;
        };
    }

    /** Changes with every event of the transaction. */
    static String etag(Transaction transaction) {
        var events = 1 + (transaction.ended() == null ? 0 : 1) + (transaction.reversed() == null ? 0 : 1);
        return "\"" + events + "\"";
    }
}
