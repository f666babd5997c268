package io.daybook.api;

import io.daybook.journal.Journal;
import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Command;
import io.daybook.ledger.Definition;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Metric;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** {@code PUT /v1/ledgers/{ledger}/accounts/{account}} */
public final class OpenAccount extends ApiHandler {
    private final Journal journal;

    public OpenAccount() {
        this(Deployment.ofLambda(deployment -> {
            // Refused for what it asks for, before anything is read.
            new OpenAccount(deployment).rehearse("", "{\"asset\":0}");
            deployment.journal().account(NOBODY, NOBODY);
        }));
    }

    public OpenAccount(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
    }

    @Override
    Reply answer(Request request) {
        request.endParameters();
        var command = new Command.OpenAccount(request.ledger(), request.account(), definition(request.body(MAX_BODY)));
        return reply(request, journal.execute(command, request.correlationId()), done -> {
            if (done.written()) {
                request.count(Metric.DEFINED, 1);
            }
            var account = done.books().state(command.account()).orElseThrow();
            return Reply.json(done.written() ? 201 : 200, Json.account(account))
                    .with("etag", ReadAccount.etag(account));
        });
    }

    private static Definition definition(Fields body) {
        var asset = body.required(
                "asset", Asset::parse, "an asset such as USD/2: a code of A-Z and 0-9, and a scale of 0 to 18");
        var type = body.required("type", OpenAccount::type, "asset, expense, liability, equity or income");
        var minimum = body.has("minimum") ? body.limit("minimum") : BigInteger.ZERO;
        var maximum = body.limit("maximum");
        if (minimum != null && maximum != null && minimum.compareTo(maximum) > 0) {
            body.fault("/maximum", "must not be below minimum");
        }
        var stripes = body.count("stripes", 1, Definition.MOST_STRIPES);
        if (stripes != null && stripes > 1 && minimum != null) {
            body.fault("/minimum", "must be null where stripes is more than 1");
        }
        if (stripes != null && stripes > 1 && maximum != null) {
            body.fault("/maximum", "must be null where stripes is more than 1");
        }
        var description = body.text("description");
        var metadata = body.metadata("metadata");
        body.end();
        return new Definition(
                asset.orElseThrow(),
                type.orElseThrow(),
                minimum,
                maximum,
                stripes == null ? 1 : Math.toIntExact(stripes),
                false,
                description,
                metadata);
    }

    private static Optional<AccountType> type(String text) {
        return Arrays.stream(AccountType.values())
                .filter(type -> Json.text(type).equals(text))
                .findFirst();
    }
}
