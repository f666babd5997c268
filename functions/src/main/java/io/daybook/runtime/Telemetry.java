package io.daybook.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import io.daybook.telemetry.Observation;
import io.daybook.telemetry.Observation.Trigger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.ObjDoubleConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import software.amazon.lambda.powertools.metrics.Metrics;
import software.amazon.lambda.powertools.metrics.model.DimensionSet;
import software.amazon.lambda.powertools.metrics.provider.EmfMetricsProvider;

/** A function's structured logs and metrics. */
public final class Telemetry {
    private static final Pattern CORRELATION_ID = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private final String service;
    private final @Nullable Metrics metrics;
    private final InstantSource clock;
    private final @Nullable Tracing tracing;
    private final AtomicBoolean warm = new AtomicBoolean();

    public Telemetry(Deployment deployment) {
        clock = deployment.clock();
        tracing = Deployment.isTraced(deployment.environment()) ? Tracing.of(deployment.environment()) : null;
        service = deployment.environment().getOrDefault("POWERTOOLS_SERVICE_NAME", "daybook");
        metrics = metrics(deployment.environment());
    }

    /**
     * Those of this function alone, or null where nobody wants any. They are not the ones that Powertools' factory shares,
     * which keep something of every trace for ever unless each has a set of its own.
     */
    private @Nullable Metrics metrics(Map<String, String> environment) {
        if ("true".equals(environment.get("POWERTOOLS_METRICS_DISABLED"))) {
            return null;
        }
        var own = new EmfMetricsProvider().getMetricsInstance();
        own.setNamespace(environment.getOrDefault("POWERTOOLS_METRICS_NAMESPACE", "Daybook"));
        own.setDefaultDimensions(DimensionSet.of("Service", service));
        return own;
    }

    /** The caller's correlation id where it is 1 to 128 visible ASCII characters, else a new one. */
    public static String correlationId(@Nullable String given) {
        return given != null && CORRELATION_ID.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
    }

    /** Runs an invocation that a schedule or somebody by hand has begun. */
    public <T> T observe(Context context, Supplier<T> invocation) {
        return observe(context, new Trigger.Job(context.getFunctionName()), Map.of(), invocation);
    }

    /**
     * Runs an invocation, and sends its spans before the function may freeze.
     *
     * @param request what every log line tells of what is asked, beside the invocation itself
     */
    public <T> T observe(Context context, Trigger trigger, Map<String, String> request, Supplier<T> invocation) {
        var spans = tracing == null ? null : tracing.spans();
        try {
            return Observation.of(spans, trigger, () -> with(keys(context, request), invocation));
        } finally {
            warm.set(true);
            if (tracing != null) {
                tracing.flush();
            }
        }
    }

    private Map<String, String> keys(Context context, Map<String, String> request) {
        var keys = new HashMap<>(request);
        keys.put("service", service);
        keys.put("function_name", context.getFunctionName());
        keys.put("function_version", context.getFunctionVersion());
        keys.put("function_request_id", context.getAwsRequestId());
        keys.put("cold_start", Boolean.toString(!warm.get()));
        Observation.traceparent().ifPresent(parent -> keys.put("trace_id", parent.split("-", -1)[1]));
        return keys;
    }

    /** Runs a part of an invocation with these keys in every log line; what it adds itself is gone after it, too. */
    public <T> T with(Map<String, String> keys, Supplier<T> part) {
        var before = MDC.getCopyOfContextMap();
        keys.forEach(MDC::put);
        try {
            return part.get();
        } finally {
            MDC.setContextMap(before == null ? Map.of() : before);
        }
    }

    /** Writes a set of metrics, as one line, and with them what the invocation has consumed since the last set. */
    public void measure(Consumer<ObjDoubleConsumer<Metric>> measurements) {
        var all = metrics;
        if (all == null) {
            return;
        }
        synchronized (all) {
            ObjDoubleConsumer<Metric> set = (metric, value) -> all.addMetric(metric.title(), value, metric.unit());
            measurements.accept(set);
            // A rehearsal's set is measured outside of any invocation, and nobody has waited for that start.
            if (Observation.current().isPresent() && !warm.getAndSet(true)) {
                set.accept(Metric.COLD_STARTS, 1);
            }
            Observation.current().map(Observation::takeUnits).ifPresent(units -> {
                set.accept(Metric.READ_UNITS, units.read());
                set.accept(Metric.WRITE_UNITS, units.write());
            });
            if (clock instanceof LedgerClock watched && !watched.skew().isZero()) {
                set.accept(Metric.CLOCK_SKEW, (double) watched.skew().abs().toMillis());
            }
            // Else it would be dated when the set before it was written: before the snapshot, for the first one.
            all.setTimestamp(Instant.now());
            all.flush();
        }
    }
}
