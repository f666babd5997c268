package io.daybook.simulation;

import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What many simulations came to. */
final class Totals {
    /** The first that has failed. */
    record Failed(long seed, Simulation.Result result) {}

    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private Optional<Failed> failed = Optional.empty();
    private long simulations;
    private long calls;
    private long answered;
    private long operations;
    private long events;

    synchronized void add(long seed, Simulation.Result result) {
        simulations++;
        calls += result.calls();
        answered += result.answered();
        operations += result.operations();
        events += result.events();
        result.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        if (failed.isEmpty() && result.failure().isPresent()) {
            failed = Optional.of(new Failed(seed, result));
        }
    }

    synchronized Optional<Failed> failed() {
        return failed;
    }

    synchronized long simulations() {
        return simulations;
    }

    synchronized void print(PrintStream console, String seeds, Duration time) {
        var seconds = time.toMillis() / 1000.0;
        console.printf("Simulated %s in %.1f s, %.1f seeds a second:%n", seeds, seconds, simulations / seconds);
        print(console, "simulations", simulations);
        print(console, "calls of the API", calls);
        print(console, "answered", answered);
        print(console, "calls of AWS", operations);
        print(console, "events", events);
        faults.forEach((fault, count) -> print(console, fault.toString(), count));
    }

    private static void print(PrintStream console, String what, long count) {
        console.printf("%12d %s%n", count, what);
    }
}
