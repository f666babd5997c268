package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.Command;
import io.daybook.ledger.Command.Amendment;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Metric;
import java.util.ArrayList;
import java.util.List;

/** {@code PATCH /v1/ledgers/{ledger}/accounts/{account}} */
public final class ChangeAccount extends ApiHandler {
    private final Journal journal;

    public ChangeAccount() {
        this(Deployment.ofLambda(deployment -> {
            // Refused for what it asks for, before anything is read.
            new ChangeAccount(deployment).rehearse("", "{\"asset\":0}");
            deployment.journal().account(NOBODY, NOBODY);
        }));
    }

    public ChangeAccount(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        request.endParameters();
        var command =
                new Command.ChangeAccount(request.ledger(), request.account(), amendments(request.body(MAX_BODY)));
        return reply(request, journal.execute(command, request.correlationId()), done -> {
            if (done.written()) {
                request.count(Metric.DEFINED, 1);
            }
            var account = done.books().state(command.account()).orElseThrow();
            return Reply.json(200, Json.account(account)).with("etag", ReadAccount.etag(account));
        });
    }

    private static List<Amendment> amendments(Fields body) {
        var amendments = new ArrayList<Amendment>();
        if (body.has("minimum")) {
            amendments.add(new Amendment.Minimum(body.limit("minimum")));
        }
        if (body.has("maximum")) {
            amendments.add(new Amendment.Maximum(body.limit("maximum")));
        }
        if (body.has("description")) {
            amendments.add(new Amendment.Description(body.text("description")));
        }
        if (body.has("closed")) {
            amendments.add(new Amendment.Closed(body.definiteFlag("closed")));
        }
        body.refuseNull("metadata", "an object; a pair in it is removed by null");
        body.pairs("metadata", true)
                .forEach((key, value) -> amendments.add(new Amendment.Pair(key, value.orElse(null))));
        body.end();
        return amendments;
    }
}
