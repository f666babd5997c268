package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimulationTest {
    /** So many more than the fixed ones can be asked for: {@code -Ddaybook.seeds=10000}. */
    private static final int FRESH = Integer.getInteger("daybook.seeds", 50);

    private static final int FIXED = 200;

    @Test
    void the_same_seed_gives_the_same_history() {
        assertThat(new Simulation(7, Mutation.NONE).run().history())
                .isEqualTo(new Simulation(7, Mutation.NONE).run().history());
    }

    /** Hash codes of objects without one of their own, and the order of immutable sets, are others in every JVM. */
    @Test
    void the_same_seed_gives_the_same_history_in_another_jvm() throws Exception {
        var seeds = new String[] {"7", "30"};
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
        var faults = new EnumMap<Fault, Integer>(Fault.class);
        var totals = new long[4];
        LongStream.concat(LongStream.range(0, FIXED), LongStream.range(from, from + FRESH))
                .parallel()
                .mapToObj(seed -> new Simulation(seed, Mutation.NONE).run())
                .forEach(result -> {
                    synchronized (faults) {
                        result.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
                        totals[0] += result.calls();
                        totals[1] += result.answered();
                        totals[2] += result.operations();
                        totals[3] += result.events();
                    }
                });
        System.out.printf(
                "%d simulations, seeds 0 to %d and from %d on, in %d s: %d calls, %d answered, %d AWS calls, %d events, faults %s%n",
                FIXED + FRESH,
                FIXED - 1,
                from,
                (System.nanoTime() - start) / 1_000_000_000,
                totals[0],
                totals[1],
                totals[2],
                totals[3],
                faults);
    }
}
