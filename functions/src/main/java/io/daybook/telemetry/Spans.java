package io.daybook.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The spans of an invocation, named as OpenTelemetry's semantic conventions want it. Nobody makes one, and so nothing of
 * OpenTelemetry is loaded, where no spans are wanted.
 */
public final class Spans {
    private static final String PARENT = "traceparent";
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<Map<String, String>> MAP = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> map) {
            return map.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> map, String key) {
            return map == null ? null : map.get(key);
        }
    };

    private final Tracer tracer;

    public Spans(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer("io.daybook");
    }

    /** A call of the API: a part of its caller's trace where that has one. */
    <T> T call(String method, String route, Optional<String> caller, Supplier<T> answer) {
        return in(
                tracer.spanBuilder(method + " " + route)
                        .setSpanKind(SpanKind.SERVER)
                        .setParent(parent(caller))
                        .setAttribute("http.request.method", method)
                        .setAttribute("http.route", route)
                        .startSpan(),
                answer);
    }

    /** What a schedule or somebody by hand has begun. */
    <T> T job(String function, Supplier<T> work) {
        return in(
                tracer.spanBuilder(function)
                        .setNoParent()
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute("faas.name", function)
                        .startSpan(),
                work);
    }

    /**
     * Messages that have come together. Each is a part of the trace that it was sent in. One alone has all that is done for
     * it below its span; of several that is done for all of them at once, in a trace of its own that links to theirs.
     *
     * @param senders the W3C traceparent of each message, where it has one
     */
    <T> T messages(String queue, List<Optional<String>> senders, Supplier<T> work) {
        if (senders.size() == 1) {
            return in(message(queue).setParent(parent(senders.getFirst())).startSpan(), work);
        }
        var together = message(queue).setNoParent().setAttribute("messaging.batch.message_count", senders.size());
        senders.forEach(
                sender -> together.addLink(Span.fromContext(parent(sender)).getSpanContext()));
        var batch = together.startSpan();
        var each = senders.stream()
                .filter(Optional::isPresent)
                .map(sender -> message(queue)
                        .setParent(parent(sender))
                        .addLink(batch.getSpanContext())
                        .startSpan())
                .toList();
        try {
            return in(batch, work);
        } finally {
            each.forEach(Span::end);
        }
    }

    <T> T within(String name, Supplier<T> part) {
        return in(tracer.spanBuilder(name).startSpan(), part);
    }

    static Optional<String> traceparent() {
        var carrier = new HashMap<String, String>();
        W3C.inject(Context.current(), carrier, (map, name, value) -> {
            if (map != null) {
                map.put(name, value);
            }
        });
        return Optional.ofNullable(carrier.get(PARENT));
    }

    static <T> T continued(String traceparent, Supplier<T> part) {
        return parent(Optional.of(traceparent)).wrapSupplier(part).get();
    }

    static <A, B> Function<A, B> carried(Function<A, B> work) {
        return Context.current().wrapFunction(work);
    }

    static void tell(String name, String value) {
        Span.current().setAttribute(name, value);
    }

    static void answered(int status) {
        var span = Span.current().setAttribute("http.response.status_code", status);
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR).setAttribute("error.type", Integer.toString(status));
        }
    }

    private SpanBuilder message(String queue) {
        return tracer.spanBuilder("process " + queue)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "aws_sqs")
                .setAttribute("messaging.destination.name", queue)
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process");
    }

    private static Context parent(Optional<String> traceparent) {
        return W3C.extract(
                Context.root(), traceparent.map(text -> Map.of(PARENT, text)).orElse(Map.of()), MAP);
    }

    /** What the message of an exception says may be a caller's own business, so only its type is told. */
    static void failed(Throwable fault) {
        Span.current()
                .setStatus(StatusCode.ERROR)
                .setAttribute("error.type", fault.getClass().getName());
    }

    private static <T> T in(Span span, Supplier<T> part) {
        try {
            return Context.current()
                    .with(span)
                    .wrapSupplier(() -> {
                        try {
                            return part.get();
                        } catch (RuntimeException | Error e) {
                            failed(e);
                            throw e;
                        }
                    })
                    .get();
        } finally {
            span.end();
        }
    }
}
