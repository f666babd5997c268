package io.daybook.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;

class TelemetryTest {
    private static final String TRACE = "com.amazonaws.xray.traceHeader";
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void a_set_is_one_line_of_the_embedded_metric_format() throws JsonProcessingException {
        var line = JSON.readTree(said(() -> invoke(telemetry(Map.of("POWERTOOLS_SERVICE_NAME", "books")))));
        var set = line.path("_aws").path("CloudWatchMetrics").path(0);
        assertThat(set.path("Namespace").asText()).isEqualTo("Daybook");
        assertThat(set.path("Dimensions")).isEqualTo(JSON.readTree("[[\"Service\"]]"));
        assertThat(set.path("Metrics").findValuesAsText("Name"))
                .containsExactlyInAnyOrder("Latency", "ColdStarts", "ReadUnits", "WriteUnits");
        assertThat(line.path("Service").asText()).isEqualTo("books");
        assertThat(line.path("Latency")).isEqualTo(JSON.readTree("1.5"));
    }

    @Test
    void a_set_is_dated_when_it_is_written_however_long_the_function_has_been_idle() throws JsonProcessingException {
        var telemetry = telemetry(Map.of());
        for (int set = 0; set < 2; set++) {
            var idle = System.currentTimeMillis();
            while (System.currentTimeMillis() < idle + 5) {
                Thread.onSpinWait();
            }
            var dated = JSON.readTree(said(() -> invoke(telemetry)))
                    .path("_aws")
                    .path("Timestamp")
                    .asLong();
            assertThat(dated).isBetween(idle + 5, System.currentTimeMillis());
        }
    }

    @Test
    void each_set_is_its_own_whichever_thread_it_comes_from() {
        var telemetry = telemetry(Map.of());
        var lines = said(() -> IntStream.range(0, 200).parallel().forEach(i -> invoke(telemetry)));
        assertThat(lines.lines().map(TelemetryTest::latency)).hasSize(200).containsOnly("1.5");
    }

    @Test
    void nothing_is_measured_where_that_is_switched_off() {
        assertThat(said(() -> invoke(telemetry(Map.of("POWERTOOLS_METRICS_DISABLED", "true")))))
                .isEmpty();
    }

    @Test
    void a_warm_function_keeps_nothing_of_the_invocations_that_are_over() {
        var telemetry = telemetry(Map.of());
        var console = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
        try {
            invokeTraced(telemetry, 0, 1_000);
            var before = usedBytes();
            invokeTraced(telemetry, 1_000, 21_000);
            assertThat(usedBytes() - before).isLessThan(8 << 20);
        } finally {
            System.clearProperty(TRACE);
            System.setOut(console);
        }
    }

    /** As Lambda's runtime has it, each invocation belongs to a trace of its own. */
    private static void invokeTraced(Telemetry telemetry, int from, int to) {
        for (int i = from; i < to; i++) {
            System.setProperty(TRACE, "Root=1-5e1b4151-%024x;Sampled=0".formatted(i));
            invoke(telemetry);
        }
    }

    private static long usedBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void invoke(Telemetry telemetry) {
        telemetry.observe(new Rehearsal(), () -> {
            telemetry.measure(metrics -> metrics.accept(Metric.LATENCY, 1.5));
            return "done";
        });
    }

    private static Telemetry telemetry(Map<String, String> environment) {
        return new Telemetry(new Deployment(environment, null, (SqsClient) null, InstantSource.system()));
    }

    private static String latency(String line) {
        try {
            JsonNode set = JSON.readTree(line);
            return set.path("Latency").toString();
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }

    private static String said(Runnable work) {
        var console = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            work.run();
        } finally {
            System.setOut(console);
        }
        return bytes.toString(UTF_8);
    }
}
