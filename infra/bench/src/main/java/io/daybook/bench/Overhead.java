package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import io.daybook.api.PostTransaction;
import io.daybook.local.FunctionException;
import io.daybook.local.LocalCloud;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Rehearsal;
import io.daybook.runtime.Telemetry;
import io.daybook.telemetry.Observation.Trigger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsServiceClientConfiguration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context.BeforeExecution;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * What Daybook adds to the three calls of a transaction: the handler as Lambda calls it, against a program that makes the
 * same calls with requests of the same size and does nothing else. HTTP costs neither of them anything.
 */
final class Overhead implements Bench {
    private static final byte[] CREATED = "{\"statusCode\":201,".getBytes(UTF_8);
    private static final int PER_BLOCK = 1_000;
    /** After as many blocks the multiple moves no more: the handler's own code is compiled later than the SDK's. */
    private static final int WARM_UP = 25;

    private static final int BLOCKS = 30;

    private static final Trigger CALL = new Trigger.Call("POST", "/v1/ledgers/{ledger}/transactions", Optional.empty());

    private static final JsonMapper JSON = new JsonMapper();
    private static final Logger LOG = LoggerFactory.getLogger(Overhead.class);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Override
    public String name() {
        return "overhead";
    }

    /** What one transaction took in a block of them. */
    private record Sample(double cpuMicros, double bytes) {}

    @Override
    public Report run() throws Exception {
        var console = System.out;
        var logged = new ByteArrayOutputStream();
        System.setOut(new PrintStream(logged, true, UTF_8));
        try {
            var rehearsed = Rehearsed.inLocalCloud();
            rehearsed.handle(rehearsed.samples.payment("last"));
            if (logged.toString(UTF_8).contains("WARN")
                    || logged.toString(UTF_8).contains("ERROR")) {
                throw new IllegalStateException("not as it should be: " + logged.toString(UTF_8));
            }
            System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
            return measured(rehearsed);
        } finally {
            System.setOut(console);
        }
    }

    private static Report measured(Rehearsed rehearsed) throws IOException {
        var ours = new ArrayList<Sample>();
        var bare = new ArrayList<Sample>();
        var logging = new ArrayList<Sample>();
        var json = new ArrayList<Sample>();
        for (int block = -WARM_UP; block < BLOCKS; block++) {
            var our = new Side();
            var their = new Side();
            var logs = new Side();
            var texts = new Side();
            var first = false;
            for (var event : rehearsed.events(block)) {
                first = !first;
                if (first) {
                    our.run(() -> rehearsed.handle(event));
                    their.run(rehearsed::bareCalls);
                } else {
                    their.run(rehearsed::bareCalls);
                    our.run(() -> rehearsed.handle(event));
                }
                logs.run(rehearsed::logs);
                texts.run(() -> rehearsed.json(event));
            }
            if (block >= 0) {
                ours.add(our.sample());
                bare.add(their.sample());
                logging.add(logs.sample());
                json.add(texts.sample());
            }
        }
        var cpu = Figure.of("CPU time, as a multiple of the bare calls", ratio(ours, bare, Sample::cpuMicros), "x")
                .with(Target.atMost(1.3));
        var bytes = Figure.of("allocated, as a multiple of the bare calls", ratio(ours, bare, Sample::bytes), "x")
                .with(Target.atMost(1.3));
        var figures = List.of(
                cpu,
                bytes,
                Figure.of(
                        "CPU time of its log line and metrics, likewise", ratio(logging, bare, Sample::cpuMicros), "x"),
                Figure.of("allocated by its log line and metrics, likewise", ratio(logging, bare, Sample::bytes), "x"),
                Figure.of("CPU time of its JSON, likewise", ratio(json, bare, Sample::cpuMicros), "x"),
                Figure.of("allocated by its JSON, likewise", ratio(json, bare, Sample::bytes), "x"),
                Figure.of("CPU time of a transaction", spread(ours, Sample::cpuMicros), "µs"),
                Figure.of("CPU time of the bare calls", spread(bare, Sample::cpuMicros), "µs"),
                Figure.of("allocated by a transaction", spread(ours, Sample::bytes), "bytes"),
                Figure.of("allocated by the bare calls", spread(bare, Sample::bytes), "bytes"));
        SequencedMap<String, SequencedMap<String, Figure>> series = new LinkedHashMap<>();
        series.put("a transaction", bars(cpu, bytes));
        return new Report(
                figures,
                Map.of(
                        "transactionsPerBlock",
                        PER_BLOCK,
                        "daybook",
                        ours,
                        "bare",
                        bare,
                        "logsAndMetrics",
                        logging,
                        "json",
                        json),
                Plot.bars("A transaction, as a multiple of its three calls alone", "x", series));
    }

