package io.daybook.background;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.items.Deviation;
import io.daybook.items.Item;
import io.daybook.items.TableScan;
import io.daybook.ledger.Timestamp;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Telemetry;
import io.daybook.views.Parallel;
import io.daybook.views.Runs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run over whole tables, however large they are: it is cut into parts, each of them a message. A part goes on page by
 * page, and how far it has got is kept after each; where its invocation's time runs out it gives its message back, and
 * the next delivery goes on from there. So does one that comes after a failure, and what is done twice is as if done once.
 * The function is invoked
 *
 * <ul>
 *   <li>by hand or by a schedule, to begin a run,
 *   <li>by hand with {@code {"run": "…"}}, to tell how far that run has got,
 *   <li>by its queue, with a part.
 * </ul>
 */
abstract class Sweep extends JsonHandler {
    static final String SEGMENTS = "segments";

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** A page takes seconds; where it is throttled, more of them. */
    private static final Duration FOR_ONE_PAGE = Duration.ofMinutes(1);

    private static final JsonMapper JSON = new JsonMapper();

    final Deployment deployment;
    private final Runs runs;
    private final String queueUrl;
    private final Telemetry telemetry;

    private final Metric items;
    private final Metric deviations;

    /**
     * Of this deployment.
     *
     * @param kind under which its runs are kept
     * @param items counts what a part has read
     * @param deviations counts what it has found
     */
    Sweep(Deployment deployment, String kind, Metric items, Metric deviations) {
        this.deployment = deployment;
        this.items = items;
        this.deviations = deviations;
        runs = deployment.runs(kind);
        queueUrl = deployment.partsQueueUrl();
        telemetry = new Telemetry(deployment);
    }

    /**
     * What a page of a part has come to.
     *
     * @param read how many items it has read
     * @param next the key after which the part goes on; empty where it is done
     */
    record Page(long read, List<Deviation> deviations, Optional<Item> next) {}

    /** The names of what may be asked for when a run begins. */
    abstract Set<String> options();

    /**
     * Cuts a run into parts.
     *
     * @return for each part all that its invocation has to know
     * @throws IllegalArgumentException where an option is none
     */
    abstract List<ObjectNode> parts(JsonNode options);

    /**
     * Does a page of one of them, for the first time or again.
     *
     * @param after where the page before it has ended; empty for the first
     */
    abstract Page page(JsonNode part, Optional<Item> after);

    /**
     * Begins a run, goes on with it, or tells of it, as the event wants.
     *
     * @throws IllegalArgumentException where the event wants none of these
     */
    @Override
    public JsonNode handle(JsonNode event, Context context) {
        return telemetry.observe(context, () -> answer(event, context));
    }

    /** The segments of a table as parts: as many as were asked for, else as many as it needs. */
    static Stream<ObjectNode> segments(JsonNode options, TableScan table) {
        var asked = options.path(SEGMENTS);
        if (!asked.isMissingNode()
                && !(asked.isInt() && asked.asInt() >= 1 && asked.asInt() <= TableScan.MOST_SEGMENTS)) {
            throw new IllegalArgumentException("segments is a number from 1 to " + TableScan.MOST_SEGMENTS + ".");
        }
        int segments = asked.isMissingNode() ? table.segments() : asked.asInt();
        return IntStream.range(0, segments)
                .mapToObj(segment ->
                        JSON.createObjectNode().put("segment", segment).put("of", segments));
    }

    private JsonNode answer(JsonNode event, Context context) {
        if (event.has("Records")) {
            var answer = JSON.createObjectNode();
            var failures = answer.putArray("batchItemFailures");
            for (var message : event.get("Records")) {
                if (!isDone(read(message.path("body").asText()), context)) {
                    giveBack(message);
                    failures.addObject().set("itemIdentifier", message.path("messageId"));
                }
            }
            return answer;
        }
        return event.has("run") ? tell(event.get("run").asText()) : begin(event);
    }

    private JsonNode begin(JsonNode event) {
        // What a schedule sends asks for nothing in particular.
        var options = event.has("detail-type") ? JSON.createObjectNode() : event;
        options.fieldNames().forEachRemaining(option -> {
            if (!options().contains(option)) {
                throw new IllegalArgumentException(
                        "There is no option %s; there are %s.".formatted(option, new TreeSet<>(options())));
            }
        });
        var run = Timestamp.format(deployment.clock().instant());
        var parts = parts(options);
        runs.begin(run, parts.size());
        for (int number = 0; number < parts.size(); number++) {
            parts.get(number).put("run", run).put("part", "%06d".formatted(number));
        }
        Parallel.map(
                parts,
                part -> deployment
                        .sqs()
                        .sendMessage(send -> send.queueUrl(queueUrl).messageBody(part.toString())));
        LOG.atInfo().addKeyValue("run", run).addKeyValue("parts", parts.size()).log("begun");
        return JSON.createObjectNode().put("run", run).put("parts", parts.size());
    }

    /** Goes on with a part for as long as there is time; whether it is done. */
    private boolean isDone(JsonNode part, Context context) {
        var run = part.path("run").asText();
        var number = part.path("part").asText();
        var soFar = runs.part(run, number);
        for (int pages = 0; !soFar.done(); pages++) {
            if (pages > 0 && context.getRemainingTimeInMillis() < FOR_ONE_PAGE.toMillis()) {
                log(run, number, soFar, "part goes on later");
                return false;
            }
            var page = page(part, soFar.next());
            // Before it is kept: what fails in between is told of twice, and not never.
            report(run, page);
            soFar = soFar.plus(page.read(), page.deviations(), page.next());
            if (!runs.keep(run, number, soFar)) {
                return true;
            }
        }
        log(run, number, soFar, "part done");
        return true;
    }

    private void report(String run, Page page) {
        for (var deviation : page.deviations()) {
            LOG.atError()
                    .addKeyValue("run", run)
                    .addKeyValue("rule", deviation.rule())
                    .addKeyValue("item", deviation.key())
                    .addKeyValue("detail", deviation.detail())
                    .log("deviation");
        }
        telemetry.measure(metrics -> {
            metrics.accept(items, (double) page.read());
            metrics.accept(deviations, page.deviations().size());
        });
    }

    private static void log(String run, String number, Runs.Part part, String what) {
        LOG.atInfo()
                .addKeyValue("run", run)
                .addKeyValue("part", number)
                .addKeyValue("items", part.read())
                .addKeyValue("deviations", part.deviationCount())
                .log(what);
    }

    /** Has the queue bring a message again at once, which else it would do when its visibility time-out is over. */
    private void giveBack(JsonNode message) {
        deployment
                .sqs()
                .changeMessageVisibility(change -> change.queueUrl(queueUrl)
                        .receiptHandle(message.path("receiptHandle").asText())
                        .visibilityTimeout(0));
    }

    private JsonNode tell(String run) {
        var progress = runs.progress(run).orElseThrow(() -> new IllegalArgumentException("There is no run " + run));
        var answer = JSON.createObjectNode()
                .put("run", run)
                .put("parts", progress.parts())
                .put("done", progress.done())
                .put("items", progress.read())
                .put("deviations", progress.deviationCount())
                .put(
                        "notShown",
                        progress.deviationCount() - progress.deviations().size());
        var first = answer.putArray("first");
        progress.deviations()
                .forEach(deviation -> first.addObject()
                        .put("rule", deviation.rule().name())
                        .put("item", deviation.key())
                        .put("detail", deviation.detail()));
        return answer;
    }

    private static JsonNode read(String message) {
        try {
            return JSON.readTree(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the message is not JSON", e);
        }
    }
}
