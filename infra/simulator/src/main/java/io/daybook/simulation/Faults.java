package io.daybook.simulation;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Decides what goes wrong, and counts it. */
final class Faults {
    private final Chance chance;
    private final Steps steps;
    private final History history;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    /** How much more or less than usual goes wrong in this simulation. */
    private double weather;

    Faults(Chance chance, Steps steps, History history) {
        this.chance = chance;
        this.steps = steps;
        this.history = history;
        weather = chance.pick(List.of(0.0, 0.3, 1.0, 1.0, 2.0, 4.0));
    }

    /** Whether it goes wrong this time, and if so, with what. */
    boolean strikes(Fault fault, Object what) {
        var struck = weather > 0 && chance.happens(Math.min(0.9, fault.rate() * weather)) && steps.taken();
        if (struck) {
            history.note("%s: %s", fault, what);
            counts.merge(fault, 1, Integer::sum);
        }
        return struck;
    }

    /** As above for what must not depend on the order of threads: by a chance of its own, and neither counted nor told. */
    boolean strikesAside(Fault fault, Chance own, int what) {
        return weather > 0 && own.happens(Math.min(0.9, fault.rate() * weather)) && steps.takenAside(what);
    }

    void stop() {
        weather = 0;
    }

    /** How often anything has gone wrong so far. */
    int struck() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    Map<Fault, Integer> counts() {
        return counts;
    }
}
