package io.daybook.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.simulation.PublishedPace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Pattern;

/**
 * What two-account transactions need at 100 to 100,000 a second, from the units that one of them takes and AWS's published
 * limits and prices. Nothing is measured here.
 */
final class Scaling implements Bench {
    private static final List<Integer> RATES = List.of(100, 1_000, 10_000, 100_000);

    /** A key that is to be relied on is not used more than this, since transactions do not spread evenly. */
    private static final double FILLED = 0.7;

    private static final double SECONDS_A_MONTH = 30 * 24 * 3600;

    /** Each item under 1 KB; in a transaction a write is two units. The bench {@code calls} holds the sum against the code. */
    private static final int EVENT = 2;

    private static final int HEADS = 2 * 2;
    private static final int OUTBOX = 2;
    private static final int OUTBOX_DELETED = 1;
    private static final int ENTRIES = 2;
    private static final int LISTED = 1;
    private static final int JOURNAL_WRITES = EVENT + HEADS + OUTBOX + OUTBOX_DELETED;
    private static final int VIEW_WRITES = ENTRIES + LISTED;
    private static final int READS = 2;

    /** Put with the hold and deleted when it ends, both in a transaction. */
    private static final int DUE = 2 * 2;

    /** A hold that ends is two appends. */
    private static final int OUTBOX_OF_A_HOLD = 2 * (OUTBOX + OUTBOX_DELETED);

    private static final int BATCH = 10;
    private static final int MOST_WRITES_IN_A_CALL = 25;

    /** As RelayOutbox and ExpireHolds are written: what one run, each minute, does at most. */
    private static final double RUN_MILLIS = 40_000;

    private static final int REPUBLISHED_OF_A_SHARD = 200;

    private final JsonNode limits = read("limits.json");
    private final JsonNode prices = read("prices.json");
    private final String template;

    Scaling() {
        this(Path.of("template.yaml"));
    }

