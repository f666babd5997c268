package io.daybook.api;

import io.daybook.ledger.Command;
import io.daybook.runtime.Deployment;

/** {@code POST /v1/ledgers/{ledger}/transactions/{id}/void} */
public final class VoidHold extends HoldHandler {
    public VoidHold() {
        this(Deployment.ofLambda(deployment -> new VoidHold(deployment).rehearse("dryRun=true", "")));
    }

    public VoidHold(Deployment deployment) {
        super(deployment);
    }

    @Override
    Command.OnTransaction command(Request request) {
        request.bodyIfAny(MAX_BODY).ifPresent(Fields::end);
        return new Command.VoidHold(request.ledger(), request.transaction());
    }
}
