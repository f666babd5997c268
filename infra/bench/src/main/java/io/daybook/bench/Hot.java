package io.daybook.bench;

import static java.util.Objects.requireNonNull;

import io.daybook.simulation.HotAccount;
import io.daybook.simulation.HotAccount.Load;
import io.daybook.simulation.HotAccount.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** How many transactions a second one account takes that all of them touch, on the simulator and its virtual time. */
final class Hot implements Bench {
    private static final int SECONDS = 5;
    private static final int SEEDS = 3;

    /** What more than this share of the callers is refused is no throughput to rely on. */
    private static final double MOST_CONTENDED = 0.01;

    /**
     * Not published. A transaction of DynamoDB's is noted, prepared, decided and committed, and holds its items from the
     * second to the last of these.
     */
    private static final double HELD_SHARE = 0.5;

    private static final List<Double> OTHER_HELD_SHARES = List.of(0.25, 0.75);

    private static final Way PLAIN = new Way("plain", 1, 1, List.of(1, 2, 3, 4, 8, 32, 64));
    private static final Way STRIPED = new Way("16 stripes", 16, 1, List.of(1, 8, 16, 32, 48, 64, 128));
    private static final Way BATCHES = new Way("batches of 100", 1, 100, List.of(1, 2, 3, 5, 6));
    private static final Way BOTH = new Way("both", 16, 100, List.of(1, 2, 5));

    /** How the account is kept and written to, and by how many writers it is tried. */
    private record Way(String name, int stripes, int batch, List<Integer> writers) {}

    /** What so many writers come to: the median over the seeds, and of the throughput how far they lie from each other. */
    private record Point(
            int writers, Spread perSecond, double tries, double contended, double medianMillis, double p99Millis) {}

    @Override
    public String name() {
        return "hot";
    }

    @Override
    public Report run() {
        var points = new LinkedHashMap<String, List<Point>>();
        for (var way : List.of(PLAIN, STRIPED, BATCHES, BOTH)) {
            points.put(
                    way.name(),
                    way.writers().stream()
                            .map(writers -> point(way, writers, HELD_SHARE))
                            .toList());
        }
        var figures = new ArrayList<Figure>();
        figures.add(ratio(STRIPED, points).with(Target.atLeast(10)));
        figures.add(ratio(BATCHES, points).with(Target.atLeast(20)));
        figures.add(ratio(BOTH, points));
        points.forEach((way, tried) -> figures.addAll(figures(way, tried)));
        var raw = new LinkedHashMap<String, Object>();
        raw.put("seconds", SECONDS);
        raw.put("seeds", SEEDS);
        raw.put("mostContended", MOST_CONTENDED);
        raw.put("heldShare", HELD_SHARE);
        raw.put("points", points);
        raw.put("otherHeldShares", otherHeldShares(points));
        return new Report(figures, raw, plot(points));
    }

    private static Point point(Way way, int writers, double heldShare) {
        var outcomes = LongStream.rangeClosed(1, SEEDS)
                .mapToObj(
                        seed -> HotAccount.of(new Load(writers, way.stripes(), way.batch(), heldShare, SECONDS, seed)))
                .toList();
        return new Point(
                writers,
                Spread.of(outcomes.stream().map(Outcome::perSecond).toList()),
                median(outcomes, Outcome::tries),
                median(outcomes, Outcome::contended),
                median(outcomes, Outcome::medianMillis),
                median(outcomes, Outcome::p99Millis));
    }

    private static double median(List<Outcome> outcomes, ToDoubleFunction<Outcome> of) {
        return Spread.of(outcomes.stream().mapToDouble(of).boxed().toList()).median();
    }

    /** The most that it takes while no more are refused than may be. */
    private static Point best(List<Point> tried) {
        return tried.stream()
                .filter(point -> point.contended() <= MOST_CONTENDED)
                .max(Comparator.comparingDouble(point -> point.perSecond().median()))
                .orElseThrow(() -> new IllegalStateException("with any number of writers too many are refused"));
    }

    private static Point best(Map<String, List<Point>> points, Way way) {
        return best(requireNonNull(points.get(way.name())));
    }

    private static Figure ratio(Way way, Map<String, List<Point>> points) {
        return Figure.of(
                way.name() + ", as a multiple of plain",
                best(points, way).perSecond().median()
                        / best(points, PLAIN).perSecond().median(),
                "x");
    }

    private static List<Figure> figures(String way, List<Point> tried) {
        var best = best(tried);
        var most = tried.stream()
                .max(Comparator.comparingDouble(point -> point.perSecond().median()))
                .orElseThrow();
        return List.of(
                Figure.of(way + ", at its best number of writers", best.perSecond(), "tx/s"),
                Figure.of(way + ", that number", best.writers(), "writers"),
                Figure.of(way + ", then attempts for each append", best.tries(), "attempts"),
                Figure.of(way + ", then answered 503", 100 * best.contended(), "%"),
                Figure.of(way + ", however many are answered 503", most.perSecond(), "tx/s"),
                Figure.of(way + ", then by", most.writers(), "writers"),
                Figure.of(way + ", of which answered 503", 100 * most.contended(), "%"));
    }

    /** How much of it rests on what is not published: for how long an item is held. */
    private static List<Map<String, Object>> otherHeldShares(Map<String, List<Point>> points) {
        return OTHER_HELD_SHARES.stream()
                .map(share -> {
                    var same = new LinkedHashMap<String, Object>();
                    same.put("heldShare", share);
                    for (var way : List.of(PLAIN, STRIPED, BATCHES)) {
                        same.put(way.name(), point(way, best(points, way).writers(), share));
                    }
                    return (Map<String, Object>) same;
                })
                .toList();
    }

    private static Plot plot(SequencedMap<String, List<Point>> points) {
        var panels = new LinkedHashMap<String, SequencedMap<String, Map<Integer, Double>>>();
        panels.put(
                "transactions a second",
                lines(points, point -> point.perSecond().median()));
        panels.put("attempts an append", lines(points, Point::tries));
        panels.put("answered 503, %", lines(points, point -> 100 * point.contended()));
        return Plot.panels("One account that every transaction touches", "writers at the same time", panels);
    }

    private static SequencedMap<String, Map<Integer, Double>> lines(
            SequencedMap<String, List<Point>> points, ToDoubleFunction<Point> of) {
        var lines = new LinkedHashMap<String, Map<Integer, Double>>();
        points.forEach((way, tried) -> {
            var line = new TreeMap<Integer, Double>();
            tried.forEach(point -> line.put(point.writers(), of.applyAsDouble(point)));
            lines.put(way, line);
        });
        return lines;
    }
}
