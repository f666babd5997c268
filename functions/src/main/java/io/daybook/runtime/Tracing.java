package io.daybook.runtime;

import io.daybook.telemetry.Spans;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.instrumentation.awssdk.v2_2.AwsSdkTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Where spans go: to the OTLP endpoint that the environment names, by OpenTelemetry's own variables. Nobody makes one, and
 * so nothing of its SDK is loaded, where there is none; see {@link Deployment#isTraced}.
 */
final class Tracing {
    /** For so long an answer waits at most for its spans to be sent, since a function freezes once it has answered. */
    private static final Duration FLUSH = Duration.ofMillis(200);

    /** One for each set of variables: on Lambda one, in the local cloud as many as there are clouds. */
    private static final Map<Map<String, String>, Tracing> ALL = new ConcurrentHashMap<>();

    private final OpenTelemetrySdk sdk;
    private final Spans spans;

    private Tracing(Map<String, String> variables) {
        sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> Map.of(
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.metrics.exporter", "none",
                        "otel.logs.exporter", "none",
                        "otel.propagators", "tracecontext"))
                .addPropertiesCustomizer(config -> variables.entrySet().stream()
                        .collect(Collectors.toMap(
                                variable -> variable.getKey()
                                        .toLowerCase(java.util.Locale.ROOT)
                                        .replace('_', '.'),
                                Map.Entry::getValue)))
                .addTracerProviderCustomizer((provider, config) -> provider.setIdGenerator(new Ids()))
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
        spans = new Spans(sdk);
    }

    /** Made once for all that share its variables. */
    static Tracing of(Map<String, String> environment) {
        return ALL.computeIfAbsent(
                environment.entrySet().stream()
                        .filter(variable -> variable.getKey().startsWith("OTEL_"))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                Tracing::new);
    }

    Spans spans() {
        return spans;
    }

    /** What makes a span of each call of AWS, and sends the trace along with messages. */
    List<ExecutionInterceptor> interceptors() {
        return List.of(
                AwsSdkTelemetry.builder(sdk)
                        .setUseConfiguredPropagatorForMessaging(true)
                        .build()
                        .createExecutionInterceptor(),
                new TraceHeader());
    }

    void flush() {
        sdk.getSdkTracerProvider().forceFlush().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says the trace of a message once more in the form that X-Ray knows. */
    private static final class TraceHeader implements ExecutionInterceptor {
        @Override
        public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
            if (!(context.request() instanceof SendMessageRequest send)
                    || !send.messageAttributes().containsKey("traceparent")) {
                return context.request();
            }
            var parent =
                    send.messageAttributes().get("traceparent").stringValue().split("-", 4);
            var header = "Root=1-%s-%s;Parent=%s;Sampled=%d"
                    .formatted(
                            parent[1].substring(0, 8),
                            parent[1].substring(8),
                            parent[2],
                            Integer.parseInt(parent[3], 16) & 1);
            return send.toBuilder()
                    .messageSystemAttributes(Map.of(
                            MessageSystemAttributeNameForSends.AWS_TRACE_HEADER,
                            MessageSystemAttributeValue.builder()
                                    .dataType("String")
                                    .stringValue(header)
                                    .build()))
                    .build();
        }
    }

    /** OpenTelemetry's own draws from a seed, which all that start from one snapshot of Lambda's would share. */
    private static final class Ids implements IdGenerator {
        private final SecureRandom chance = new SecureRandom();

        @Override
        public String generateSpanId() {
            return SpanId.fromLong(notZero());
        }

        @Override
        public String generateTraceId() {
            return TraceId.fromLongs(notZero(), notZero());
        }

        private long notZero() {
            long drawn;
            do {
                drawn = chance.nextLong();
            } while (drawn == 0);
            return drawn;
        }
    }
}
