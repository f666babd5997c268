package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.runtime.Metric;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The metrics that functions print, added up since the start and written as OpenMetrics. */
final class LocalMetrics {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, List<String>> HEADERS =
            Map.of("content-type", List.of("application/openmetrics-text; version=1.0.0; charset=utf-8"));

    /** Quantiles are those of the latest so many values. */
    private static final int KEPT = 1000;

    private final Map<Metric, Series> series = new EnumMap<>(Metric.class);

    /** How a metric is added up. */
    private enum Kind {
        COUNTER,
        GAUGE,
        SUMMARY;

        static Kind of(Metric metric) {
            return switch (metric) {
                case LATENCY, PROJECTION_LAG, PRIMING, TRANSACTIONS_PER_APPEND, MESSAGES_PER_BATCH -> SUMMARY;
                case OUTBOX_AGE, CLOCK_SKEW -> GAUGE;
                default -> COUNTER;
            };
        }
    }

    private static final class Series {
        private final ArrayDeque<Double> latest = new ArrayDeque<>();
        private double sum;
        private long count;

        private void add(double value) {
            sum += value;
            count++;
            latest.addLast(value);
            if (latest.size() > KEPT) {
                latest.removeFirst();
            }
        }

        private double quantile(double share) {
            var sorted =
                    latest.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)))];
        }
    }

    /** Must come before anything that keeps {@code System.out} for itself, as DynamoDB Local does. */
    void install() {
        System.setOut(new PrintStream(new Lines(System.out), true, UTF_8));
    }

    /** Takes a line that a function has printed; what is no set of metrics is passed over. */
    private void take(String line) {
        if (!line.startsWith("{") || !line.contains("\"_aws\"")) {
            return;
        }
        try {
            var json = JSON.readTree(line);
            for (var metric : Metric.values()) {
                var values = json.path(metric.title());
                if (values.isArray()) {
                    values.forEach(value -> add(metric, value));
                } else if (values.isNumber()) {
                    add(metric, values);
                }
            }
        } catch (JsonProcessingException e) {
            // Somebody else's line.
        }
    }

    private synchronized void add(Metric metric, JsonNode value) {
        series.computeIfAbsent(metric, it -> new Series()).add(value.asDouble());
    }

    /**
     * All of them, as OpenMetrics.
     *
     * @param depths how many messages and items wait, by where they do
     */
    synchronized HttpAnswer answer(Map<String, Long> depths) {
        var text = new StringBuilder();
        series.forEach((metric, values) -> {
            var name = name(metric);
            var kind = Kind.of(metric);
            text.append("# TYPE %s %s\n".formatted(name, kind.name().toLowerCase(Locale.ROOT)));
            text.append("# HELP %s %s\n".formatted(name, metric.question()));
            switch (kind) {
                case COUNTER -> text.append("%s_total %s\n".formatted(name, plain(values.sum)));
                case GAUGE -> text.append("%s %s\n".formatted(name, plain(values.latest.getLast())));
                case SUMMARY -> {
                    for (var share : List.of(0.5, 0.99)) {
                        text.append("%s{quantile=\"%s\"} %s\n".formatted(name, share, plain(values.quantile(share))));
                    }
                    text.append("%s_sum %s\n%s_count %d\n".formatted(name, plain(values.sum), name, values.count));
                }
            }
        });
        text.append("# TYPE daybook_waiting gauge\n");
        text.append("# HELP daybook_waiting How many messages or items wait there?\n");
        new TreeMap<>(depths)
                .forEach((where, depth) -> text.append("daybook_waiting{in=\"%s\"} %d\n".formatted(where, depth)));
        text.append("# EOF\n");
        return new HttpAnswer(200, HEADERS, text.toString().getBytes(UTF_8));
    }

    /** ProjectionLag is daybook_projection_lag_milliseconds. */
    private static String name(Metric metric) {
        var words = metric.title().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        var isTime = List.of(
                        Metric.LATENCY, Metric.PROJECTION_LAG, Metric.OUTBOX_AGE, Metric.CLOCK_SKEW, Metric.PRIMING)
                .contains(metric);
        return "daybook_" + words + (isTime ? "_milliseconds" : "");
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Passes everything on, and looks at each line of it. */
    private final class Lines extends FilterOutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(OutputStream next) {
            super(next);
        }

        @Override
        public synchronized void write(int b) throws IOException {
            out.write(b);
            note(b);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            for (int at = from; at < from + length; at++) {
                note(bytes[at]);
            }
        }

        private void note(int b) {
            if (b == '\n') {
                take(line.toString(UTF_8));
                line.reset();
            } else {
                line.write(b);
            }
        }
    }
}
