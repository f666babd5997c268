package io.daybook.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context.BeforeTransmission;
import software.amazon.awssdk.core.interceptor.Context.ModifyHttpRequest;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * What a function does before Lambda takes the snapshot that it is started from: once all that a first request would have
 * to load, so that the snapshot has it.
 *
 * <p>It runs on clients and a clock of its own. Every start from the snapshot is a clone of this process, so nothing may
 * be in it that must differ from one to the next or that grows old: no open connection, no offset of a clock, and of the
 * credentials no more than the SDK's cache of signing keys, in which other credentials find nothing.
 */
final class Priming implements Resource {
    private static final Logger LOG = LoggerFactory.getLogger(Priming.class);

    /** Until what a request runs has been compiled; the time is that of a deployment, and nobody waits for it. */
    private static final Duration ON_STAGE = Duration.ofSeconds(1);

    /** Keeps it from being collected: the context holds what is registered weakly. */
    private static @Nullable Priming registered;

    private final Map<String, String> environment;
    private final Consumer<Deployment> rehearsal;
    private final Consumer<Deployment> staged;

    private Priming(Map<String, String> environment, Consumer<Deployment> rehearsal, Consumer<Deployment> staged) {
        this.environment = environment;
        this.rehearsal = rehearsal;
        this.staged = staged;
    }

    /** Has the snapshot taken after these rehearsals. */
    static void register(Map<String, String> environment, Consumer<Deployment> rehearsal, Consumer<Deployment> staged) {
        registered = new Priming(environment, rehearsal, staged);
        Core.getGlobalContext().register(registered);
    }

    /** Never throws: a function that is not primed is slow at first, one that fails here can't be deployed. */
    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        var start = System.nanoTime();
        var out = System.out;
        var said = new ByteArrayOutputStream();
        try (var stage = new Closing(Deployment.on(new Stage(), environment))) {
            // What a rehearsal logs and measures has not happened; it is told only where one fails.
            System.setOut(new PrintStream(said, false, UTF_8));
            try {
                rehearse();
                perform(untraced(stage.deployment()));
                said.reset();
            } finally {
                System.setOut(out);
                out.writeBytes(said.toByteArray());
            }
            var ms = (System.nanoTime() - start) / 1e6;
            new Telemetry(untraced(stage.deployment())).measure(metrics -> metrics.accept(Metric.PRIMING, ms));
            LOG.atInfo().addKeyValue("ms", Math.round(ms)).log("primed");
        } catch (RuntimeException | Error e) {
            LOG.warn("not primed, the first requests take longer", e);
        }
    }

    private void rehearse() {
        try (var own = new Closing(Deployment.of(environment, List.of(new ReadsOnly())))) {
            rehearsal.accept(untraced(own.deployment()));
        }
    }

    private void perform(Deployment stage) {
        var end = System.nanoTime() + ON_STAGE.toNanos();
        while (System.nanoTime() < end) {
            staged.accept(stage);
        }
    }

    /** The same without a collector of spans, to which a rehearsal would open a connection. */
    private static Deployment untraced(Deployment deployment) {
        var environment = new HashMap<>(deployment.environment());
        environment.put("OTEL_SDK_DISABLED", "true");
        return new Deployment(environment, deployment.dynamoDb(), deployment.queues(), deployment.clock());
    }

    /** What a rehearsal runs on, until its end. */
    private record Closing(Deployment deployment) implements AutoCloseable {
        @Override
        public void close() {
            deployment.dynamoDb().close();
            deployment.sqs().close();
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        // Nothing in the snapshot has to be renewed.
    }

    /** Lets reads through, each on a connection that is closed after it, and nothing else. */
    private static final class ReadsOnly implements ExecutionInterceptor {
        private static final Set<String> READS = Set.of("GetItem", "BatchGetItem", "Query");

        @Override
        public SdkHttpRequest modifyHttpRequest(ModifyHttpRequest context, ExecutionAttributes attributes) {
            // Connections outlive their client: the JDK keeps those that the server has not said it closes.
            return context.httpRequest().copy(request -> request.putHeader("Connection", "close"));
        }

        @Override
        public void beforeTransmission(BeforeTransmission context, ExecutionAttributes attributes) {
            var operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
            if (!READS.contains(operation)) {
                throw SdkClientException.create(operation + " is not for a rehearsal");
            }
        }
    }
}
