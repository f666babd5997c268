package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.runtime.Deployment;
import io.daybook.views.RecordedEntry;
import io.daybook.views.Views;

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
        var cursors = Cursors.of("entries", ledger, account, range.toString());
        var paging = cursors.paging(request);
        request.endParameters();
        var page = views.entries(ledger, account, range, paging);
        if (page.items().isEmpty() && paging.after().isEmpty()) {
            // Nothing in the view: no entry yet, or no such account.
            if (journal.account(ledger, account).isEmpty()) {
                throw Problem.accountNotFound(account).refused();
            }
        }
        return Reply.json(200, Json.page(page, Json::entry, RecordedEntry::place, cursors.writer(paging)));
    }
}
