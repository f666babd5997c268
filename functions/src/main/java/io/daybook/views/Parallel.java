package io.daybook.views;

import io.daybook.telemetry.Observation;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Many small reads at once, each on a virtual thread of its own. */
public final class Parallel {
    /** As many connections as are worth opening for one request. */
    private static final int AT_ONCE = 64;

    private Parallel() {}

    /** The results in the order of the inputs; what one of them throws ends the whole. */
    public static <A, B> List<B> map(List<A> inputs, Function<A, B> read) {
        if (inputs.size() == 1) {
            return List.of(read.apply(inputs.getFirst()));
        }
        var carried = Observation.carried(read);
        var free = new Semaphore(AT_ONCE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = inputs.stream()
                    .map(input -> threads.submit(() -> {
                        free.acquire();
                        try {
                            return carried.apply(input);
                        } finally {
                            free.release();
                        }
                    }))
                    .toList();
            return futures.stream().map(Parallel::result).toList();
        }
    }

    private static <B> B result(Future<B> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
