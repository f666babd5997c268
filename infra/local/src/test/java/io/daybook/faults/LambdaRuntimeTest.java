package io.daybook.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.daybook.local.LocalCloud;
import io.daybook.local.TemplatePolicies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every function of the template, run by Lambda's own runtime from the jar that is deployed, up to where its snapshot is
 * taken and from there on, with its sample event.
 */
class LambdaRuntimeTest {
    private static final Path JAR = SharedCloud.repository().resolve("functions/target/daybook-lambda.jar");
    private static final Pattern FUNCTION = Pattern.compile(
            "^ {2}(\\w+):\\R {4}Type: AWS::Serverless::Function$.*?^ {6}Handler: (\\S+)$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final TemplatePolicies TEMPLATE = new TemplatePolicies(SharedCloud.templateFile());
    private static final Set<String> CREATE = Set.of("OpenAccount", "PostTransaction", "ReverseTransaction");

    /** No JSON, and JSON of another shape than any event has. */
    private static final String[] BROKEN = {"{\"routeKey\":", "[\"no\",\"event\"]"};

    private static LocalCloud cloud;
    private static Machine machine;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        assumeTrue(Files.exists(JAR), "functions/target/daybook-lambda.jar has not been packaged yet");
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the runtime interface client comes for Linux alone");
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud);
        machine.open("sample", "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
    }

    @AfterAll
    static void close() {
        if (cloud != null) {
            cloud.close();
        }
    }

