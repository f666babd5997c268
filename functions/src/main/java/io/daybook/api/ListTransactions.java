package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Names;
import io.daybook.ledger.Transaction;
import io.daybook.runtime.Deployment;
import io.daybook.views.Page;
import io.daybook.views.TransactionList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/ledgers/{ledger}/transactions} */
public final class ListTransactions extends ApiHandler {
    private final Journal journal;
    private final TransactionList transactions;

    public ListTransactions() {
        this(Deployment.ofLambda(deployment -> new ListTransactions(deployment).rehearse("", "")));
    }

    public ListTransactions(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
        transactions = deployment.transactionList();
    }

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        if (request.has("key")) {
            return byKey(request, ledger);
        }
        var range = request.range();
        var status =
                request.parameter("status", ListTransactions::status, "posted, pending, voided, expired or declined");
        var cursors = new Cursors(
                List.of("transactions", ledger, range.toString(), status.toString()),
                place -> TransactionList.isPlace(place, range));
        var paging = cursors.paging(request);
        request.endParameters();
        var page = transactions.page(
                ledger, range, transaction -> status.isEmpty() || status.get() == transaction.status(), paging);
        return Reply.json(200, Json.page(page, Json::transaction, TransactionList::place, cursors.writer(paging)));
    }

    /** The one transaction of an idempotency key, from the journal; the key is asked for alone. */
    private Reply byKey(Request request, String ledger) {
        var key = request.parameter(
                "key", text -> Optional.of(text).filter(Names::isKey), "1 to 255 visible ASCII characters");
        request.endParameters();
        var found = key.flatMap(it -> journal.transaction(ledger, Names.transactionOf(ledger, it)));
        var page = new Page<>(found.map(List::of).orElse(List.of()), Optional.empty());
        return Reply.json(200, Json.page(page, Json::transaction, TransactionList::place, place -> place));
    }

    private static Optional<Transaction.Status> status(String text) {
        return Arrays.stream(Transaction.Status.values())
                .filter(status -> Json.text(status).equals(text))
                .findFirst();
    }
}
