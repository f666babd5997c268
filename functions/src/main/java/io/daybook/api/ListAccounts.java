package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.Names;
import io.daybook.runtime.Deployment;
import io.daybook.views.Page;
import io.daybook.views.Views;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * {@code GET /v1/ledgers/{ledger}/accounts}
 *
 * <p>A page costs one query of the directory, and one of half a read unit for each account on it, these in parallel.
 */
public final class ListAccounts extends ApiHandler {
    private final Journal journal;
    private final Views views;

    public ListAccounts() {
        this(Deployment.ofLambda(deployment -> new ListAccounts(deployment).rehearse("", "")));
    }

    public ListAccounts(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
        views = deployment.views();
    }

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        var prefix = request.parameter(
                        "prefix",
                        text -> Optional.of(text).filter(it -> it.matches("[A-Za-z0-9_.:-]{0,128}")),
                        "the beginning of an account's id")
                .orElse("");
        var cursors = new Cursors(
                List.of("accounts", ledger, prefix), place -> Names.isAccount(place) && place.startsWith(prefix));
        var paging = cursors.paging(request);
        request.endParameters();
        var listed = views.accounts(ledger, prefix, paging, false);
        var ids = listed.items().stream().map(Views.ListedAccount::id).toList();
        var seen = views.accounts(ledger, ids);
        var states = IntStream.range(0, ids.size())
                .mapToObj(i -> seen.get(i).orElseGet(() -> unseen(ledger, ids.get(i))))
                .toList();
        var page = new Page<>(states, listed.next());
        return Reply.json(200, Json.page(page, Json::account, AccountState::id, cursors.writer(paging)));
    }

    /** The directory may be ahead of the rest of the view by a moment. */
    private AccountState unseen(String ledger, String account) {
        return journal.account(ledger, account).orElseThrow();
    }
}
