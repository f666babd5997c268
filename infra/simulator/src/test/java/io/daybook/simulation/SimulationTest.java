package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimulationTest {
    /** So many more than the fixed ones can be asked for: {@code -Ddaybook.seeds=10000}. */
    private static final int FRESH = Integer.getInteger("daybook.seeds", 50);

    private static final int FIXED = 100;

    @Test
    void the_same_seed_gives_the_same_history() {
        assertThat(new Simulation(7, Mutation.NONE).run().history())
                .isEqualTo(new Simulation(7, Mutation.NONE).run().history());
    }

    /** Hash codes of objects without one of their own, and the order of immutable sets, are others in every JVM. */
    @Test
    void the_same_seed_gives_the_same_history_in_another_jvm() throws Exception {
        var seeds = new String[] {"4", "30"};
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = Stream.concat(
                        Stream.of(java, "-cp", System.getProperty("java.class.path"), HistoryHash.class.getName()),
                        Stream.of(seeds))
                .toList();
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var answer = process.inputReader()) {
            assertThat(answer.readLine()).isEqualTo(HistoryHash.of(seeds));
        }
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void nothing_is_ever_lost() {
        var from = ThreadLocalRandom.current().nextLong(1L << 40);
        var start = System.nanoTime();
        var totals = new Totals();
        LongStream.concat(LongStream.range(0, FIXED), LongStream.range(from, from + FRESH))
                .parallel()
                .forEach(seed -> totals.add(seed, new Simulation(seed, Mutation.NONE).run()));
        totals.print(
                System.out,
                "seeds 0 to %d and %d to %d".formatted(FIXED - 1, from, from + FRESH - 1),
                Duration.ofNanos(System.nanoTime() - start));
    }
}
