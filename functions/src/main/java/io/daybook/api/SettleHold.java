package io.daybook.api;

import io.daybook.ledger.Command;
import io.daybook.ledger.Posting;
import io.daybook.runtime.Deployment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/ledgers/{ledger}/transactions/{id}/settle} */
public final class SettleHold extends HoldHandler {
    public SettleHold() {
        this(Deployment.ofLambda(deployment -> new SettleHold(deployment)
                .rehearse(
                        "dryRun=true",
                        "{\"postings\":[{\"debit\":\"nobody\",\"credit\":\"nobody:else\",\"amount\":\"1\"}]}")));
    }

    public SettleHold(Deployment deployment) {
        super(deployment);
    }

    @Override
    Command.OnTransaction command(Request request) {
        return new Command.SettleHold(
                request.ledger(),
                request.transaction(),
                request.bodyIfAny(MAX_BODY).map(SettleHold::postings).orElse(null));
    }

    /** What to settle of each held posting; null, for the whole, where the body does not say. */
    private static @Nullable List<Posting> postings(Fields body) {
        if (!body.has("postings")) {
            body.end();
            return null;
        }
        var postings =
                body.objects("postings", 1, Posting.MAX_PER_TRANSACTION, part -> TransactionBody.posting(part, 0));
        if (!postings.isEmpty()
                && postings.stream().allMatch(posting -> posting.amount().signum() == 0)) {
            body.fault("/postings", "must not all have the amount 0; to release the whole, void it");
        }
        body.end();
        return postings;
    }
}
