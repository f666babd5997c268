package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns each line of JSON, a log or a set of metrics, into one for a reader; other lines pass as they are. */
final class ReadableLogs extends OutputStream {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> UNITS = Map.of("Milliseconds", "ms", "Seconds", "s", "Percent", "%");

    /** The same in every line, or of use only where many machines write into one log. */
    private static final Set<String> NOISE = Set.of(
            "cold_start",
            "error",
            "function_name",
            "function_request_id",
            "function_version",
            "level",
            "logger",
            "message",
            "service",
            "timestamp");

    private final OutputStream reader;
    private final ZoneId zone;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    ReadableLogs(OutputStream reader, ZoneId zone) {
        this.reader = reader;
        this.zone = zone;
    }

    /** Must come before anything that keeps {@code System.out} for itself, as DynamoDB Local does. */
    static void install() {
        System.setOut(new PrintStream(new ReadableLogs(System.out, ZoneId.systemDefault()), true, UTF_8));
    }

    @Override
    public synchronized void write(int b) throws IOException {
        line.write(b);
        if (b == '\n') {
            reader.write(readable(line.toString(UTF_8)).getBytes(UTF_8));
            reader.flush();
            line.reset();
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        for (int i = from; i < from + length; i++) {
            write(bytes[i]);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        line.writeTo(reader);
        line.reset();
        reader.flush();
    }

    private String readable(String text) {
        if (!text.startsWith("{")) {
            return text;
        }
        try {
            var json = JSON.readTree(text);
            if (json.has("_aws")) {
                return metrics(json);
            }
            return json.has("level") && json.has("message") ? log(json) : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    private String log(JsonNode json) {
        var result = new StringBuilder(time(json.path("timestamp").asText()));
        result.append(" %-5s %s  %s"
                .formatted(
                        json.path("level").asText(),
                        origin(json),
                        json.path("message").asText()));
        json.properties().forEach(field -> {
            if (!NOISE.contains(field.getKey())) {
                result.append("  ").append(field.getKey()).append('=').append(value(field.getValue()));
            }
        });
        result.append('\n');
        var error = json.path("error");
        if (!error.isMissingNode()) {
            result.append(stackTrace(error)).append('\n');
        }
        return result.toString();
    }

    private String metrics(JsonNode json) {
        var aws = json.path("_aws");
        var values = aws.path("CloudWatchMetrics")
                .valueStream()
                .flatMap(group -> group.path("Metrics").valueStream())
                .map(metric -> "%s=%s%s"
                        .formatted(
                                metric.path("Name").asText(),
                                value(json.path(metric.path("Name").asText())),
                                UNITS.getOrDefault(metric.path("Unit").asText(), "")))
                .collect(Collectors.joining(" "));
        return clock(Instant.ofEpochMilli(aws.path("Timestamp").asLong())) + " metrics " + values + "\n";
    }

    private static String origin(JsonNode json) {
        var name = json.path("function_name").asText(json.path("logger").asText("local"));
        return name.substring(Math.max(name.lastIndexOf('-'), name.lastIndexOf('.')) + 1);
    }

    private static String value(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream().map(ReadableLogs::value).collect(Collectors.joining(","));
        }
        if (node.isFloatingPointNumber()) {
            return node.decimalValue()
                    .setScale(1, RoundingMode.HALF_UP)
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return node.isValueNode() ? node.asText() : node.toString();
    }

    private static String stackTrace(JsonNode error) {
        return error.path("stack").asText(error.toString()).stripTrailing();
    }

    private String time(String timestamp) {
        try {
            return clock(Instant.parse(timestamp));
        } catch (DateTimeException e) {
            return timestamp;
        }
    }

    private String clock(Instant instant) {
        return DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(zone).format(instant);
    }
}
