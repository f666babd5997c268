package io.daybook.api;

import io.daybook.api.Problem.Fault;
import io.daybook.journal.Journal;
import io.daybook.journal.Outbox;
import io.daybook.ledger.AccountState;
import io.daybook.runtime.Deployment;
import io.daybook.views.Parallel;
import io.daybook.views.Views;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code GET /v1/ledgers/{ledger}/accounts/{account}} */
public final class ReadAccount extends ApiHandler {
    private final Journal journal;
    private final Views views;
    private final InstantSource clock;

    public ReadAccount() {
        this(Deployment.ofLambda(deployment -> new ReadAccount(deployment).rehearse("", ""), deployment -> {
            openForRehearsal(deployment);
            new ReadAccount(deployment).rehearse("", "");
        }));
    }

    public ReadAccount(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
        views = deployment.views();
        clock = deployment.clock();
    }

    @Override
    Reply answer(Request request) {
        var strong = request.parameter("consistency", ReadAccount::strong, "eventual or strong")
                .orElse(false);
        var atLeast = request.count("atLeast", 0, Long.MAX_VALUE);
        var at = request.time("at");
        request.endParameters();
        var ledger = request.ledger();
        var id = request.account();
        if (at.isPresent()) {
            if (strong || atLeast.isPresent()) {
                throw Problem.invalid(List.of(Fault.parameter(
                                "at", "tells of the past; it goes with neither atLeast nor consistency")))
                        .refused();
            }
            return past(ledger, id, at.get());
        }
        var seen = strong
                ? Optional.<AccountState>empty()
                : views.account(ledger, id).filter(account -> atLeast.isEmpty() || isAtLeast(account, atLeast.get()));
        if (seen.isPresent()) {
            return reply(request, seen.get(), "eventual");
        }
        var account = journal.account(ledger, id)
                .orElseThrow(() -> Problem.accountNotFound(id).refused());
        if (atLeast.filter(least -> account.version() < least).isPresent()) {
            throw Problem.versionMismatch(id, atLeast.get(), account.version()).refused();
        }
        return reply(request, account, "strong");
    }

    /**
     * The account as it is defined now, with the balances after the last entry recorded at or before an instant. Once no
     * entry can come in before that instant any more, it is complete or refused: the entry is followed by the next one
     * known, from the view or, where that has none, from the journal; so in each part of a striped account.
     */
    private Reply past(String ledger, String id, Instant at) {
        var now = journal.account(ledger, id)
                .orElseThrow(() -> Problem.accountNotFound(id).refused());
        var settled = !at.isAfter(clock.instant().minus(Outbox.SETTLED));
        var then = Parallel.map(now.partNames(), part -> views.at(ledger, part, at));
        if (settled) {
            var last = Parallel.map(
                    now.partNames(), part -> views.versionBeforeNext(ledger, part, at.plus(1, ChronoUnit.MICROS)));
            for (int i = 0; i < then.size(); i++) {
                if (then.get(i).version()
                        < last.get(i).orElse(now.parts().get(i).version())) {
                    throw Problem.notYetProjected(id).refused();
                }
            }
        }
        return Reply.json(200, Json.account(now.at(then))).with("daybook-consistency", "eventual");
    }

    /** The view may have seen some parts of a striped account without others, whose versions add up as high. */
    private static boolean isAtLeast(AccountState account, long version) {
        return account.definition().stripes() == 1 && account.version() >= version;
    }

    private static Reply reply(Request request, AccountState account, String consistency) {
        return Reply.json(200, Json.account(account))
                .with("daybook-consistency", consistency)
                .unlessKnown(etag(account), request);
    }

    /** Changes with every entry and every definition. */
    static String etag(AccountState account) {
        return account.parts().stream()
                .map(part -> Long.toString(part.version()))
                .collect(Collectors.joining(".", "\"", "-" + account.definitionNumber() + "\""));
    }

    private static Optional<Boolean> strong(String text) {
        return switch (text) {
            case "strong" -> Optional.of(true);
            case "eventual" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