    Scaling(Path template) {
        try {
            this.template = Files.readString(template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String name) {
        try (var file = Scaling.class.getResourceAsStream(name)) {
            return new JsonMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "scaling";
    }

    /**
     * Something that gives out.
     *
     * @param holds up to how many transactions a second it holds as the template and a new account have it
     * @param moves what moves it
     * @param needs what that has to be for so many transactions a second
     */
    private record Limit(String of, double holds, String moves, DoubleUnaryOperator needs) {}

    @Override
    public Report run() {
        var limits = limits();
        var needs = new LinkedHashMap<String, SequencedMap<String, Double>>();
        var broken = new LinkedHashMap<String, List<String>>();
        var figures = new ArrayList<Figure>();
        limits.forEach(limit -> figures.add(Figure.of(limit.of() + " holds up to", limit.holds(), "tx/s")));
        for (var rate : RATES) {
            var of = needs(rate);
            needs.put(Integer.toString(rate), of);
            figures.add(Figure.of("cost at " + Figure.text(rate) + " tx/s", monthly(rate), "USD/month"));
            broken.put(
                    Integer.toString(rate),
                    limits.stream()
                            .filter(limit -> limit.holds() < rate)
                            .map(limit -> "%s: up to %s tx/s; %s, %s"
                                    .formatted(
                                            limit.of(),
                                            Figure.text(limit.holds()),
                                            limit.moves(),
                                            Figure.text(limit.needs().applyAsDouble(rate))))
                            .toList());
        }
        var raw = new LinkedHashMap<String, Object>();
        raw.put("needs", needs);
        raw.put("broken", broken);
        raw.put("minutely", minutely());
        raw.put("limits", this.limits);
        raw.put("prices", prices);
        return new Report(figures, raw, plot());
    }

    /** In the order in which they give out. */
    private List<Limit> limits() {
        var key = limit("partitionWriteUnits") * FILLED;
        var outboxShards = parameter("OutboxShards");
        var listShards = parameter("TransactionListShards");
        var projectors = parameter("ProjectorConcurrency");
        return List.of(
                        new Limit(
                                "a new journal table",
                                limit("newTableWriteUnits") / JOURNAL_WRITES,
                                "warm throughput of the journal, in write units",
                                rate -> rate * JOURNAL_WRITES),
                        new Limit(
                                "a new table of views",
                                limit("newTableWriteUnits") / VIEW_WRITES,
                                "warm throughput of the views, in write units",
                                rate -> rate * VIEW_WRITES),
                        new Limit(
                                "the list of one ledger's transactions",
                                key * listShards / LISTED,
                                "TransactionListShards",
                                this::listShards),
                        new Limit(
                                "the outbox",
                                key * outboxShards / (OUTBOX + OUTBOX_DELETED),
                                "OutboxShards",
                                this::outboxShards),
                        new Limit(
                                "the API's throttle",
                                parameter("RequestsPerSecond"),
                                "RequestsPerSecond",
                                rate -> rate),
                        new Limit(
                                "the projector",
                                projectors * BATCH / (projectMillis(BATCH) / 1000),
                                "ProjectorConcurrency",
                                rate -> Math.ceil(concurrency(rate / BATCH, projectMillis(BATCH)) / FILLED)),
                        new Limit(
                                "the journal table's quota",
                                limit("tableWriteUnits") / JOURNAL_WRITES,
                                "a quota of DynamoDB, in write units",
                                rate -> rate * JOURNAL_WRITES),
                        new Limit(
                                "the quota of the table of views",
                                limit("tableWriteUnits") / VIEW_WRITES,
                                "a quota of DynamoDB, in write units",
                                rate -> rate * VIEW_WRITES),
                        new Limit(
                                "the account's quota of API Gateway",
                                limit("apiRequests"),
                                "a quota of API Gateway, in requests a second",
                                rate -> rate),
                        new Limit(
                                "the account's concurrency of Lambda",
                                limit("lambdaConcurrency") / allConcurrency(1),
                                "a quota of Lambda, in invocations at a time",
                                rate -> Math.ceil(allConcurrency(rate))),
                        new Limit(
                                "the trigger of the projector",
                                limit("eventSourceConcurrency") * BATCH / (projectMillis(BATCH) / 1000),
                                "provisioned pollers instead of a maximum",
                                rate -> Math.ceil(concurrency(rate / BATCH, projectMillis(BATCH)))),
                        new Limit(
                                "messages in flight",
                                limit("queueInFlight") / (projectMillis(BATCH) / 1000),
                                "a quota of SQS, in messages",
                                rate -> rate * projectMillis(BATCH) / 1000))
                .stream()
                .sorted(Comparator.comparingDouble(Limit::holds))
                .toList();
    }

    private SequencedMap<String, Double> needs(double rate) {
        var needs = new LinkedHashMap<String, Double>();
        needs.put("journal, write units a second", rate * JOURNAL_WRITES);
        needs.put("journal, read units a second", rate * READS);
        needs.put("journal, partitions", Math.ceil(rate * JOURNAL_WRITES / limit("partitionWriteUnits")));
        needs.put("views, write units a second", rate * VIEW_WRITES);
        needs.put("views, partitions", Math.ceil(rate * VIEW_WRITES / limit("partitionWriteUnits")));
        needs.put("OutboxShards", outboxShards(rate));
        needs.put("TransactionListShards, if all is one ledger", listShards(rate));
        needs.put("PostTransaction at a time", concurrency(rate, postMillis()));
        needs.put("messages for a projector", batch(rate));
        needs.put("ProjectEvents at a time", concurrency(rate / batch(rate), projectMillis(batch(rate))));
        needs.put(
                "seconds to grow into from nothing",
                10
                        * Math.max(
                                concurrency(rate, postMillis()) / limit("lambdaNewEnvironments"),
                                rate / limit("lambdaNewRequests")));
        needs.put("messages in flight", rate * projectMillis(batch(rate)) / 1000);
        needs.put("requests to SQS a second", rate * requestsToSqs(rate));
        needs.put("logs, MB a second", rate * logBytes(rate) / 1e6);
        needs.put("stored at most, GB more each month", stored(rate));
        var costs = costs(rate);
        costs.forEach((item, cost) -> needs.put(item + ", USD a month", cost));
        needs.put("USD a month", monthly(rate));
        needs.put("USD a million transactions", monthly(rate) / (rate * SECONDS_A_MONTH) * 1e6);
        needs.put("storage, USD a month more each month", stored(rate) * limit("storageGbMonth"));
        return needs;
    }

    private double monthly(double rate) {
        return costs(rate).values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** GB in a month, if each event and view is as large as its unit. */
    private static double stored(double rate) {
        return rate * SECONDS_A_MONTH * (1 + VIEW_WRITES) * 1024 / 1e9;
    }

    private SequencedMap<String, Double> costs(double rate) {
        var millions = rate * SECONDS_A_MONTH / 1e6;
        var invocations = 1 + 1 / batch(rate);
        var seconds = (postMillis() + projectMillis(batch(rate)) / batch(rate)) / 1000;
        var costs = new LinkedHashMap<String, Double>();
        costs.put(
                "DynamoDB",
                millions * ((JOURNAL_WRITES + VIEW_WRITES) * price("dynamoDbWrite") + READS * price("dynamoDbRead")));
        costs.put(
                "Lambda",
                millions
                        * (invocations * price("lambdaRequest")
                                + 1e6 * seconds * assumed("memoryGb") * price("lambdaGbSecond")));
        costs.put("API Gateway", millions * price("httpApiRequest"));
        costs.put("SQS", millions * requestsToSqs(rate) * price("sqsRequest"));
        costs.put("CloudWatch Logs", millions * logBytes(rate) / 1e3 * price("logsGb"));
        return costs;
    }

    /** What runs once a minute, and on one machine: no parameter moves it. */
    private Map<String, Double> minutely() {
        var expiry = PublishedPace.meanMillis("Query", 1)
                + PublishedPace.meanMillis("BatchGetItem", 2)
                + PublishedPace.meanMillis("TransactWriteItems", 5)
                + PublishedPace.meanMillis("SendMessage", 1)
                + assumed("msOfItsOwn");
        var republished = PublishedPace.meanMillis("BatchGetItem", 1)
                + PublishedPace.meanMillis("SendMessage", 1)
                + PublishedPace.meanMillis("UpdateItem", 1)
                + assumed("msOfItsOwn");
        var minutely = new TreeMap<String, Double>();
        minutely.put("holds that end by themselves, a second", RUN_MILLIS / expiry / 60);
        minutely.put(
                "messages sent again, a second",
                Math.min(RUN_MILLIS / republished, REPUBLISHED_OF_A_SHARD * parameter("OutboxShards")) / 60);
        minutely.put("messages sent again, a second, with enough shards", RUN_MILLIS / republished / 60);
        minutely.put("units of a hold under a key of the outbox", (double) OUTBOX_OF_A_HOLD);
        minutely.put("units of a hold under a key of what is due", (double) DUE);
        minutely.put("accounts opened a second, of one ledger", limit("partitionWriteUnits"));
        minutely.put("entries a second of one account or stripe, by its view", limit("partitionWriteUnits"));
        minutely.put("entries a second of one account or stripe, by its head", limit("partitionWriteUnits") / 2);
        return minutely;
    }

    private double outboxShards(double rate) {
        return Math.ceil(rate * (OUTBOX + OUTBOX_DELETED) / limit("partitionWriteUnits") / FILLED);
    }

    private double listShards(double rate) {
        return Math.ceil(rate * LISTED / limit("partitionWriteUnits") / FILLED);
    }

    private double postMillis() {
        return PublishedPace.meanMillis("BatchGetItem", 2)
                + PublishedPace.meanMillis("TransactWriteItems", 4)
                + PublishedPace.meanMillis("SendMessage", 1)
                + assumed("msOfItsOwn");
    }

    /** One batch: the views in calls of 25, then the outbox. */
    private double projectMillis(double messages) {
        var millis = assumed("msOfItsOwn") + PublishedPace.meanMillis("BatchWriteItem", (int) Math.ceil(messages));
        for (var left = messages * VIEW_WRITES; left > 0; left -= MOST_WRITES_IN_A_CALL) {
            millis +=
                    PublishedPace.meanMillis("BatchWriteItem", (int) Math.ceil(Math.min(left, MOST_WRITES_IN_A_CALL)));
        }
        return millis;
    }

    /** As many messages as come while all projectors are busy, 1 to 10. */
    private double batch(double rate) {
        return Math.clamp(concurrency(rate, projectMillis(1)) / parameter("ProjectorConcurrency"), 1, BATCH);
    }

    /** Little's law. */
    private static double concurrency(double rate, double millis) {
        return rate * millis / 1000;
    }

    private double allConcurrency(double rate) {
        return concurrency(rate, postMillis()) + concurrency(rate / BATCH, projectMillis(BATCH));
    }

    /** One to send each message; one to receive and one to delete each batch. */
    private double requestsToSqs(double rate) {
        return 1 + 2 / batch(rate);
    }

    private double logBytes(double rate) {
        return assumed("accessLogBytes") + assumed("platformLogBytes") * (1 + 1 / batch(rate)) + limit("ownLogBytes");
    }

    private double limit(String name) {
        return limits.required(name).required("value").doubleValue();
    }

    private double price(String name) {
        return prices.required(name).required("price").doubleValue();
    }

    private double assumed(String name) {
        return prices.required("assumed").required(name).doubleValue();
    }

    /** The default of a parameter of the template. */
    private double parameter(String name) {
        var found = Pattern.compile("(?m)^  " + name + ":\\n(?:    .*\\n)*?    Default: (\\d+)$")
                .matcher(template);
        if (!found.find()) {
            throw new IllegalStateException("the template has no number as default of " + name);
        }
        return Double.parseDouble(found.group(1));
    }

    private Plot plot() {
        var lines = new LinkedHashMap<String, Map<Integer, Double>>();
        lines.put("partitions of the journal", line(rate -> rate * JOURNAL_WRITES / limit("partitionWriteUnits")));
        lines.put("OutboxShards", line(this::outboxShards));
        lines.put("TransactionListShards, one ledger", line(this::listShards));
        lines.put("Lambda, invocations at a time", line(this::allConcurrency));
        lines.put("ProjectEvents, of these", line(rate -> concurrency(rate / batch(rate), projectMillis(batch(rate)))));
        return Plot.lines("What transactions need", "transactions a second", "needed", lines, true);
    }

    private static Map<Integer, Double> line(DoubleUnaryOperator needs) {
        var line = new TreeMap<Integer, Double>();
        RATES.forEach(rate -> line.put(rate, needs.applyAsDouble(rate)));
        return line;
    }
}
