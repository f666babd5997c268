package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutationTest {
    /** A mutation is found within so many seeds. */
    static final int MOST_SEEDS = 100;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void is_found(Mutation mutation) {
        var found = LongStream.range(0, MOST_SEEDS)
                .parallel()
                .mapToObj(seed -> new Simulation(seed, mutation).observe())
                .flatMap(result -> result.failure().stream())
                .findAny();
        assertThat(found).isPresent();
        System.out.printf("%s found: %s%n", mutation, found.get().getMessage());
    }
}
