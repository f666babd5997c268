package io.daybook.background;

import static io.daybook.items.Attributes.ACCOUNT;
import static io.daybook.items.Attributes.CORRELATION_ID;
import static io.daybook.items.Attributes.LEDGER;
import static io.daybook.items.Attributes.RECORDED_AT;
import static io.daybook.items.Attributes.TRANSACTION;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.items.Item;
import io.daybook.items.Message;
import io.daybook.journal.DeadLetters;
import io.daybook.journal.JournalTable;
import io.daybook.journal.Outbox;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Rehearsal;
import io.daybook.runtime.Telemetry;
import io.daybook.telemetry.Observation;
import io.daybook.telemetry.Observation.Trigger;
import io.daybook.views.Projection;
import io.daybook.views.Views;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes the views of what was appended, then clears its outbox item. Triggered by the events queue. */
public final class ProjectEvents extends JsonHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectEvents.class);

    /**
     * The last time that a message is tried here: what fails then goes among the dead letters with a word on why. The
     * queue's own redrive allows as many tries, and so takes what could not be put there.
     */
    static final int LAST_TRY = 5;

    /** A message whose outbox item is gone, and with it what there is to project. */
    private static final String ACKNOWLEDGED = new Message("outbox#0", "~", List.of()).body();

    /** The message of an account's opening, in a ledger that nobody has. */
    private static final String OPENING_MESSAGE = """
            {"outbox":{"pk":"outbox#0","sk":"~"},"events":[{"pk":"a#nobody#nobody","sk":"e#0000000001","y":"defined","z":1,
            "l":"nobody","a":"nobody","n":1,"ty":"ASSET","as":"USD/2","st":1,"t":"2026-01-01T00:00:00.000000Z","ci":"nobody",
            "os":0,"ls":0,"mi":0,"m":{"a":"b"}}]}""";

    /** The message of a transaction, there as well. */
    private static final String TRANSACTION_MESSAGE = """
            {"outbox":{"pk":"outbox#0","sk":"~"},"events":[{"pk":"t#nobody#tx_00000000000000000000000000","sk":"0",
            "y":"posted","z":1,"l":"nobody","i":"tx_00000000000000000000000000","k":"nobody","t":"2026-01-01T00:00:00.000000Z",
            "f":"00000000000000000000000000","ci":"nobody","os":0,"ls":0,"p":[["nobody","nobody:else",1]],
            "e":[["nobody","D",1,1,0,0,0,1,0,0,0],["nobody:else","C",1,0,1,0,0,0,1,0,0]]}]}""";

    private final JournalTable journal;
    private final Outbox outbox;
    private final Views views;
    private final DeadLetters deadLetters;
    private final Deployment deployment;
    private final Telemetry telemetry;

    public ProjectEvents() {
        this(Deployment.ofLambda(
                deployment -> new ProjectEvents(deployment).read(message(ACKNOWLEDGED)),
                deployment -> new ProjectEvents(deployment).rehearse()));
    }

    public ProjectEvents(Deployment deployment) {
        this.deployment = deployment;
        journal = deployment.journalTable();
        outbox = deployment.outbox();
        views = deployment.views();
        deadLetters = deployment.deadLetters();
        telemetry = new Telemetry(deployment);
    }

    /** What one message stands for. */
    private record Work(JsonNode sqs, Message message, List<Item> events) {}

    @Override
    public JsonNode handle(JsonNode batch, Context context) {
        if (!(batch.path("Records") instanceof ArrayNode messages)) {
            throw new IllegalArgumentException("the event has no Records");
        }
        return telemetry.observe(context, trigger(messages), Map.of(), () -> {
            var answer = JsonNodeFactory.instance.objectNode();
            var failures = answer.putArray("batchItemFailures");
            var work = new ArrayList<Work>();
            for (var message : messages) {
                attempt(message, failures, () -> work.add(read(message)));
            }
            projectAll(work, failures);
            return answer;
        });
    }

    private static Trigger trigger(ArrayNode messages) {
        var arn = messages.path(0).path("eventSourceARN").asText("Events");
        return new Trigger.Messages(
                arn.substring(arn.lastIndexOf(':') + 1),
                messages.valueStream()
                        .map(message -> Optional.ofNullable(attributes(message).get("traceparent")))
                        .toList());
    }

    /** All at once, since that is cheapest; where that fails, one by one, so that one poison event holds up no other. */
    private void projectAll(List<Work> work, ArrayNode failures) {
        try {
            project(work);
        } catch (RuntimeException e) {
            LOG.warn("projecting one by one, since all at once failed", e);
            work.forEach(one -> attempt(one.sqs(), failures, () -> project(List.of(one))));
        }
    }

    private void project(List<Work> work) {
        if (!work.isEmpty()) {
            write(work);
            report(work);
        }
    }

    private void write(List<Work> work) {
        views.write(work.stream()
                .flatMap(one -> one.events().stream())
                .map(Projection::of)
                .toList());
        outbox.acknowledge(distinct(work));
    }

    private void rehearse() {
        var batch = JsonNodeFactory.instance.objectNode();
        batch.putArray("Records").add(message(OPENING_MESSAGE)).add(message(TRANSACTION_MESSAGE));
        Rehearsal.of(this, batch);
    }

    private static JsonNode message(String body) {
        return JsonNodeFactory.instance.objectNode().put("body", body);
    }

    private Work read(JsonNode sqs) {
        var message = Message.parse(body(sqs));
        var events = message.events().isEmpty() ? journal.events(outbox.eventsOf(message)) : message.events();
        return new Work(sqs, message, events);
    }

    private void attempt(JsonNode message, ArrayNode failures, Runnable part) {
        try {
            part.run();
        } catch (RuntimeException e) {
            Observation.failed(e);
            if (isLast(message) && deadLetters.put(body(message), attributes(message), event(message), e)) {
                failed(message, e).log("not projected, among the dead letters now");
                return;
            }
            failed(message, e).log("not projected, the queue will bring it again");
            failures.addObject().set("itemIdentifier", message.path("messageId"));
        }
    }

    private static LoggingEventBuilder failed(JsonNode message, RuntimeException fault) {
        return LOG.atError()
                .addKeyValue("message_id", message.path("messageId").asText())
                .setCause(fault);
    }

    private static String body(JsonNode message) {
        return message.path("body").asText();
    }

    private static boolean isLast(JsonNode message) {
        return message.path("attributes").path("ApproximateReceiveCount").asInt() >= LAST_TRY;
    }

    private static Map<String, String> attributes(JsonNode message) {
        var attributes = new HashMap<String, String>();
        message.path("messageAttributes").forEachEntry((name, attribute) -> {
            if (attribute.path("stringValue").isTextual()) {
                attributes.put(name, attribute.path("stringValue").asText());
            }
        });
        return attributes;
    }

    private static String event(JsonNode message) {
        try {
            return Message.parse(body(message)).outboxSk();
        } catch (IllegalArgumentException e) {
            return "unknown, since " + e.getMessage();
        }
    }

    /** The same message may be twice in one batch. */
    private static List<Message> distinct(List<Work> work) {
        var messages = new HashMap<String, Message>();
        work.forEach(
                one -> messages.put(one.message().outboxPk() + one.message().outboxSk(), one.message()));
        return List.copyOf(messages.values());
    }

    private void report(List<Work> work) {
        var now = deployment.clock().instant();
        var events = work.stream().flatMap(one -> one.events().stream()).toList();
        telemetry.measure(metrics -> {
            metrics.accept(Metric.PROJECTED, events.size());
            metrics.accept(Metric.MESSAGES_PER_BATCH, work.size());
            for (var event : events) {
                var lag = Duration.between(event.time(RECORDED_AT), now).toMillis();
                metrics.accept(Metric.PROJECTION_LAG, (double) lag);
                telemetry.with(keys(event), () -> {
                    LOG.atInfo().addKeyValue("lag_ms", lag).log("projected");
                    return lag;
                });
            }
        });
    }

    private static Map<String, String> keys(Item event) {
        var keys = new HashMap<String, String>();
        event.textIfAny(CORRELATION_ID).ifPresent(id -> keys.put("correlation_id", id));
        event.textIfAny(LEDGER).ifPresent(ledger -> keys.put("ledger", ledger));
        event.textIfAny(TRANSACTION).ifPresent(id -> keys.put("transaction", id));
        event.textIfAny(ACCOUNT).ifPresent(id -> keys.put("account", id));
        return keys;
    }
}
