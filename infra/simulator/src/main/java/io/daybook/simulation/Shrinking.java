package io.daybook.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Looks for the shortest simulation of a seed that still does not hold the same rule: leaves out ever smaller parts of its
 * steps, for as long as that changes nothing (Zeller's delta debugging).
 */
final class Shrinking {
    private final long seed;
    private final Mutation mutation;
    private final long giveUpAt;

    private Shrinking(long seed, Mutation mutation, long giveUpAt) {
        this.seed = seed;
        this.mutation = mutation;
        this.giveUpAt = giveUpAt;
    }

    /**
     * The shortest that is found.
     *
     * @param found a simulation of the seed that has failed
     * @param giveUpAt by {@link System#nanoTime}
     */
    static Simulation.Result shrink(long seed, Mutation mutation, Simulation.Result found, long giveUpAt) {
        return new Shrinking(seed, mutation, giveUpAt).shrink(found);
    }

    private Simulation.Result shrink(Simulation.Result found) {
        var rule = rule(found);
        var shortest = found;
        var parts = 2;
        while (parts <= shortest.steps().size() && !isOver()) {
            var steps = shortest.steps();
            var granularity = parts;
            var shorter = first(
                    IntStream.range(0, parts)
                            .mapToObj(part -> without(steps, part, granularity))
                            .toList(),
                    result -> rule(result).equals(rule));
            if (shorter.isPresent()) {
                shortest = shorter.get();
                parts = Math.max(2, parts - 1);
            } else if (parts == steps.size()) {
                break;
            } else {
                parts = Math.min(2 * parts, steps.size());
            }
        }
        return shortest;
    }

    private static List<String> without(List<String> steps, int part, int parts) {
        var rest = new ArrayList<>(steps.subList(0, steps.size() * part / parts));
        rest.addAll(steps.subList(steps.size() * (part + 1) / parts, steps.size()));
        return rest;
    }

    /** The first of these that fails in that way; on all cores. */
    private Optional<Simulation.Result> first(List<List<String>> tries, Predicate<Simulation.Result> fails) {
        return tries.parallelStream()
                .filter(steps -> !steps.isEmpty() && !isOver())
                .map(steps -> new Simulation(seed, mutation, steps).observe())
                .filter(fails)
                .findFirst();
    }

    private boolean isOver() {
        return System.nanoTime() - giveUpAt > 0;
    }

    /** What a simulation does not hold, without names and figures; empty where it holds everything. */
    private static String rule(Simulation.Result result) {
        return result.failure()
                .map(failure -> failure instanceof Violation violation
                        ? violation.rule()
                        : failure.getClass().getName()
                                + Arrays.stream(failure.getStackTrace()).findFirst())
                .orElse("");
    }
}
