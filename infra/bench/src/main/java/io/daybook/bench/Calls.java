package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.local.LocalCloud;
import io.daybook.runtime.Deployment;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** What each operation of the API makes of calls, bytes and capacity units, its projection included, and what that costs. */
final class Calls implements Bench {
    private static final JsonMapper JSON = new JsonMapper();

    private static final Set<String> BACKGROUND =
            Set.of("ProjectEvents", "RelayOutbox", "ExpireHolds", "ReplayJournal", "AuditLedger");

    /** Longer than most: a bank account, a customer's wallet, an order's number, a sentence. */
    private static final String BANK = "assets:bank:main-account";

    private static final String WALLET = "users:0193b1c2-7a52-7f3e-9d3c-5a1d2e3f4a5b:wallet";
    private static final String DESCRIPTION = "Payment of invoice 2026-11-24/000123";
    private static final String ORDER = "o-123456789";
    private static final String KEY = "0193b1c2-7a52-7f3e-9d3c-5a1d2e3f";

    /** The API tells of what is past only after 10 s. */
    private static final Duration SETTLED = Duration.ofSeconds(11);

    private static final int BATCH_SIZE = 100;
    private static final String BATCH = "PostBatch: 100 transactions";
    private static final String PAID = "PostTransaction: two accounts";

    @Override
    public String name() {
        return "calls";
    }

    /** A request, as a caller sends it. */
    private record Request(String method, String path, Map<String, String> headers, String body) {
        Request with(String header, String value) {
            var more = new HashMap<>(headers);
            more.put(header, value);
            return new Request(method, path, more, body);
        }
    }

    /** What one invocation of a function has done. */
    private record Invocation(List<Meter.Call> calls, long logBytes) {
        double readUnits() {
            return calls.stream().mapToDouble(Meter.Call::readUnits).sum();
        }

        double writeUnits() {
            return calls.stream().mapToDouble(Meter.Call::writeUnits).sum();
        }
    }

    /**
     * What became of one operation.
     *
     * @param request what the caller waits for
     * @param projections what the queue brings about afterwards, one for each of its deliveries
     * @param reportedReadUnits what DynamoDB Local says of {@code readUnits}
     */
    private record Operation(
            String name,
            String function,
            int status,
            long requestBytes,
            long responseBytes,
            Invocation request,
            List<Invocation> projections,
            double readUnits,
            double writeUnits,
            double reportedReadUnits,
            double reportedWriteUnits,
            double usdPerMillion) {}

    @Override
    public Report run() throws Exception {
        var prices = Prices.read();
        var console = System.out;
        var logs = new AtomicLong();
        System.setOut(counting(logs));
        try (var measuring = new Measuring(prices, logs)) {
            measuring.prepare();
            measuring.writes();
            Thread.sleep(SETTLED);
            measuring.reads();
            measuring.nothingIsLeftOut();
            return report(measuring, prices);
        } finally {
            System.setOut(console);
        }
    }

    /** Takes what the functions log, and keeps its length alone. */
    private static PrintStream counting(AtomicLong bytes) {
        return new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int one) {
                        bytes.incrementAndGet();
                    }

