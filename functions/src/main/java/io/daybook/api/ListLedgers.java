package io.daybook.api;

import io.daybook.ledger.Names;
import io.daybook.runtime.Deployment;
import io.daybook.views.Views;
import java.util.List;

/** {@code GET /v1/ledgers} */
public final class ListLedgers extends ApiHandler {
    private final Views views;

    public ListLedgers() {
        this(Deployment.ofLambda(deployment -> new ListLedgers(deployment).rehearse("limit=1", "")));
    }

    public ListLedgers(Deployment deployment) {
        super(deployment);
        views = deployment.views();
    }

    @Override
    Reply answer(Request request) {
        var cursors = new Cursors(List.of("ledgers"), Names::isLedger);
        var paging = cursors.paging(request);
        request.endParameters();
        return Reply.json(
                200,
                Json.page(
                        views.ledgers(paging),
                        ledger -> Json.object().put("ledger", ledger),
                        ledger -> ledger,
                        cursors.writer(paging)));
    }
}
