package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code ./daybook bench}: measures, keeps the results, and says whether they are what is promised. */
public final class Main {
    private final List<Bench> benches;
    private final Results results;
    private final PrintStream out;

    Main(List<Bench> benches, Results results, PrintStream out) {
        this.benches = benches;
        this.results = results;
        this.out = out;
    }

    /** Runs the benches that are named, or all. */
    public static void main(String[] args) throws Exception {
        var results = new Results(Path.of("infra", "bench", "results"));
        var console = System.out;
        // What functions log in a bench is not for whoever reads its figures.
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
        var benches = List.of(
                new Calls(),
                new Overhead(),
                new Connections(),
                new ColdStart(),
                new Load(),
                new Lag(),
                new Hot(),
                new Scaling());
        // DynamoDB Local's threads would keep the JVM alive.
        System.exit(new Main(benches, results, console).run(List.of(args)));
    }

    /** What the process ends with: 1 where {@code --check} finds a target missed, 2 where it was called wrongly. */
    int run(List<String> args) throws Exception {
        var names = args.stream().filter(arg -> !arg.equals("--check")).toList();
        var known = benches.stream().map(Bench::name).toList();
        if (!known.containsAll(names)) {
            out.println("usage: ./daybook bench [--check] [NAME...]; names are " + String.join(", ", known));
            return 2;
        }
        var missed = new ArrayList<String>();
        for (var bench : benches) {
            if (names.isEmpty() || names.contains(bench.name())) {
                var report = bench.run();
                results.write(bench.name(), report);
                out.println(table(bench.name(), report.figures()));
                report.figures().stream()
                        .filter(Figure::missed)
                        .map(figure -> bench.name() + ": " + figure)
                        .forEach(missed::add);
            }
        }
        if (!args.contains("--check")) {
            return 0;
        }
        out.println(
                missed.isEmpty()
                        ? "All targets hold."
                        : "Missed, first of " + missed.size() + ": " + missed.getFirst());
        return missed.isEmpty() ? 0 : 1;
    }

    private static String table(String bench, List<Figure> figures) {
        var width = figures.stream()
                .mapToInt(figure -> figure.name().length())
                .max()
                .orElse(0);
        return figures.stream()
                .map(figure -> String.format(
                        Locale.ROOT,
                        "%-" + width + "s  %12s %-12s %-24s %s",
                        figure.name(),
                        Figure.text(figure.value()),
                        figure.unit(),
                        spread(figure),
                        verdict(figure)))
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n", "\n" + bench + "\n", "\n"));
    }

    private static String spread(Figure figure) {
        var spread = figure.spread();
        return spread == null ? "" : "(" + Figure.text(spread.low()) + " to " + Figure.text(spread.high()) + ")";
    }

    private static String verdict(Figure figure) {
        var target = figure.target();
        return target == null ? "" : (figure.missed() ? "MISSED, " : "holds, ") + target;
    }
}
