package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Names;
import io.daybook.runtime.Deployment;
import io.daybook.views.Page;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/ledgers/{ledger}/transactions} */
public final class ListTransactions extends ApiHandler {
    private final Journal journal;

    public ListTransactions() {
        this(Deployment.ofLambda());
    }

    public ListTransactions(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        var key = request.parameter(
                "key", text -> Optional.of(text).filter(Names::isKey), "1 to 255 visible ASCII characters");
        request.endParameters();
        var found = key.flatMap(it -> journal.transaction(ledger, Names.transactionOf(ledger, it)));
        return Reply.json(
                200,
                Json.page(
                        new Page<>(found.map(List::of).orElse(List.of()), Optional.empty()),
                        Json::transaction,
                        place -> place));
    }
}
