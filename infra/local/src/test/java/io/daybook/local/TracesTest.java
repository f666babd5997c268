package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.daybook.runtime.Deployment;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** A transaction's whole way is one trace, as a collector sees it. Queues trigger nothing here. */
class TracesTest {
    private static final String POST = "POST /v1/ledgers/{ledger}/transactions";

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final String WAY = """
            POST /v1/ledgers/{ledger}/transactions
              DynamoDb.BatchGetItem
              decide
              DynamoDb.TransactWriteItems
              daybook-Events publish
                process daybook-Events
                  DynamoDb.BatchWriteItem
                  DynamoDb.BatchWriteItem
            """;

    private static final Traces COLLECTED = new Traces();
    private static final AtomicReference<Duration> AHEAD = new AtomicReference<>(Duration.ZERO);

    private static HttpServer collector;
    private static LocalCloud cloud;
    private static SqsClient sqs;

    private String ledger = "";

    @BeforeAll
    static void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            try (exchange) {
                var answer = COLLECTED.take(exchange.getRequestBody().readAllBytes());
                exchange.sendResponseHeaders(answer.status(), -1);
            }
        });
        collector.start();
        cloud = LocalCloud.start(LocalCloud.Options.of(Path.of("..", "..", "template.yaml"))
                .withoutSchedules()
                .withoutTriggers()
                .parameters(Map.of(
                        "OtlpEndpoint",
                        "http://127.0.0.1:" + collector.getAddress().getPort()))
                .deployments(TracesTest::deployment));
        sqs = Deployment.of(cloud.environment("ListLedgers").entrySet().stream()
                        .filter(variable -> !variable.getKey().startsWith("OTEL_"))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .sqs();
    }

    private static Deployment deployment(Map<String, String> environment) {
        var own = Deployment.of(environment);
        return new Deployment(
                environment, own.dynamoDb(), own.sqs(), () -> Instant.now().plus(AHEAD.get()));
    }

    @AfterAll
    static void close() {
        cloud.close();
        collector.stop(0);
    }

    @BeforeEach
    void open() throws Exception {
        COLLECTED.listen(trace -> {});
        ledger = "l" + UUID.randomUUID();
        call("PUT", "/accounts/cash", "", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
        call("PUT", "/accounts/alice", "", "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
        receive();
        COLLECTED.forget();
    }

    @Test
    void a_transaction_is_one_trace_from_its_call_to_its_views() throws Exception {
        post("once", "");
        project(receive());
        assertThat(COLLECTED.all()).singleElement().satisfies(trace -> {
            assertThat(names(trace)).isEqualTo(WAY);
            assertThat(trace).noneMatch(Traces.Span::failed);
            assertThat(trace)
                    .extracting(Traces.Span::name, Traces.Span::kind)
                    .contains(
                            org.assertj.core.groups.Tuple.tuple(POST, SpanKind.SPAN_KIND_SERVER),
                            org.assertj.core.groups.Tuple.tuple("daybook-Events publish", SpanKind.SPAN_KIND_PRODUCER),
                            org.assertj.core.groups.Tuple.tuple("process daybook-Events", SpanKind.SPAN_KIND_CONSUMER));
            assertThat(span(trace, POST).attributes())
                    .containsEntry("http.request.method", "POST")
                    .containsEntry("http.route", "/v1/ledgers/{ledger}/transactions")
                    .containsEntry("http.response.status_code", "201")
                    .containsEntry("daybook.outcome", "Posted")
                    .containsEntry("daybook.ledger", ledger)
                    .containsKeys("daybook.transaction", "daybook.correlation_id");
            assertThat(span(trace, "process daybook-Events").attributes())
                    .containsEntry("messaging.system", "aws_sqs")
                    .containsEntry("messaging.operation.type", "process");
        });
    }

    @Test
    void the_lines_of_a_transaction_name_its_trace() throws Exception {
        var said = new ByteArrayOutputStream();
        var out = System.out;
        System.setOut(new PrintStream(said, true, UTF_8));
        try {
            post("logged", "");
            project(receive());
        } finally {
            System.setOut(out);
        }
        assertThat(COLLECTED.all())
                .singleElement()
                .satisfies(trace -> assertThat(
                                said.toString(UTF_8).lines().filter(line -> line.contains("\"message\":")))
                        .hasSize(2)
                        .allSatisfy(line -> assertThat(line)
                                .contains("\"trace_id\":\"" + trace.getFirst().traceId() + "\"")));
    }

    @Test
    void a_transaction_whose_message_was_lost_is_one_trace_all_the_same() throws Exception {
        post("lost", "");
        assertThat(receive()).hasSize(1);
        AHEAD.set(Duration.ofMinutes(2));
        try {
            cloud.invoke("RelayOutbox", "{}");
        } finally {
            AHEAD.set(Duration.ZERO);
        }
        var again = receive().stream()
                .filter(message -> message.body().contains(ledger + "#tx_"))
                .toList();
        assertThat(again).hasSize(1);
        project(again);
        assertThat(COLLECTED.all().stream()
                        .filter(trace -> trace.stream()
                                .anyMatch(span ->
                                        span.name().equals(POST) || span.name().startsWith("process"))))
                .singleElement()
                .satisfies(trace -> assertThat(names(trace)).isEqualTo("""
                        POST /v1/ledgers/{ledger}/transactions
                          DynamoDb.BatchGetItem
                          decide
                          DynamoDb.TransactWriteItems
                          daybook-Events publish
                          daybook-Events publish
                            process daybook-Events
                              DynamoDb.BatchWriteItem
                              DynamoDb.BatchWriteItem
                        """));
    }

    @Test
    void messages_that_come_together_are_linked_and_each_ends_its_own_trace() throws Exception {
        post("first", "");
        post("second", "");
        project(receive());
        var ways = COLLECTED.all().stream()
                .filter(trace -> trace.stream().anyMatch(span -> span.name().equals(POST)))
                .toList();
        assertThat(ways).hasSize(2).allSatisfy(trace -> assertThat(names(trace)).endsWith("""
                  daybook-Events publish
                    process daybook-Events
                """));
        var together =
                COLLECTED.all().stream().filter(trace -> !ways.contains(trace)).toList();
        assertThat(together).singleElement().satisfies(trace -> {
            assertThat(names(trace)).isEqualTo("""
                    process daybook-Events
                      DynamoDb.BatchWriteItem
                      DynamoDb.BatchWriteItem
                    """);
            assertThat(trace.stream().flatMap(span -> span.links().stream()))
                    .containsExactlyInAnyOrderElementsOf(
                            ways.stream().map(way -> way.getFirst().traceId()).toList());
        });
    }

    @Test
    void a_trace_goes_on_from_its_caller_s_and_a_message_says_it_in_both_forms() throws Exception {
        post("called", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var message = receive().getFirst();
        assertThat(COLLECTED.all()).singleElement().satisfies(trace -> {
            assertThat(span(trace, POST).parentId()).isEqualTo("b7ad6b7169203331");
            assertThat(span(trace, POST).traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            var sent = span(trace, "daybook-Events publish").id();
            assertThat(message.messageAttributes().get("traceparent").stringValue())
                    .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-" + sent + "-01");
            assertThat(message.attributes().get(MessageSystemAttributeName.AWS_TRACE_HEADER))
                    .isEqualTo("Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=" + sent + ";Sampled=1");
        });
    }

    @Test
    void what_could_not_be_projected_is_a_failed_span_that_says_nothing_of_its_content() throws Exception {
        post("poison", "");
        var message =
                receive().getFirst().toBuilder().body("{\"a\":\"secret\"}").build();
        var event = new String(QueueBatch.toJson(List.of(message), "arn:aws:sqs:eu-west-1:000000000000:q"), UTF_8);
        assertThat(cloud.invoke("ProjectEvents", event)).contains(message.messageId());
        awaitMore(SpanKind.SPAN_KIND_CONSUMER, 0);
        assertThat(COLLECTED.all()).singleElement().satisfies(trace -> {
            assertThat(span(trace, "process q").failed()).isTrue();
            assertThat(span(trace, "process q").attributes())
                    .containsEntry("error.type", IllegalArgumentException.class.getName());
            assertThat(trace.toString()).doesNotContain("secret");
        });
    }

    @Test
    void a_trace_is_printed_as_a_tree_with_times() throws Exception {
        var printed = new StringBuilder();
        COLLECTED.listen(trace -> printed.append(Traces.tree(trace)));
        post("shown", "");
        assertThat(printed).isEmpty();
        project(receive());
        assertThat(printed.toString().lines().map(line -> line.replaceAll(" +[0-9.]+ ms {2}\\+[0-9.]+ ms$", "")))
                .containsExactlyElementsOf(WAY.lines().toList());
    }

    private static Traces.Span span(List<Traces.Span> trace, String name) {
        return trace.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The names of a trace's spans, each indented below what has led to it. */
    private static String names(List<Traces.Span> trace) {
        var names = new StringBuilder();
        Traces.walk(
                trace,
                (depth, span) ->
                        names.append("  ".repeat(depth)).append(span.name()).append('\n'));
        return names.toString();
    }

    private static List<Message> receive() {
        var all = new ArrayList<Message>();
        var queue = cloud.physicalId("Events");
        while (true) {
            var some = sqs.receiveMessage(receive -> receive.queueUrl(queue)
                            .maxNumberOfMessages(10)
                            .messageAttributeNames("All")
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                    .messages();
            if (some.isEmpty()) {
                return all;
            }
            some.forEach(message ->
                    sqs.deleteMessage(delete -> delete.queueUrl(queue).receiptHandle(message.receiptHandle())));
            all.addAll(some);
        }
    }

    /** A function's answer waits for its spans no longer than it may, so they can come after it. */
    private static void awaitMore(SpanKind kind, long before) {
        var end = System.nanoTime() + LONGEST.toNanos();
        while (count(kind) <= before) {
            assertThat(System.nanoTime()).as("until the spans have come").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long count(SpanKind kind) {
        return COLLECTED.all().stream()
                .flatMap(List::stream)
                .filter(span -> span.kind() == kind)
                .count();
    }

    private static void project(List<Message> messages) throws FunctionException {
        var before = count(SpanKind.SPAN_KIND_CONSUMER);
        var event = new String(QueueBatch.toJson(messages, "arn:aws:sqs:eu-west-1:000000000000:daybook-Events"), UTF_8);
        assertThat(cloud.invoke("ProjectEvents", event)).isEqualTo("{\"batchItemFailures\":[]}");
        awaitMore(SpanKind.SPAN_KIND_CONSUMER, before);
    }

    private void post(String key, String traceparent) throws Exception {
        call(
                "POST",
                "/transactions",
                traceparent,
                "{\"postings\":[{\"debit\":\"cash\",\"credit\":\"alice\",\"amount\":\"1\"}]}",
                "idempotency-key",
                key);
    }

    private void call(String method, String path, String traceparent, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(cloud.uri() + "/v1/ledgers/" + ledger + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("content-type", "application/json");
        if (!traceparent.isEmpty()) {
            request.header("traceparent", traceparent);
        }
        for (int at = 0; at < headers.length; at += 2) {
            request.header(headers[at], headers[at + 1]);
        }
        var before = count(SpanKind.SPAN_KIND_SERVER);
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(201);
        }
        awaitMore(SpanKind.SPAN_KIND_SERVER, before);
    }
}
