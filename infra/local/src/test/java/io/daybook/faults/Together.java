package io.daybook.faults;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Does things at the same moment. */
final class Together {
    private Together() {}

    /** Starts all of them as one, and waits for the last. */
    static <T> List<T> run(List<Callable<T>> parts) {
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = parts.stream()
                    .map(part -> threads.submit(() -> {
                        start.await();
                        return part.call();
                    }))
                    .toList();
            start.countDown();
            var results = new java.util.ArrayList<T>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The same thing so many times; each is told its number. */
    static <T> List<T> run(int times, java.util.function.IntFunction<T> part) {
        return run(IntStream.range(0, times)
                .<Callable<T>>mapToObj(number -> () -> part.apply(number))
                .toList());
    }
}
