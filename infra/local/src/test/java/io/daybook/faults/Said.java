package io.daybook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What functions have written to their log while something ran: lines of log, and sets of metrics. */
record Said(String text) {

    static Said during(Runnable part) {
        var written = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(written, true, UTF_8));
        try {
            part.run();
        } finally {
            System.setOut(before);
        }
        return new Said(written.toString(UTF_8));
    }

    List<JsonNode> lines() {
        return json().filter(line -> !line.has("_aws")).toList();
    }

    /** The lines of requests, each with how it ended. */
    List<JsonNode> requests() {
        return lines().stream().filter(line -> line.has("status")).toList();
    }

    List<JsonNode> metrics() {
        return json().filter(line -> line.has("_aws")).toList();
    }

    /** All values of a metric together. */
    double sum(String metric) {
        return metrics().stream()
                .map(line -> line.path(metric))
                .flatMapToDouble(value -> value.isArray()
                        ? value.valueStream().mapToDouble(JsonNode::asDouble)
                        : java.util.stream.DoubleStream.of(value.asDouble()))
                .sum();
    }

    private java.util.stream.Stream<JsonNode> json() {
        return text.lines().filter(line -> line.startsWith("{")).map(Answer::parse);
    }
}
