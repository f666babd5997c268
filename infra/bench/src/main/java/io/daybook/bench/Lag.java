package io.daybook.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * How long after its 201 a transaction is seen in the view: an account of its own is posted to and then read, eventually
 * consistent, until it shows that version. Once with nothing else under way, and once at half of the maximum load.
 */
final class Lag implements Bench {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MAXIMUM = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final Duration LOADED = Duration.ofSeconds(60);

    /** How long it waits before a probe, and between two looks: so it is some thirty requests a second of its own. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final double TARGET_MS = 250;

    @Override
    public String name() {
        return "lag";
    }

    @Override
    public Report run() throws Exception {
        var vegeta = Vegeta.find();
        var folder = Files.createTempDirectory("daybook-lag");
        try (var daybook = Server.daybook(folder)) {
            Traffic.open(daybook);
            Traffic.open(daybook, "probe", 1);
            Traffic.open(daybook, "counterpart", 1);
            var traffic = new Traffic();
            vegeta.attack(daybook.address(), traffic.many(), WARM_UP).allAnswered(201);
            var maximum = Spread.of(vegeta.attack(daybook.address(), traffic.many(), MAXIMUM)
                    .allAnswered(201)
                    .perSecond(2));
            probe(daybook, traffic, Duration.ofSeconds(3));
            var idle = probe(daybook, traffic, IDLE);
            var half = (int) Math.round(maximum.median() / 2);
            var load = CompletableFuture.supplyAsync(() -> attack(vegeta, daybook, traffic, half));
            var loaded = probe(daybook, traffic, LOADED);
            var held = Spread.of(load.join().allAnswered(201).perSecond(2));
            return report(maximum, held, idle, loaded);
        }
    }

    private static Vegeta.Attack attack(Vegeta vegeta, Server daybook, Traffic traffic, int perSecond) {
        try {
            return vegeta.attack(daybook.address(), traffic.many(), LOADED.plusSeconds(1), perSecond);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Double> probe(Server daybook, Traffic traffic, Duration time)
            throws IOException, InterruptedException {
        var lags = new ArrayList<Double>();
        var end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Thread.sleep(PAUSE);
            var call = traffic.post("counterpart", "probe");
            var answer = daybook.send(call.method(), call.path(), call.key(), call.body());
            var answered = System.nanoTime();
            if (answer.statusCode() != 201) {
                throw new IllegalStateException(answer.body());
            }
            var version = Long.parseLong(answer.body().replaceFirst(".*\"probe\",\"version\":(\\d+).*", "$1"));
            while (seen(daybook) < version) {
                Thread.sleep(BETWEEN_LOOKS);
            }
            lags.add((System.nanoTime() - answered) / 1e6);
        }
        return lags;
    }

    private static long seen(Server daybook) throws IOException, InterruptedException {
        var account = daybook.send("GET", Traffic.pathOf("probe"), "", "");
        return Long.parseLong(account.body().replaceFirst(".*\"version\":(\\d+).*", "$1"));
    }

    private static Report report(Spread maximum, Spread held, List<Double> idle, List<Double> loaded) {
        var figures = new ArrayList<Figure>();
        figures.add(Figure.of("At half of the maximum load, 99 % seen within", Spread.quantile(loaded, 0.99), "ms")
                .with(Target.atMost(TARGET_MS)));
        var lags = new LinkedHashMap<String, List<Double>>();
        lags.put("At half of the maximum load", loaded);
        lags.put("Idle", idle);
        var lines = new LinkedHashMap<String, Map<Double, Double>>();
        lags.forEach((when, samples) -> {
            figures.add(Figure.of(when + ", half seen within", Spread.of(samples), "ms"));
            for (var share : when.equals("Idle") ? List.of(0.9, 0.99) : List.of(0.9, 0.999)) {
                figures.add(Figure.of(
                        "%s, %s %% seen within".formatted(when, Figure.text(100 * share)),
                        Spread.quantile(samples, share),
                        "ms"));
            }
            var line = new TreeMap<Double, Double>();
            for (int percent = 0; percent <= 100; percent++) {
                line.put((double) percent, Spread.quantile(samples, percent / 100.0));
            }
            lines.put(when, line);
        });
        figures.add(Figure.of("Maximum load", maximum, "transactions/s"));
        figures.add(Figure.of("Load during the probes", held, "transactions/s"));
        return new Report(
                figures,
                lags,
                Plot.lines("From 201 to seen in the view", "share of transactions, %", "ms", lines, false));
    }
}