    private static SequencedMap<String, Figure> bars(Figure cpu, Figure bytes) {
        var bars = new LinkedHashMap<String, Figure>();
        bars.put("CPU time", cpu);
        bars.put("allocated bytes", bytes);
        return bars;
    }

    private static Spread spread(List<Sample> samples, ToDoubleFunction<Sample> quantity) {
        return Spread.of(samples.stream().mapToDouble(quantity).boxed().toList());
    }

    /** Of each block. */
    private static Spread ratio(List<Sample> ours, List<Sample> bare, ToDoubleFunction<Sample> quantity) {
        return Spread.of(IntStream.range(0, ours.size())
                .mapToObj(i -> quantity.applyAsDouble(ours.get(i)) / quantity.applyAsDouble(bare.get(i)))
                .toList());
    }

    /**
     * One side of a block. They take turns after every transaction, so that each finds the processor's caches as full of
     * other code as the other does.
     */
    private static final class Side {
        private long cpuNanos;
        private long bytes;

        void run(Runnable transaction) {
            var cpuBefore = THREADS.getCurrentThreadCpuTime();
            var bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
            transaction.run();
            bytes += THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
            cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
        }

        Sample sample() {
            return new Sample(cpuNanos / 1e3 / PER_BLOCK, (double) bytes / PER_BLOCK);
        }
    }

