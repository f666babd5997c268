package io.daybook.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * All that is random in one simulation. Each task has draws of its own, so that one that draws more or less than before
 * leaves those of all others as they were.
 */
final class Chance {
    private final Scheduler scheduler;
    private final long seed;
    private final Map<String, SplittableRandom> draws = new HashMap<>();

    Chance(Scheduler scheduler, long seed) {
        this.scheduler = scheduler;
        this.seed = seed;
    }

    private SplittableRandom draw() {
        return draws.computeIfAbsent(
                scheduler.task(), task -> new SplittableRandom(seed * 0xD1342543DE82EF95L + task.hashCode()));
    }

    boolean happens(double probability) {
        return draw().nextDouble() < probability;
    }

    /** A part of the whole, from 0 up to 1. */
    double share() {
        return draw().nextDouble();
    }

    int below(int bound) {
        return draw().nextInt(bound);
    }

    int between(int least, int most) {
        return least + draw().nextInt(most - least + 1);
    }

    <T> T pick(List<T> of) {
        return of.get(draw().nextInt(of.size()));
    }

    /** Mostly a few milliseconds, now and then much more: what makes one call overtake another. In microseconds. */
    long latency() {
        var kind = draw().nextInt(100);
        return kind < 70 ? between(200, 8_000) : kind < 97 ? between(8_000, 60_000) : between(60_000, 900_000);
    }
}
