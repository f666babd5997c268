package io.daybook.simulation;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** {@code ./daybook simulate}: simulations for a while, or one again; a failure is shrunk and told. */
public final class Main {
    private static final String USAGE = """
            usage: ./daybook simulate [--seed N] [--minutes M | --only STEPS] [--mutation NAME]
              --seed N          simulate seed N alone, or with --minutes all from it on
              --minutes M       simulate for M minutes (1)
              --only STEPS      of a seed these steps alone, as a failure names them
              --mutation NAME   put a known bug in, to see how it is found (HOLD_NEVER_DUE, for example)""";

    private static final int HELD = 0;
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private static final Duration LONGEST_SHRINKING = Duration.ofMinutes(1);
    private static final long MANY_SEEDS = 1L << 40;

    private final Mutation mutation;
    private final PrintStream out;

    private Main(Mutation mutation, PrintStream out) {
        this.mutation = mutation;
        this.out = out;
    }

    private record Arguments(Optional<Long> seed, Optional<Duration> time, List<String> only, Mutation mutation) {}

    /** Ends with 0 where everything held, 1 after a failure, 2 where the arguments are wrong. */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) {
        Arguments arguments;
        try {
            arguments = parse(args);
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage() + "\n" + USAGE);
            return MISUSED;
        }
        var main = new Main(arguments.mutation(), out);
        if (!arguments.only().isEmpty()) {
            return main.again(arguments.seed().orElseThrow(), arguments.only());
        }
        var from = arguments.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(MANY_SEEDS));
        return arguments.seed().isPresent() && arguments.time().isEmpty()
                ? main.simulate(from, 1, Duration.ofDays(1))
                : main.simulate(from, Long.MAX_VALUE, arguments.time().orElse(Duration.ofMinutes(1)));
    }

    private static Arguments parse(List<String> args) {
        var rest = new ArrayDeque<>(args);
        var seed = Optional.<Long>empty();
        var time = Optional.<Duration>empty();
        var only = List.<String>of();
        var mutation = Mutation.NONE;
        while (!rest.isEmpty()) {
            var option = rest.pop();
            switch (option) {
                case "--seed" -> seed = Optional.of(Long.parseLong(value(option, rest, "\\d{1,18}")));
                case "--minutes" ->
                    time = Optional.of(Duration.ofMillis(
                            Math.round(60_000 * Double.parseDouble(value(option, rest, "\\d{1,6}(\\.\\d+)?")))));
                case "--only" -> only = List.of(value(option, rest, "[\\d.:,]+").split(",", -1));
                case "--mutation" -> mutation = Mutation.valueOf(value(option, rest, mutations()));
                default -> throw new IllegalArgumentException("There is no option " + option + ".");
            }
        }
        if (!only.isEmpty() && (seed.isEmpty() || time.isPresent())) {
            throw new IllegalArgumentException("--only needs one seed.");
        }
        return new Arguments(seed, time, only, mutation);
    }

    private static String mutations() {
        return Arrays.stream(Mutation.values()).map(Mutation::name).collect(Collectors.joining("|"));
    }

    private static String value(String option, ArrayDeque<String> rest, String pattern) {
        var value = Optional.ofNullable(rest.poll())
                .orElseThrow(() -> new IllegalArgumentException(option + " needs a value."));
        if (!value.matches(pattern)) {
            throw new IllegalArgumentException(option + " can't be " + value + ".");
        }
        return value;
    }

    /** One simulation with some of its steps: all that happens in it. */
    private int again(long seed, List<String> only) {
        var result = new Simulation(seed, mutation, only).observe();
        result.history().forEach(out::println);
        out.println(result.failure().map(Main::message).orElse("Everything held."));
        return result.failure().isPresent() ? FAILED : HELD;
    }

    /** Simulations from this seed on, on all cores, until one fails. */
    private int simulate(long from, long most, Duration time) {
        var start = System.nanoTime();
        var next = new AtomicLong(from);
        var totals = new Totals();
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .forEach(core -> {
                    var seed = next.getAndIncrement();
                    while (seed - from < most) {
                        totals.add(seed, new Simulation(seed, mutation).observe());
                        if (totals.failed().isPresent() || System.nanoTime() - start > time.toNanos()) {
                            return;
                        }
                        seed = next.getAndIncrement();
                    }
                });
        totals.print(
                out,
                "seeds %d to %d".formatted(from, from + totals.simulations() - 1),
                Duration.ofNanos(System.nanoTime() - start));
        totals.failed().ifPresent(failed -> tell(failed.seed(), failed.result()));
        return totals.failed().isPresent() ? FAILED : HELD;
    }

    private void tell(long seed, Simulation.Result found) {
        var failure = found.failure().orElseThrow();
        out.printf("%nSeed %d: %s%n", seed, message(failure));
        if (!(failure instanceof Violation)) {
            failure.printStackTrace(out);
        }
        out.printf("Looking for the shortest history of it ...%n%n");
        var shortest = Shrinking.shrink(seed, mutation, found, System.nanoTime() + LONGEST_SHRINKING.toNanos());
        shortest.history().forEach(out::println);
        out.println(message(shortest.failure().orElseThrow()));
        out.printf(
                "%nThese are %d of %d lines, with %d of %d steps and faults. The same again:%n  ./daybook simulate --seed %d --only %s%s%n",
                shortest.history().size(),
                found.history().size(),
                shortest.steps().size(),
                found.steps().size(),
                seed,
                String.join(",", shortest.steps()),
                mutation == Mutation.NONE ? "" : " --mutation " + mutation);
    }

    private static String message(Throwable failure) {
        return failure instanceof Violation ? failure.getMessage() : failure.toString();
    }
}
