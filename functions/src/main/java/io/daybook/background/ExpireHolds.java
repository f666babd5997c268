package io.daybook.background;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.daybook.journal.DueHolds;
import io.daybook.journal.Journal;
import io.daybook.journal.Outcome;
import io.daybook.ledger.Command;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the expiry of the holds whose time has come. Triggered each minute. */
public final class ExpireHolds extends JsonHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ExpireHolds.class);

    /** What is left then is for the next run. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(40);

    private static final int PAGE = 100;

    private final Deployment deployment;
    private final Journal journal;
    private final DueHolds dueHolds;
    private final Telemetry telemetry;

    public ExpireHolds() {
        this(Deployment.ofLambda(deployment -> deployment.dueHolds().due(0, "", Instant.EPOCH, 1)));
    }

    public ExpireHolds(Deployment deployment) {
        this.deployment = deployment;
        journal = deployment.journal();
        dueHolds = deployment.dueHolds();
        telemetry = new Telemetry(deployment);
    }

    @Override
    public JsonNode handle(JsonNode event, Context context) {
        return telemetry.observe(context, () -> {
            var now = deployment.clock().instant();
            var until = now.plus(LONGEST_RUN);
            var attempts = new Attempts();
            long expired = 0;
            for (int shard : deployment.shards().outboxFrom(now)) {
                // A shard that fails may take seconds, and the time-out must not come before the end.
                if (attempts.anyFailed() && deployment.clock().instant().isAfter(until)) {
                    break;
                }
                expired += expire(shard, until, attempts);
            }
            var total = expired;
            telemetry.measure(metrics -> metrics.accept(Metric.EXPIRED, (double) total));
            LOG.atInfo().addKeyValue("holds", total).log("expired");
            attempts.end();
            return TextNode.valueOf(total + " expired");
        });
    }

    private long expire(int shard, Instant until, Attempts attempts) {
        long expired = 0;
        var after = "";
        while (true) {
            var from = after;
            var slice = attempts.make(
                    "due#" + shard,
                    () -> dueHolds.due(shard, from, deployment.clock().instant(), PAGE));
            if (slice.isEmpty()) {
                return expired;
            }
            for (var hold : slice.get().items()) {
                if (deployment.clock().instant().isAfter(until)) {
                    return expired;
                }
                var keys = Map.of("ledger", hold.ledger(), "transaction", hold.transaction());
                if (telemetry.with(
                        keys, () -> attempts.make(hold.sk(), () -> expire(hold)).orElse(false))) {
                    expired++;
                }
            }
            if (!slice.get().more()) {
                return expired;
            }
            // Past what could not be expired now, so that it holds up no other.
            after = slice.get().items().getLast().sk();
        }
    }

    private boolean expire(DueHolds.Due hold) {
        var command = new Command.ExpireHold(hold.ledger(), hold.transaction());
        var outcome = journal.execute(command, Telemetry.correlationId(null));
        if (!(outcome instanceof Outcome.Done)) {
            LOG.atWarn().addKeyValue("outcome", outcome).log("not expired now");
        }
        return outcome instanceof Outcome.Done;
    }
}