                    @Override
                    public void write(byte[] buffer, int from, int length) {
                        bytes.addAndGet(length);
                    }
                },
                true,
                UTF_8);
    }

    /** A local cloud whose functions are metered, and two ledgers in it: of one, DynamoDB is asked what it counts. */
    private static final class Measuring implements AutoCloseable {
        private static final List<String> LEDGERS = List.of("counted", "reported");

        private final Prices prices;
        private final AtomicLong logs;
        private final LocalCloud cloud;
        private final Meter meter;
        private final SqsClient queue;
        private final Textbook textbook;
        private final HttpClient http = HttpClient.newHttpClient();
        private final List<Operation> operations = new ArrayList<>();
        private int keys;

        Measuring(Prices prices, AtomicLong logs) {
            this.prices = prices;
            this.logs = logs;
            var meters = new ArrayList<Meter>();
            cloud = LocalCloud.start(Local.options().deployments(environment -> {
                if (meters.isEmpty()) {
                    meters.add(Meter.of(environment));
                }
                return meters.getFirst().around(Deployment.of(environment));
            }));
            meter = meters.getFirst();
            var environment = cloud.environment("ProjectEvents");
            queue = Local.client(SqsClient.builder(), environment, "AWS_ENDPOINT_URL_SQS");
            var metered = meter.around(Deployment.of(environment));
            textbook = new Textbook(metered.dynamoDb(), metered.sqs());
        }

        void prepare() throws Exception {
            for (var ledger : LEDGERS) {
                send(open(ledger, BANK, "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}"));
                send(open(ledger, WALLET, "{\"asset\":\"USD/2\",\"type\":\"liability\"}"));
                for (int i = 0; i < 98; i++) {
                    send(open(ledger, "users:" + (1000 + i), "{\"asset\":\"USD/2\",\"type\":\"liability\"}"));
                }
                send(batch(ledger, 100));
                project();
            }
            textbook.open(BANK);
            textbook.open(WALLET);
            textbook.project(textbook.post("first", BANK, WALLET, DESCRIPTION, Map.of(), ""));
        }

        void writes() throws Exception {
            measure("OpenAccount", "OpenAccount", 201, ledger -> open(ledger, "users:new", SAVINGS));
            measure("OpenAccount: again", "OpenAccount", 200, ledger -> open(ledger, "users:new", SAVINGS));
            measure(
                    "ChangeAccount",
                    "ChangeAccount",
                    200,
                    ledger -> request(
                            "PATCH", accounts(ledger) + "/users:new", "{\"description\":\"Savings for a boat\"}"));
            measure(PAID, "PostTransaction", 201, ledger -> pay(ledger, KEY + "one1", ""));
            measure("PostTransaction: replayed", "PostTransaction", 201, ledger -> pay(ledger, KEY + "one1", ""));
            measure(
                    "PostTransaction: declined",
                    "PostTransaction",
                    422,
                    ledger -> post(ledger, newKey(), "{\"postings\":[%s]}".formatted(posting("users:1000", BANK))));
            measure(
                    "PostTransaction: unknown account",
                    "PostTransaction",
                    422,
                    ledger -> post(ledger, newKey(), "{\"postings\":[%s]}".formatted(posting(BANK, "nobody"))));
            measure(
                    "PostTransaction: dry run",
                    "PostTransaction",
                    200,
                    ledger -> request("POST", transactions(ledger) + "?dryRun=true", payment("")));
            measure(
                    "PostTransaction: ten accounts",
                    "PostTransaction",
                    201,
                    ledger -> post(
                            ledger,
                            newKey(),
                            "{\"postings\":[%s]}"
                                    .formatted(IntStream.range(0, 9)
                                            .mapToObj(i -> posting(BANK, "users:" + (1000 + i)))
                                            .collect(Collectors.joining(",")))));
            measure("PostTransaction: hold", "PostTransaction", 201, ledger -> pay(ledger, newKey(), expiring));
            measure("SettleHold", "SettleHold", 200, ledger -> request("POST", held(ledger) + "/settle", ""));
            measure("VoidHold", "VoidHold", 200, ledger -> request("POST", held(ledger) + "/void", ""));
            measure(
                    "ReverseTransaction",
                    "ReverseTransaction",
                    201,
                    ledger -> request("POST", location(pay(ledger, newKey(), "")) + "/reverse", ""));
            measure(BATCH, "PostBatch", 200, ledger -> batch(ledger, BATCH_SIZE));
        }

        private static final String SAVINGS =
                "{\"asset\":\"USD/2\",\"type\":\"liability\",\"description\":\"Savings\",\"metadata\":{\"plan\":\"pro\"}}";

        private final String expiring =
                ",\"pending\":true,\"expiresAt\":\"" + Instant.now().plus(Duration.ofDays(7)) + "\"";

        void reads() throws Exception {
            var past = "?at=" + Instant.now().minus(SETTLED);
            var from = "from=" + Instant.now().minus(Duration.ofDays(1)) + "&to="
                    + Instant.now().minus(SETTLED);
            measure("ReadAccount", "ReadAccount", 200, ledger -> get(accounts(ledger) + "/" + WALLET));
            measure(
                    "ReadAccount: not modified",
                    "ReadAccount",
                    304,
                    ledger -> known(get(accounts(ledger) + "/" + WALLET)));
            measure(
                    "ReadAccount: strong",
                    "ReadAccount",
                    200,
                    ledger -> get(accounts(ledger) + "/" + WALLET + "?consistency=strong"));
            measure(
                    "ReadAccount: at a time",
                    "ReadAccount",
                    200,
                    ledger -> get(accounts(ledger) + "/" + WALLET + past));
            measure("ListAccounts: 100", "ListAccounts", 200, ledger -> get(accounts(ledger) + "?prefix=users:"));
            measure(
                    "ListEntries: 100",
                    "ListEntries",
                    200,
                    ledger -> get(accounts(ledger) + "/" + WALLET + "/entries"));
            measure(
                    "ReadStatement: 100 entries",
                    "ReadStatement",
                    200,
                    ledger -> get(accounts(ledger) + "/" + WALLET + "/statement?" + from));
            measure(
                    "ReadStatement: 100 entries, CSV",
                    "ReadStatement",
                    200,
                    ledger -> get(accounts(ledger) + "/" + WALLET + "/statement?" + from)
                            .with("accept", "text/csv"));
            measure("ReadTransaction", "ReadTransaction", 200, ledger -> get(location(pay(ledger, KEY + "one1", ""))));
            measure(
                    "ReadTransaction: not modified",
                    "ReadTransaction",
                    304,
                    ledger -> known(get(location(pay(ledger, KEY + "one1", "")))));
            measure("ListTransactions: 100", "ListTransactions", 200, ledger -> get(transactions(ledger)));
            measure(
                    "ListTransactions: by key",
                    "ListTransactions",
                    200,
                    ledger -> get(transactions(ledger) + "?key=" + KEY + "one1"));
            measure("ListLedgers", "ListLedgers", 200, ledger -> get("/v1/ledgers"));
            measure(
                    "ReadTrialBalance: 101 accounts",
                    "ReadTrialBalance",
                    200,
                    ledger -> get("/v1/ledgers/" + ledger + "/trial-balance"));
        }

        @FunctionalInterface
        private interface Caller {
            Request of(String ledger) throws Exception;
        }

        private void measure(String name, String function, int status, Caller caller) throws Exception {
            var counted = measured(name, function, status, LEDGERS.getFirst(), caller, false);
            var reported = measured(name, function, status, LEDGERS.getLast(), caller, true);
            var reportedCalls = all(reported);
            operations.add(new Operation(
                    name,
                    function,
                    status,
                    counted.requestBytes,
                    counted.responseBytes,
                    counted.request,
                    counted.projections,
                    counted.readUnits,
                    counted.writeUnits,
                    reportedCalls.stream()
                            .mapToDouble(Meter.Call::reportedReadUnits)
                            .sum(),
                    reportedCalls.stream()
                            .mapToDouble(Meter.Call::reportedWriteUnits)
                            .sum(),
                    counted.usdPerMillion));
        }

        private static List<Meter.Call> all(Operation operation) {
            var all = new ArrayList<>(operation.request.calls);
            operation.projections.forEach(projection -> all.addAll(projection.calls));
            return all;
        }

        private Operation measured(
                String name, String function, int status, String ledger, Caller caller, boolean asking)
                throws Exception {
            var request = caller.of(ledger);
            project();
            taken();
            meter.ask(asking);
            var answer = send(request);
            if (answer.statusCode() != status) {
                throw new IllegalStateException(name + " answered " + answer.statusCode() + ": " + answer.body());
            }
            var requested = taken();
            var projections = project();
            meter.ask(false);
            var price = prices.httpRequest() + price(requested);
            for (var projection : projections) {
                // Of each delivery, the poller that Lambda runs receives a batch and deletes it.
                price += price(projection) + prices.sqs(2);
            }
            var reads = requested.readUnits()
                    + projections.stream().mapToDouble(Invocation::readUnits).sum();
            var writes = requested.writeUnits()
                    + projections.stream().mapToDouble(Invocation::writeUnits).sum();
            return new Operation(
                    name,
                    function,
                    status,
                    request.body.getBytes(UTF_8).length,
                    answer.body().getBytes(UTF_8).length,
                    requested,
                    projections,
                    reads,
                    writes,
                    0,
                    0,
                    price);
        }

        private double price(Invocation invocation) {
            var sent = (int) invocation.calls.stream()
                    .filter(call -> call.operation().startsWith("SendMessage"))
                    .mapToLong(call -> (call.requestBytes() + 65_535) / 65_536)
                    .sum();
            return prices.invocation(invocation.calls, invocation.logBytes)
                    + prices.dynamoDb(invocation.calls)
                    + prices.sqs(sent);
        }

        private Invocation taken() {
            return new Invocation(meter.take(), logs.getAndSet(0));
        }

        /** Every operation of the API is among them. */
        void nothingIsLeftOut() {
            var missing = new TreeSet<>(cloud.functions());
            missing.removeAll(BACKGROUND);
            operations.forEach(operation -> missing.remove(operation.function));
            if (!missing.isEmpty()) {
                throw new IllegalStateException("not measured: " + missing);
            }
        }

        /** The textbook's transaction, with the answer that Daybook's own has. */
        Operation textbook(String answer) {
            taken();
            var event = textbook.post(KEY + "one1", BANK, WALLET, DESCRIPTION, Map.of("order", ORDER), answer);
            var requested = taken();
            textbook.project(event);
            var projected = taken();
            return new Operation(
                    "Textbook: two accounts",
                    "",
                    201,
                    0,
                    0,
                    requested,
                    List.of(projected),
                    requested.readUnits() + projected.readUnits(),
                    requested.writeUnits() + projected.writeUnits(),
                    0,
                    0,
                    prices.httpRequest() + price(requested) + price(projected) + prices.sqs(2));
        }

        String answerToPayment() throws Exception {
            return send(pay(LEDGERS.getFirst(), KEY + "one1", "")).body();
        }

        /** Hands the queue's messages to the projector, as Lambda would, until there are none. */
        private List<Invocation> project() throws Exception {
            var deliveries = new ArrayList<Invocation>();
            while (true) {
                var messages = queue.receiveMessage(receive -> receive.queueUrl(cloud.physicalId("Events"))
                                .maxNumberOfMessages(10)
                                .waitTimeSeconds(0))
                        .messages();
                if (messages.isEmpty()) {
                    return deliveries;
                }
                taken();
                var failures = JSON.readTree(cloud.invoke("ProjectEvents", delivery(messages)))
                        .path("batchItemFailures");
                deliveries.add(taken());
                if (!failures.isEmpty()) {
                    throw new IllegalStateException("not projected: " + failures);
                }
                messages.forEach(message -> queue.deleteMessage(
                        delete -> delete.queueUrl(cloud.physicalId("Events")).receiptHandle(message.receiptHandle())));
            }
        }

        private static String delivery(List<Message> messages) {
            var event = JSON.createObjectNode();
            var records = event.putArray("Records");
            messages.forEach(message -> records.addObject()
                    .put("messageId", message.messageId())
                    .put("body", message.body())
                    .put("eventSource", "aws:sqs"));
            return event.toString();
        }

        private HttpResponse<String> send(Request request) throws IOException, InterruptedException {
            var body = HttpRequest.BodyPublishers.ofString(request.body);
            var builder =
                    HttpRequest.newBuilder(cloud.uri().resolve(request.path)).method(request.method, body);
            request.headers.forEach(builder::header);
            return http.send(builder.build(), HttpResponse.BodyHandlers.ofString());
        }

        private String newKey() {
            return KEY + "%04d".formatted(keys++);
        }

        private String location(Request post) throws Exception {
            return send(post).headers().firstValue("location").orElseThrow();
        }

        private String held(String ledger) throws Exception {
            return location(pay(ledger, newKey(), expiring));
        }

        /** The same, by somebody who has the answer already. */
        private Request known(Request get) throws Exception {
            return get.with(
                    "if-none-match", send(get).headers().firstValue("etag").orElseThrow());
        }

        private static Request pay(String ledger, String key, String more) {
            return post(ledger, key, payment(more));
        }

        private static String payment(String more) {
            return "{\"postings\":[%s],\"description\":\"%s\",\"metadata\":{\"order\":\"%s\"}%s}"
                    .formatted(posting(BANK, WALLET), DESCRIPTION, ORDER, more);
        }

        private static String posting(String debit, String credit) {
            return "{\"debit\":\"%s\",\"credit\":\"%s\",\"amount\":\"1234567890\"}".formatted(debit, credit);
        }

        private static Request post(String ledger, String key, String body) {
            return request("POST", transactions(ledger), body).with("idempotency-key", key);
        }

        private Request batch(String ledger, int size) {
            var transactions = IntStream.range(0, size)
                    .mapToObj(i -> "{\"key\":\"%s\",\"postings\":[%s]}".formatted(newKey(), posting(BANK, WALLET)))
                    .collect(Collectors.joining(","));
            return request("POST", "/v1/ledgers/" + ledger + "/batches", "{\"transactions\":[" + transactions + "]}");
        }

        private static Request open(String ledger, String account, String body) {
            return request("PUT", accounts(ledger) + "/" + account, body);
        }

        private static Request get(String path) {
            return new Request("GET", path, Map.of(), "");
        }

        private static Request request(String method, String path, String body) {
            return new Request(method, path, Map.of("content-type", "application/json"), body);
        }

        private static String accounts(String ledger) {
            return "/v1/ledgers/" + ledger + "/accounts";
        }

        private static String transactions(String ledger) {
            return "/v1/ledgers/" + ledger + "/transactions";
        }

        @Override
        public void close() {
            queue.close();
            http.close();
            cloud.close();
        }
    }

    private static Map<String, Object> summary(Operation operation) {
        var all = Measuring.all(operation);
        var summary = new LinkedHashMap<String, Object>();
        summary.put("operation", operation.name);
        summary.put("status", operation.status);
        summary.put("requestBytes", operation.requestBytes);
        summary.put("responseBytes", operation.responseBytes);
        summary.put("callsInRequest", byName(operation.request.calls));
        summary.put(
                "callsOfProjection",
                byName(operation.projections.stream()
                        .flatMap(projection -> projection.calls.stream())
                        .toList()));
        summary.put("itemsRead", all.stream().mapToInt(Meter.Call::itemsRead).sum());
        summary.put(
                "itemsWritten", all.stream().mapToInt(Meter.Call::itemsWritten).sum());
        summary.put(
                "bytesToAws", all.stream().mapToLong(Meter.Call::requestBytes).sum());
        summary.put(
                "bytesFromAws",
                all.stream().mapToLong(Meter.Call::responseBytes).sum());
        summary.put("readUnits", operation.readUnits);
        summary.put("writeUnits", operation.writeUnits);
        summary.put("readUnitsAsDynamoDbLocalReports", operation.reportedReadUnits);
        summary.put("writeUnitsAsDynamoDbLocalReports", operation.reportedWriteUnits);
        summary.put(
                "logBytes",
                operation.request.logBytes
                        + operation.projections.stream()
                                .mapToLong(Invocation::logBytes)
                                .sum());
        summary.put("usdPerMillion", operation.usdPerMillion);
        return summary;
    }

    private static Map<String, Long> byName(List<Meter.Call> calls) {
        return calls.stream()
                .collect(Collectors.groupingBy(Meter.Call::operation, TreeMap::new, Collectors.counting()));
    }

    private static Report report(Measuring measuring, Prices prices) throws Exception {
        var operations = measuring.operations;
        var paid = operations.stream()
                .filter(operation -> operation.name.equals(PAID))
                .findFirst()
                .orElseThrow();
        var textbook = measuring.textbook(measuring.answerToPayment());
        var scans = operations.stream()
                .flatMap(operation -> operation.request.calls.stream())
                .filter(call -> call.operation().equals("Scan"))
                .count();
        var figures = new ArrayList<Figure>();
        figures.add(Figure.of("two-account transaction with projection, write", paid.writeUnits, "units")
                .with(Target.atMost(12)));
        figures.add(Figure.of("two-account transaction with projection, read", paid.readUnits, "units")
                .with(Target.atMost(2)));
        figures.add(Figure.of("two-account transaction, in the request", paid.request.calls.size(), "calls")
                .with(Target.atMost(3)));
        figures.add(Figure.of("textbook, write, as a multiple of ours", textbook.writeUnits / paid.writeUnits, "x")
                .with(Target.atLeast(1.7)));
        figures.add(Figure.of("scans on the path of any request", (double) scans, "calls")
                .with(Target.atMost(0)));
        figures.add(Figure.of("textbook, write", textbook.writeUnits, "units"));
        figures.add(Figure.of("textbook, read", textbook.readUnits, "units"));
        figures.add(Figure.of(
                "two-account transaction with projection, write, by DynamoDB Local", paid.reportedWriteUnits, "units"));
        figures.add(Figure.of("textbook, in the request", textbook.request.calls.size(), "calls"));
        var all = new ArrayList<>(operations);
        all.add(operations.indexOf(paid) + 1, textbook);
        var bars = new LinkedHashMap<String, Figure>();
        for (var operation : all) {
            var usd = Figure.of(operation.name + ", a million of them", operation.usdPerMillion, "USD");
            figures.add(usd);
            bars.put(operation.name, usd);
        }
        bars.put(
                BATCH + ", each of them",
                Figure.of("", Objects.requireNonNull(bars.remove(BATCH)).value() / BATCH_SIZE, "USD"));
        for (var operation : operations) {
            figures.add(Figure.of(operation.name + ", in the request", operation.request.calls.size(), "calls"));
            figures.add(Figure.of(operation.name + ", write", operation.writeUnits, "units"));
            figures.add(Figure.of(operation.name + ", read", operation.readUnits, "units"));
            figures.add(Figure.of(operation.name + ", answer", (double) operation.responseBytes, "bytes"));
        }
        SequencedMap<String, SequencedMap<String, Figure>> series = new LinkedHashMap<>();
        series.put("list price", bars);
        var raw = new LinkedHashMap<String, Object>();
        raw.put("operations", all.stream().map(Calls::summary).toList());
        raw.put("prices", prices.table());
        return new Report(figures, raw, Plot.bars("A million of each, projection included", "USD", series));
    }
}
