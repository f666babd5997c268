package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.AccountState;
import io.daybook.runtime.Deployment;
import io.daybook.views.RecordedEntry;
import io.daybook.views.Views;
import java.util.List;

/** {@code GET /v1/ledgers/{ledger}/accounts/{account}/entries} */
public final class ListEntries extends ApiHandler {
    private final Journal journal;
    private final Views views;

    public ListEntries() {
        this(Deployment.ofLambda(deployment -> new ListEntries(deployment).rehearse("", "")));
    }

    public ListEntries(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
        views = deployment.views();
    }

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        var account = request.account();
        var range = request.range();
        var cursors = Cursors.ofEntries("entries", ledger, account, range);
        var paging = cursors.paging(request);
        request.endParameters();
        var page = views.entries(ledger, List.of(account), range, paging).merged();
        if (page.items().isEmpty() && page.next().isEmpty()) {
            // Nothing under the account's own name: no entry there, or a striped account, or none.
            var parts = views.parts(ledger, account)
                    .or(() -> journal.account(ledger, account).map(AccountState::partNames))
                    .orElseThrow(() -> Problem.accountNotFound(account).refused());
            if (parts.size() > 1) {
                page = views.entries(ledger, parts, range, paging).merged();
            }
        }
        return Reply.json(200, Json.page(page, Json::entry, RecordedEntry::place, cursors.writer(paging)));
    }
}