    @Test
    void every_function_is_primed_answers_its_sample_and_outlives_broken_events() throws Exception {
        var handlers = handlers();
        var started = new SynchronousQueue<Started>();
        // While one answers, the next starts.
        var starter = Thread.ofVirtual()
                .start(() -> handlers.forEach((name, handler) -> {
                    try {
                        started.put(Started.of(name, handler, "snap-start", folder));
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        for (var name : handlers.keySet()) {
            try (var function = started.poll(30, TimeUnit.SECONDS)) {
                assertThat(function).as("%s has been started", name).isNotNull();
                checkPriming(name, function);
                function.process().restore();
                check(name, function.process());
            }
        }
        starter.join();
        assertThat(machine.versions("projected", "users:alice"))
                .as("what ProjectEvents has written")
                .containsExactly(1L);
    }

    /** A function on its own way to DynamoDB. */
    private record Started(FunctionProcess process, Wire wire) implements AutoCloseable {
        static Started of(String name, String handler, String initialization, Path folder) throws IOException {
            var wire = new Wire(cloud.dynamoDbEndpoint());
            var environment = new HashMap<>(cloud.environment(name));
            environment.put("AWS_ENDPOINT_URL_DYNAMODB", wire.endpoint().toString());
            return new Started(new FunctionProcess(JAR, handler, environment, initialization, folder), wire);
        }

        @Override
        public void close() throws InterruptedException {
            process.close();
            wire.close();
        }
    }

    private static void checkPriming(String name, Started function) throws Exception {
        function.process().awaitSnapshot();
        var policy = Policy.of(TEMPLATE.statements(name));
        assertThat(function.wire().calls())
                .as("the reads that prime %s:%n%s", name, function.process().said())
                .isNotEmpty()
                .allSatisfy(read -> assertThat(AwsCall.ofRead(read.operation(), Answer.parse(read.json())))
                        .allMatch(policy::allows));
        assertThat(function.wire().connections()).as("connections of %s", name).isZero();
        assertThat(function.process().said()).contains("\"primed\"").doesNotContain("Exception", "ColdStarts");
    }

    @Test
    void a_function_that_can_not_be_primed_starts_all_the_same() throws Exception {
        var environment = new HashMap<>(cloud.environment("ProjectEvents"));
        environment.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1");
        var handler = handlers().get("ProjectEvents");
        try (var function = new FunctionProcess(JAR, handler, environment, "snap-start", folder)) {
            function.awaitSnapshot();
            assertThat(function.said()).contains("not primed");
            function.restore();
            assertThat(function.invoke("{\"Records\":[]}")).isInstanceOf(RuntimeApi.Report.Response.class);
        }
    }

    @Test
    void a_rehearsal_that_fails_tells_why() throws Exception {
        var environment = new HashMap<>(cloud.environment("ReadAccount"));
        environment.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1");
        var handler = handlers().get("ReadAccount");
        try (var function = new FunctionProcess(JAR, handler, environment, "snap-start", folder)) {
            function.awaitSnapshot();
            assertThat(function.said()).contains("DynamoDB did not answer a read", "Connection refused", "not primed");
        }
    }

    @Test
    void a_function_without_its_environment_reports_that_it_can_not_start() throws Exception {
        var environment = new HashMap<>(cloud.environment("PostTransaction"));
        environment.remove("JOURNAL_TABLE");
        var handler = handlers().get("PostTransaction");
        try (var function = new FunctionProcess(JAR, handler, environment, "on-demand", folder)) {
            assertThat(function.report()).isInstanceOf(RuntimeApi.Report.InitError.class);
            assertThat(function.said()).contains("JOURNAL_TABLE is not set");
        }
    }

    @Test
    void where_no_traces_are_wanted_nothing_of_opentelemetry_is_loaded() throws Exception {
        assertThat(loaded(Map.of())).isNotEmpty().noneMatch(line -> line.contains(" io.opentelemetry."));
        assertThat(loaded(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")))
                .anyMatch(line -> line.contains(" io.opentelemetry.sdk.trace.SdkSpan "));
    }

    @Test
    void a_collector_that_never_answers_does_not_hold_an_answer_for_long() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var environment = new HashMap<>(cloud.environment("ListLedgers"));
            environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + silent.getLocalPort());
            try (var function =
                    new FunctionProcess(JAR, handlers().get("ListLedgers"), environment, "on-demand", folder)) {
                var sample = Files.readString(SharedCloud.repository().resolve("events/ListLedgers.json"));
                function.invoke(sample);
                for (int i = 0; i < 3; i++) {
                    var start = System.nanoTime();
                    assertThat(function.invoke(sample)).isInstanceOf(RuntimeApi.Report.Response.class);
                    // It waits 200 ms for its spans; an export is given up after 10 s.
                    assertThat(Duration.ofNanos(System.nanoTime() - start))
                            .isBetween(Duration.ofMillis(200), Duration.ofSeconds(3));
                }
            }
        }
    }

    @Test
    void the_connections_that_a_request_has_read_with_at_once_are_kept_for_the_next() throws Exception {
        for (int i = 0; i < 40; i++) {
            machine.open("wide", "users:" + i, "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
        }
        machine.project(Messages.event(Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events"))));
        var sample = Files.readString(SharedCloud.repository().resolve("events/ListAccounts.json"))
                .replace("\"ledger\": \"sample\"", "\"ledger\": \"wide\"")
                .replace("limit=10", "limit=100")
                .replace("\"limit\": \"10\"", "\"limit\": \"100\"");
        try (var function = Started.of("ListAccounts", handlers().get("ListAccounts"), "on-demand", folder)) {
            var answer = function.process().invoke(sample).text();
            assertThat(Answer.parse(Answer.parse(answer).path("body").asText()).path("items"))
                    .hasSize(40);
            assertThat(function.wire().connections()).isGreaterThan(5);
        }
    }

    /** The classes that a function loads until it has answered, a line for each. */
    private List<String> loaded(Map<String, String> more) throws Exception {
        var classes = Files.createTempFile(folder, "classes", ".log");
        var environment = new HashMap<>(cloud.environment("PostTransaction"));
        environment.merge("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + classes, (own, log) -> own + " " + log);
        environment.putAll(more);
        try (var function =
                new FunctionProcess(JAR, handlers().get("PostTransaction"), environment, "on-demand", folder)) {
            var sample = Files.readString(SharedCloud.repository().resolve("events/PostTransaction.json"));
            assertThat(function.invoke(sample)).isInstanceOf(RuntimeApi.Report.Response.class);
        }
        return Files.readAllLines(classes);
    }

    private static void check(String name, FunctionProcess function) throws Exception {
        if (name.equals("ReverseTransaction")) {
            // Alice has spent some of it, so her balance may not be taken back unless it may fall below 0.
            machine.change("sample", "users:alice", "{\"minimum\":null}");
        }
        var sample = Files.readString(SharedCloud.repository().resolve("events/" + name + ".json"));
        var report = function.invoke(sample);
        assertThat(report)
                .as("%s: %s%n%s", name, report.text(), function.said())
                .isInstanceOf(RuntimeApi.Report.Response.class);
        var answer = Answer.parse(report.text());
        if (sample.contains("\"routeKey\"")) {
            assertThat(answer.path("statusCode").asInt())
                    .as(report.text())
                    .isEqualTo(CREATE.contains(name) ? 201 : 200);
            assertThat(Answer.parse(answer.path("body").asText()).isObject()).isTrue();
        } else {
            assertThat(answer.path("batchItemFailures")).as(report.text()).isEmpty();
            assertThat(answer.isNull()).as(report.text()).isFalse();
        }
        for (var event : BROKEN) {
            switch (function.invoke(event)) {
                case RuntimeApi.Report.InvocationError error ->
                    assertThat(error.text()).contains("errorType");
                case RuntimeApi.Report.Response refused ->
                    assertThat(Answer.parse(refused.text()).path("statusCode").asInt())
                            .as("%s, given %s", name, event)
                            .isBetween(400, 499);
                case RuntimeApi.Report.InitError error -> throw new AssertionError(name + ": " + error.text());
            }
        }
        assertThat(function.lives())
                .as("%s outlives broken events:%n%s", name, function.said())
                .isTrue();
        int peak = function.peakMemory();
        System.out.printf("%s held %d MB at most%n", name, peak);
        // Half of it is left for what larger requests and pages need.
        assertThat(peak)
                .as("memory of %s", name)
                .isLessThan(Integer.parseInt(cloud.environment(name).get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")) / 2);
    }

    /** In the template's order, which is that of a ledger's life. */
    private static Map<String, String> handlers() throws IOException {
        var handlers = new LinkedHashMap<String, String>();
        FUNCTION.matcher(Files.readString(SharedCloud.templateFile()))
                .results()
                .forEach(match -> handlers.put(match.group(1), match.group(2)));
        assertThat(handlers).isNotEmpty();
        return handlers;
    }
}
