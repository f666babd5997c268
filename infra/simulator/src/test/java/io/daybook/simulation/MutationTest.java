package io.daybook.simulation;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutationTest {
    /** A mutation is found within so many seeds. */
    static final int MOST_SEEDS = 100;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void is_found(Mutation mutation) {
        for (long seed = 0; seed < MOST_SEEDS; seed++) {
            try {
                new Simulation(seed, mutation).run();
            } catch (AssertionError found) {
                System.out.printf(
                        "%s found at seed %d: %s%n",
                        mutation, seed, found.getCause().getMessage());
                return;
            }
        }
        fail("%s was not found within %d seeds", mutation, MOST_SEEDS);
    }
}
