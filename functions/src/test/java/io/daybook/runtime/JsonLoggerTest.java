package io.daybook.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

class JsonLoggerTest {
    private static final Logger OURS = LoggerFactory.getLogger("io.daybook.api.Some");
    private static final Logger THEIRS = LoggerFactory.getLogger("software.amazon.awssdk.Some");
    private static final JsonMapper JSON = new JsonMapper();

    @AfterEach
    void forget() {
        MDC.clear();
        JsonLogging.from(Level.INFO);
    }

    @Test
    void a_line_says_when_how_bad_what_and_by_whom() {
        assertThat(said(() -> OURS.info("{} of {}", 1, "two"))).singleElement().satisfies(line -> {
            assertThat(line.fieldNames()).toIterable().containsExactly("timestamp", "level", "message", "logger");
            assertThat(Instant.parse(line.path("timestamp").asText()))
                    .isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
            assertThat(line.path("timestamp").asText()).hasSize("2026-11-24T10:00:30.123Z".length());
            assertThat(line.path("level").asText()).isEqualTo("INFO");
            assertThat(line.path("message").asText()).isEqualTo("1 of two");
            assertThat(line.path("logger").asText()).isEqualTo("io.daybook.api.Some");
        });
    }

    @Test
    void what_is_known_of_the_invocation_and_what_a_line_adds_are_fields_of_their_own_kind() {
        MDC.put("ledger", "main");
        assertThat(said(() -> OURS.atWarn()
                        .addKeyValue("tries", 2)
                        .addKeyValue("lag_ms", 3L)
                        .addKeyValue("ms", 1.5)
                        .addKeyValue("outcome", Level.INFO)
                        .addKeyValue("contended", (Object) null)
                        .log("lost")))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("ledger").textValue()).isEqualTo("main");
                    assertThat(line.path("tries").isInt()).isTrue();
                    assertThat(line.path("lag_ms").isIntegralNumber()).isTrue();
                    assertThat(line.path("ms").doubleValue()).isEqualTo(1.5);
                    assertThat(line.path("outcome").textValue()).isEqualTo("INFO");
                    assertThat(line.has("contended")).isFalse();
                });
    }

    @Test
    void a_fault_is_told_with_its_stack_and_its_causes_in_the_same_line() {
        var fault = new IllegalStateException("\"quoted\"\nand more", new ArithmeticException());
        assertThat(said(() -> OURS.error("failed", fault))).singleElement().satisfies(line -> {
            assertThat(line.at("/error/name").asText()).isEqualTo("java.lang.IllegalStateException");
            assertThat(line.at("/error/message").asText()).isEqualTo("\"quoted\"\nand more");
            assertThat(line.at("/error/stack").asText())
                    .contains("at " + JsonLoggerTest.class.getName(), "Caused by: java.lang.ArithmeticException");
        });
    }

    @Test
    void a_fault_without_a_message_is_told_as_well() {
        assertThat(said(() -> OURS.error("failed", new ArithmeticException())))
                .singleElement()
                .satisfies(
                        line -> assertThat(line.at("/error/message").isNull()).isTrue());
    }

    @Test
    void the_level_is_that_of_our_own_lines_and_libraries_say_no_more_than_warnings() {
        JsonLogging.from(Level.TRACE);
        assertThat(said(JsonLoggerTest::all))
                .extracting(
                        line -> line.path("logger").asText().split("\\.", 2)[0],
                        line -> line.path("level").asText())
                .containsExactly(
                        tuple("io", "TRACE"),
                        tuple("io", "DEBUG"),
                        tuple("io", "INFO"),
                        tuple("io", "WARN"),
                        tuple("software", "WARN"),
                        tuple("io", "ERROR"),
                        tuple("software", "ERROR"));
        JsonLogging.from(Level.ERROR);
        assertThat(said(JsonLoggerTest::all))
                .extracting(line -> line.path("level").asText())
                .containsExactly("ERROR", "ERROR");
        JsonLogging.from(null);
        assertThat(said(JsonLoggerTest::all)).isEmpty();
    }

    private static void all() {
        for (var level : List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR)) {
            OURS.atLevel(level).log("ours");
            THEIRS.atLevel(level).log("theirs");
        }
    }

    private static List<JsonNode> said(Runnable part) {
        var written = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(written, true, UTF_8));
        try {
            part.run();
        } finally {
            System.setOut(before);
        }
        return written.toString(UTF_8).lines().map(JsonLoggerTest::parse).toList();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }
}
