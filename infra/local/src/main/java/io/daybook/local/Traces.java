package io.daybook.local;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Takes spans as an OTLP collector does, and keeps those of the latest traces. */
final class Traces {
    /** Where spans are sent to, below the cloud's own address. */
    static final String PATH = "/local/v1/traces";

    private static final int KEPT = 200;

    /**
     * A span.
     *
     * @param parentId empty for the first of its trace
     * @param start in nanoseconds since 1970
     * @param links the ids of other traces that it has to do with
     */
    record Span(
            String traceId,
            String id,
            String parentId,
            String name,
            SpanKind kind,
            long start,
            long end,
            Map<String, String> attributes,
            Set<String> links,
            boolean failed) {

        boolean isProjection() {
            return kind == SpanKind.SPAN_KIND_CONSUMER && !parentId.isEmpty();
        }
    }

    /** By their ids, those first whose last span came first. */
    private final Map<String, List<Span>> traces = new LinkedHashMap<>();

    private Consumer<List<Span>> listener = trace -> {};

    /** From now on, hears of each transaction's trace once its views have been written. */
    synchronized void listen(Consumer<List<Span>> next) {
        listener = next;
    }

    /** Takes what an exporter sends. */
    HttpAnswer take(byte[] body) {
        try {
            ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .flatMap(scope -> scope.getSpansList().stream())
                    .map(Traces::read)
                    .collect(Collectors.groupingBy(Span::traceId, LinkedHashMap::new, Collectors.toList()))
                    .forEach(this::add);
            return new HttpAnswer(200, Map.of("content-type", List.of("application/x-protobuf")), new byte[0]);
        } catch (InvalidProtocolBufferException e) {
            return HttpAnswer.message(400, "Bad Request");
        }
    }

    private synchronized void add(String traceId, List<Span> more) {
        var trace = new ArrayList<>(Optional.ofNullable(traces.remove(traceId)).orElse(List.of()));
        trace.addAll(more);
        traces.put(traceId, List.copyOf(trace));
        if (traces.size() > KEPT) {
            traces.remove(traces.keySet().iterator().next());
        }
        if (more.stream().anyMatch(Span::isProjection)) {
            listener.accept(List.copyOf(trace));
        }
    }

    /** The latest traces, each with its spans. */
    synchronized List<List<Span>> all() {
        return List.copyOf(traces.values());
    }

    synchronized void forget() {
        traces.clear();
    }

    /** A trace as an indented tree, a span on each line: its name, when it began after the first one, and how long it took. */
    static String tree(List<Span> trace) {
        var text = new StringBuilder();
        walk(
                trace,
                (depth, span) -> text.append("  ".repeat(depth))
                        .append(String.format(
                                Locale.ROOT,
                                "%-" + Math.max(1, 60 - 2 * depth) + "s %8.1f ms  +%.1f ms%s%n",
                                span.name(),
                                (span.end() - span.start()) / 1e6,
                                (span.start() - first(trace)) / 1e6,
                                span.failed() ? "  failed" : "")));
        return text.toString();
    }

    /** What a walk comes by. */
    interface Visitor {
        void visit(int depth, Span span);
    }

    /** Each span before those that it has led to, in the order in which they began. */
    static void walk(List<Span> trace, Visitor visitor) {
        var ids = trace.stream().map(Span::id).collect(Collectors.toSet());
        var children = trace.stream()
                .sorted(Comparator.comparingLong(Span::start))
                .collect(Collectors.groupingBy(span -> ids.contains(span.parentId()) ? span.parentId() : ""));
        walk(children, "", 0, visitor);
    }

    private static void walk(Map<String, List<Span>> children, String parent, int depth, Visitor visitor) {
        for (var span : children.getOrDefault(parent, List.of())) {
            visitor.visit(depth, span);
            walk(children, span.id(), depth + 1, visitor);
        }
    }

    private static long first(List<Span> trace) {
        return trace.stream().mapToLong(Span::start).min().orElse(0);
    }

    private static Span read(io.opentelemetry.proto.trace.v1.Span span) {
        var attributes = new HashMap<String, String>();
        span.getAttributesList().forEach(pair -> attributes.put(pair.getKey(), text(pair.getValue())));
        return new Span(
                hex(span.getTraceId()),
                hex(span.getSpanId()),
                hex(span.getParentSpanId()),
                span.getName(),
                span.getKind(),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                Map.copyOf(attributes),
                span.getLinksList().stream().map(link -> hex(link.getTraceId())).collect(Collectors.toSet()),
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR);
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> Long.toString(value.getIntValue());
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            default -> value.toString().strip();
        };
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
