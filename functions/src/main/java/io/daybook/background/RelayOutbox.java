package io.daybook.background;

import static io.daybook.items.Attributes.CORRELATION_ID;
import static io.daybook.items.Attributes.TRACE_PARENT;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.daybook.items.Message;
import io.daybook.journal.JournalTable;
import io.daybook.journal.Outbox;
import io.daybook.journal.Publisher;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Telemetry;
import io.daybook.telemetry.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes again what no projector has acknowledged: after 1, 2, 4, 8 and then every 15 minutes, the oldest first.
 * Triggered each minute.
 */
public final class RelayOutbox extends JsonHandler {
    /** Most messages of one shard in one run, so that a stalled projector does not turn into a flood. */
    private static final int MAX_PUBLISHED = 200;

    /** Most items of one shard read in one run. */
    private static final int MAX_READ = 2000;

    /** So many failures in a row are taken for the queue's, not for a message's own. */
    private static final int MAX_FAILED = 3;

    /** What is left then is for the next run. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(40);

    private static final int PAGE = 100;

    private static final Logger LOG = LoggerFactory.getLogger(RelayOutbox.class);

    private final Deployment deployment;
    private final JournalTable journal;
    private final Outbox outbox;
    private final Publisher publisher;
    private final Telemetry telemetry;

    public RelayOutbox() {
        this(Deployment.ofLambda(deployment -> deployment.outbox().oldest(0, "~", 1)));
    }

    public RelayOutbox(Deployment deployment) {
        this.deployment = deployment;
        journal = deployment.journalTable();
        outbox = deployment.outbox();
        publisher = deployment.publisher();
        telemetry = new Telemetry(deployment);
    }

    @Override
    public JsonNode handle(JsonNode event, Context context) {
        return telemetry.observe(context, () -> {
            var now = deployment.clock().instant();
            var until = now.plus(LONGEST_RUN);
            var attempts = new Attempts();
            var whole = new Round(0, Optional.empty());
            for (int shard : deployment.shards().outboxFrom(now)) {
                // A shard that fails may take seconds, and the time-out must not come before the end.
                if (attempts.anyFailed() && deployment.clock().instant().isAfter(until)) {
                    break;
                }
                whole = whole.with(relay(shard, until, attempts));
            }
            var round = whole;
            telemetry.measure(metrics -> {
                metrics.accept(Metric.REPUBLISHED, round.published());
                round.age().ifPresent(age -> metrics.accept(Metric.OUTBOX_AGE, (double) age.toMillis()));
            });
            LOG.atInfo().addKeyValue("published", round.published()).log("relayed");
            attempts.end();
            return TextNode.valueOf(round.published() + " published");
        });
    }

    /**
     * What a run has done.
     *
     * @param age for how long the oldest item has waited to be acknowledged; empty where no shard could be read
     */
    private record Round(int published, Optional<Duration> age) {
        Round with(Round other) {
            return new Round(
                    published + other.published,
                    Stream.of(age, other.age).flatMap(Optional::stream).max(Comparator.naturalOrder()));
        }
    }

    private Round relay(int shard, Instant until, Attempts attempts) {
        int published = 0;
        int failed = 0;
        var age = Optional.<Duration>empty();
        var after = "";
        for (int read = 0; read < MAX_READ; read += PAGE) {
            var from = after;
            var page = attempts.make("outbox#" + shard, () -> outbox.oldest(shard, from, PAGE));
            if (page.isEmpty()) {
                break;
            }
            var items = page.get().items();
            if (read == 0) {
                age = Optional.of(items.isEmpty() ? Duration.ZERO : age(items.getFirst()));
            }
            for (var item : items) {
                var now = deployment.clock().instant();
                if (published == MAX_PUBLISHED || failed == MAX_FAILED || now.isAfter(until)) {
                    return new Round(published, age);
                }
                if (item.isDue(now)) {
                    var sent = attempts.make(item.sk(), () -> publish(item)).orElse(false);
                    published += sent ? 1 : 0;
                    failed = sent ? 0 : failed + 1;
                }
            }
            if (!page.get().more()) {
                break;
            }
            after = items.getLast().sk();
        }
        return new Round(published, age);
    }

    private Duration age(Outbox.Pending item) {
        return Duration.between(item.recordedAt(), deployment.clock().instant());
    }

    private boolean publish(Outbox.Pending item) {
        var message = new Message(item.pk(), item.sk(), journal.events(item.events()));
        var correlationId = message.events().stream()
                .flatMap(event -> event.textIfAny(CORRELATION_ID).stream())
                .findFirst()
                .orElse("none");
        var trace = message.events().stream()
                .flatMap(event -> event.textIfAny(TRACE_PARENT).stream())
                .findFirst();
        if (!Observation.continued(trace, () -> publisher.publish(message, correlationId))) {
            return false;
        }
        outbox.published(item, deployment.clock().instant());
        return telemetry.with(Map.of("correlation_id", correlationId), () -> {
            LOG.atInfo().addKeyValue("outbox", item.sk()).log("published again");
            return true;
        });
    }
}
