package io.daybook.simulation;

import java.util.List;
import java.util.Random;

/** All that is random in one simulation. */
final class Chance {
    private final Random random;

    Chance(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    }

    boolean happens(double probability) {
        return random.nextDouble() < probability;
    }

    /** A part of the whole, from 0 up to 1. */
    double share() {
        return random.nextDouble();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Mostly a few milliseconds, now and then much more: what makes one call overtake another. In microseconds. */
    long latency() {
        var kind = random.nextInt(100);
        return kind < 70 ? between(200, 8_000) : kind < 97 ? between(8_000, 60_000) : between(60_000, 900_000);
    }
}
