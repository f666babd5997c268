package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The page that shows at a glance what the local cloud is doing. It fetches all that it draws from here. */
final class Overview {
    private static final int LATEST = 12;

    private Overview() {}

    static HttpAnswer page() {
        try (var html = Objects.requireNonNull(Overview.class.getResourceAsStream("overview.html"))) {
            return new HttpAnswer(
                    200, Map.of("content-type", List.of("text/html; charset=utf-8")), html.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The latest transactions whose views have been written, the newest first, each with its spans as a walk comes by. */
    static HttpAnswer latest(List<List<Traces.Span>> traces) {
        var list = JsonNodeFactory.instance.arrayNode();
        traces.reversed().stream()
                .filter(trace -> trace.stream().anyMatch(Traces.Span::isProjection)
                        && trace.stream().anyMatch(span -> span.attributes().containsKey("daybook.transaction")))
                .limit(LATEST)
                .forEach(trace -> {
                    long first =
                            trace.stream().mapToLong(Traces.Span::start).min().orElse(0);
                    var spans = list.addArray();
                    Traces.walk(
                            trace,
                            (depth, span) -> spans.addObject()
                                    .put("depth", depth)
                                    .put("name", span.name())
                                    .put("transaction", span.attributes().get("daybook.transaction"))
                                    .put("outcome", span.attributes().get("daybook.outcome"))
                                    .put("failed", span.failed())
                                    .put("start", (span.start() - first) / 1e6)
                                    .put("ms", (span.end() - span.start()) / 1e6));
                });
        return new HttpAnswer(
                200,
                Map.of("content-type", List.of("application/json")),
                list.toString().getBytes(UTF_8));
    }
}
