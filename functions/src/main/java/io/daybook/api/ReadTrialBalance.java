package io.daybook.api;

import io.daybook.ledger.Timestamp;
import io.daybook.runtime.Deployment;
import io.daybook.views.TrialBalance;
import io.daybook.views.TrialBalances;
import java.time.Instant;
import java.util.Optional;

/** {@code GET /v1/ledgers/{ledger}/trial-balance} */
public final class ReadTrialBalance extends ApiHandler {
    /** So many accounts can be read within a fraction of the API's time limit, 64 at once. */
    private static final int MAX_LIVE_ACCOUNTS = 5000;

    private final Deployment deployment;
    private final TrialBalances trialBalances;

    public ReadTrialBalance() {
        this(Deployment.ofLambda(deployment -> new ReadTrialBalance(deployment).rehearse("", "")));
    }

    public ReadTrialBalance(Deployment deployment) {
        super(deployment);
        this.deployment = deployment;
        trialBalances = deployment.trialBalances();
    }

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        var asked = request.time("at");
        request.endParameters();
        // Both known before any entry is read.
        var safe = deployment.outbox().safeCut(ledger, deployment.shards().outbox(), deployment.clock());
        if (asked.filter(at -> at.isAfter(safe)).isPresent()) {
            throw Problem.of(
                            ProblemType.NOT_YET_PROJECTED,
                            "The latest cut that is safe now is " + Timestamp.format(safe) + ".")
                    .with("safe", Timestamp.format(safe))
                    .refused();
        }
        return trialBalances
                .live(ledger, asked.orElse(safe), MAX_LIVE_ACCOUNTS)
                .map(balance -> reply(ledger, balance, "live"))
                .orElseGet(() -> audited(ledger, asked));
    }

    /** The ledger is too large to be added up within a call: what the last audit has added up answers. */
    private Reply audited(String ledger, Optional<Instant> asked) {
        var audited = trialBalances.audited(ledger);
        return audited.filter(balance -> asked.isEmpty() || asked.get().equals(balance.at()))
                .map(balance -> reply(ledger, balance, "audit"))
                .orElseThrow(() -> unavailable(audited).refused());
    }

    /**
     * Answers with a trial balance.
     *
     * @throws Problem.Refused where it has more assets than Lambda can hand back
     */
    static Reply reply(String ledger, TrialBalance balance, String source) {
        var reply = Reply.json(200, Json.trialBalance(ledger, balance, source));
        // As many characters as bytes: all of it is ASCII.
        if (reply.body().length() > Json.MAX_PAGE_BYTES) {
            throw Problem.of(
                            ProblemType.TRIAL_BALANCE_UNAVAILABLE,
                            "The ledger has so many assets that its trial balance does not fit into one answer: it has %d bytes, one has at most %d."
                                    .formatted(reply.body().length(), Json.MAX_PAGE_BYTES))
                    .refused();
        }
        return reply;
    }

    private static Problem unavailable(Optional<TrialBalance> audited) {
        return audited.map(TrialBalance::at)
                .map(Timestamp::format)
                .map(at -> Problem.of(
                                ProblemType.TRIAL_BALANCE_UNAVAILABLE,
                                "The ledger has more than %d accounts; the last audit's, at %s, is the one there is."
                                        .formatted(MAX_LIVE_ACCOUNTS, at))
                        .with("at", at))
                .orElseGet(() -> Problem.of(
                        ProblemType.TRIAL_BALANCE_UNAVAILABLE,
                        "The ledger has more than %d accounts, and no audit has added them up yet."
                                .formatted(MAX_LIVE_ACCOUNTS)));
    }
}