    /** Both sides, after one transaction in the local cloud that has taught the stub its answers. */
    private record Rehearsed(
            Samples samples,
            PostTransaction handler,
            Telemetry telemetry,
            DynamoDbClient dynamoDb,
            SqsClient sqs,
            BatchGetItemRequest heads,
            TransactWriteItemsRequest append,
            SendMessageRequest message,
            JsonNode answer,
            JsonNode answered,
            JsonNode told) {

        static Rehearsed inLocalCloud() throws IOException, FunctionException {
            var samples = Samples.read();
            var requests = new Requests();
            var stub = new Stub(UrlConnectionHttpClient.create());
            try (var cloud = LocalCloud.start(Local.options())) {
                samples.openAccounts(cloud);
                var own = Deployment.of(cloud.environment("PostTransaction"));
                var deployment = stubbed(own, stub);
                var handler = new PostTransaction(deployment);
                var recorded = stubbed(own, stub, requests);
                var rehearsal = new PostTransaction(recorded);
                for (var key : List.of("first", "second", "third")) {
                    check(Rehearsal.of(rehearsal, samples.payment(key)));
                }
                stub.learned();
                var answer = JSON.readTree(Rehearsal.of(handler, samples.payment("fourth")));
                var message = requests.of(SendMessageRequest.class);
                return new Rehearsed(
                        samples,
                        handler,
                        new Telemetry(deployment),
                        client(DynamoDbClient.builder(), own.dynamoDb().serviceClientConfiguration(), stub),
                        sqs(own, stub),
                        requests.of(BatchGetItemRequest.class),
                        requests.of(TransactWriteItemsRequest.class),
                        message,
                        answer,
                        JSON.readTree(answer.required("body").textValue()),
                        JSON.readTree(message.messageBody()));
            }
        }

        /** As it is deployed, but for HTTP. */
        private static Deployment stubbed(Deployment own, Stub stub, ExecutionInterceptor... more) {
            return new Deployment(
                    own.environment(),
                    client(
                            DynamoDbClient.builder(),
                            own.dynamoDb().serviceClientConfiguration(),
                            stub,
                            Local.interceptors(own, more)),
                    sqs(own, stub, more),
                    own.clock());
        }

        /** It doesn't look at the checksum in the answer: what the stub answers was said of another message. */
        private static SqsClient sqs(Deployment own, Stub stub, ExecutionInterceptor... interceptors) {
            return client(
                    SqsClient.builder().checksumValidationEnabled(false),
                    own.sqs().serviceClientConfiguration(),
                    stub,
                    interceptors);
        }

        /** With the time-outs and retries that Daybook's own clients have. */
        private static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C client(
                B builder, AwsServiceClientConfiguration own, Stub stub, ExecutionInterceptor... interceptors) {
            return builder.httpClient(stub)
                    .region(own.region())
                    .endpointOverride(own.endpointOverride().orElseThrow())
                    .credentialsProvider(Local.CREDENTIALS)
                    .overrideConfiguration(own.overrideConfiguration().toBuilder()
                            .executionInterceptors(List.of(interceptors))
                            .build())
                    .build();
        }

        /** As many events as a block has, each with a key of its own. */
        List<byte[]> events(int block) {
            return IntStream.range(0, PER_BLOCK)
                    .mapToObj(i -> samples.payment("order-" + block + "-" + i))
                    .toList();
        }

        void handle(byte[] event) {
            try {
                check(Rehearsal.of(handler, event));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void check(byte[] answer) {
            if (Arrays.mismatch(answer, CREATED) != CREATED.length) {
                throw new IllegalStateException("answered " + new String(answer, UTF_8));
            }
        }

        /** The same calls, their requests put together from what is at hand. */
        void bareCalls() {
            dynamoDb.batchGetItem(get -> get.requestItems(built(heads.requestItems())));
            dynamoDb.transactWriteItems(write -> write.transactItems(append.transactItems().stream()
                    .map(item ->
                            TransactWriteItem.builder().put(built(item.put())).build())
                    .toList()));
            sqs.sendMessage(send -> send.queueUrl(message.queueUrl())
                    .messageBody(message.messageBody())
                    .messageAttributes(Map.of(
                            "correlationId",
                            MessageAttributeValue.builder()
                                    .dataType("String")
                                    .stringValue("sample-PostTransaction")
                                    .build())));
        }

        /** What the handler logs and measures of a transaction, and nothing else. */
        void logs() {
            telemetry.observe(
                    new Rehearsal(),
                    CALL,
                    Map.of("correlation_id", "sample-PostTransaction", "ledger", "sample"),
                    () -> {
                        LOG.atInfo()
                                .addKeyValue("status", 201)
                                .addKeyValue("outcome", "Posted")
                                .addKeyValue("tries", 1)
                                .addKeyValue("ms", 1.5)
                                .addKeyValue("read_units", 2.0)
                                .addKeyValue("write_units", 8.0)
                                .log("POST /v1/ledgers/{ledger}/transactions");
                        telemetry.measure(metrics -> {
                            metrics.accept(Metric.LATENCY, 1.5);
                            metrics.accept(Metric.SERVER_ERRORS, 0);
                            metrics.accept(Metric.TRIES, 1);
                            metrics.accept(Metric.CONFLICTS, 0);
                            metrics.accept(Metric.POSTED, 1);
                        });
                        return 201;
                    });
        }

        /** What Jackson takes to read the event and its body, and to write the message, the answer and the event around it. */
        void json(byte[] event) {
            try {
                JSON.readTree(JSON.readTree(event).required("body").textValue());
                JSON.writeValueAsString(told);
                JSON.writeValueAsString(answered);
                JSON.writeValue(new ByteArrayOutputStream(), answer);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Map<String, KeysAndAttributes> built(Map<String, KeysAndAttributes> asked) {
            var built = new HashMap<String, KeysAndAttributes>();
            asked.forEach((table, keys) -> built.put(
                    table,
                    KeysAndAttributes.builder()
                            .keys(keys.keys().stream().map(Rehearsed::item).toList())
                            .consistentRead(true)
                            .build()));
            return built;
        }

        private static Put built(Put put) {
            return Put.builder()
                    .tableName(put.tableName())
                    .item(item(put.item()))
                    .conditionExpression(put.conditionExpression())
                    .expressionAttributeValues(
                            put.hasExpressionAttributeValues() ? item(put.expressionAttributeValues()) : null)
                    .returnValuesOnConditionCheckFailure(put.returnValuesOnConditionCheckFailure())
                    .build();
        }

        private static Map<String, AttributeValue> item(Map<String, AttributeValue> recorded) {
            var item = new HashMap<String, AttributeValue>();
            recorded.forEach((name, value) -> item.put(name, built(value)));
            return item;
        }

        private static AttributeValue built(AttributeValue value) {
            return switch (value.type()) {
                case S -> AttributeValue.fromS(value.s());
                case N -> AttributeValue.fromN(value.n());
                case BOOL -> AttributeValue.fromBool(value.bool());
                case M -> AttributeValue.fromM(item(value.m()));
                case L ->
                    AttributeValue.fromL(
                            value.l().stream().map(Rehearsed::built).toList());
                default -> throw new IllegalArgumentException("no item has an attribute of type " + value.type());
            };
        }
    }

    /** The newest request of each kind. */
    private static final class Requests implements ExecutionInterceptor {
        private final Map<Class<?>, SdkRequest> newest = new ConcurrentHashMap<>();

        @Override
        public void beforeExecution(BeforeExecution context, ExecutionAttributes attributes) {
            newest.put(context.request().getClass(), context.request());
        }

        <R> R of(Class<R> type) {
            var request = type.cast(newest.get(type));
            if (request == null) {
                throw new IllegalStateException("the handler has sent no " + type.getSimpleName());
            }
            return request;
        }
    }
}
