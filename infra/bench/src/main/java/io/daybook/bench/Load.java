package io.daybook.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** HTTP load on {@code ./daybook local}, and the same on {@link PostgresPeer}. */
final class Load implements Bench {
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration TIME = Duration.ofSeconds(10);
    private static final int STRETCH = 2;

    /** Too many others were first, and nothing was written. */
    private static final int CONTENTION = 503;

    /**
     * A kind of request.
     *
     * @param status of each answer
     * @param unit of what is asked for
     * @param many of them in each request
     */
    private record Kind(
            String name, int status, String unit, int many, Function<Traffic, Supplier<Vegeta.Call>> calls) {
        /** How many were done: each item of a batch has an answer of its own. */
        int done(Vegeta.Shot shot) {
            return many == 1
                    ? 1
                    : Math.toIntExact(DONE.matcher(shot.body()).results().count());
        }
    }

    private static final Pattern DONE = Pattern.compile("\"status\":201\\b");
    private static final String POSTS = "transactions/s";

    private static final List<Kind> KINDS = List.of(
            new Kind("posting over 1,000 accounts", 201, POSTS, 1, Traffic::many),
            new Kind("posting to one hot account", 201, POSTS, 1, traffic -> traffic.to(Traffic.HOT)),
            new Kind("posting to a hot account of 16 parts", 201, POSTS, 1, traffic -> traffic.to(Traffic.STRIPED)),
            new Kind("batches of 50", 200, POSTS, Traffic.BATCH, Traffic::batches),
            new Kind("reading an account", 200, "reads/s", 1, Traffic::reads));

    private final List<Figure> figures = new ArrayList<>();
    private final SequencedMap<String, SequencedMap<String, Figure>> bars = new LinkedHashMap<>();
    private final Map<String, Object> raw = new LinkedHashMap<>();

    @Override
    public String name() {
        return "load";
    }

    @Override
    public Report run() throws Exception {
        var vegeta = Vegeta.find();
        var folder = Files.createTempDirectory("daybook-load");
        try (var daybook = Server.daybook(folder)) {
            Traffic.open(daybook);
            measure("Daybook", vegeta, daybook, folder);
        }
        var postgres = Postgres.installed();
        if (postgres.isEmpty()) {
            System.out.println(
                    "Without the peer, since PostgreSQL 15 is not installed (Debian: apt install postgresql-15).");
        } else {
            peer(vegeta, postgres.get(), folder);
        }
        return new Report(
                figures,
                raw,
                Plot.bars("Transactions or reads a second, on one machine of two cores", "a second", bars));
    }

    private void peer(Vegeta vegeta, Path programs, Path folder) throws Exception {
        try (var postgres = Postgres.start(programs);
                var peer = Server.peer(postgres.url(), folder)) {
            Traffic.open(peer);
            var before = Cpu.ofFamily(postgres.pid());
            var endpoint = Cpu.ofFamily(peer.process().pid());
            measure("PostgreSQL", vegeta, peer, folder);
            raw.put(
                    "PostgreSQL, processor seconds",
                    Map.of(
                            "PostgreSQL", Cpu.ofFamily(postgres.pid()) - before,
                            "endpoint", Cpu.ofFamily(peer.process().pid()) - endpoint));
        }
    }

    private void measure(String who, Vegeta vegeta, Server server, Path folder)
            throws IOException, InterruptedException {
        var traffic = new Traffic();
        var bar = new LinkedHashMap<String, Figure>();
        for (var kind : KINDS) {
            var calls = kind.calls().apply(traffic);
            vegeta.attack(server.address(), calls, WARM_UP).allAnswered(kind.status(), CONTENTION);
            var profiled = who.equals("Daybook") && kind.name().startsWith("posting over");
            var profile = profiled ? Profile.start(server.process().pid(), folder) : null;
            var all = vegeta.attack(server.address(), calls, TIME).allAnswered(kind.status(), CONTENTION);
            var attack = all.with(kind.status());
            if (profile != null) {
                split(profile.stop(folder), attack.shots().size());
            }
            var asked = all.shots().size() * kind.many();
            var done = attack.shots().stream().mapToInt(kind::done).sum();
            if (done < asked) {
                figures.add(Figure.of(
                        who + ", " + kind.name() + ", told to come again", 100.0 * (asked - done) / asked, "%"));
            }
            var label = who + ", " + kind.name();
            var throughput =
                    Figure.of(label + ", a second", Spread.of(attack.perSecond(STRETCH, kind::done)), kind.unit());
            figures.add(throughput);
            bar.put(kind.name(), throughput);
            for (var share : List.of(0.5, 0.9, 0.99)) {
                figures.add(Figure.of(
                        "%s, %.0f %% answered within".formatted(label, 100 * share),
                        Spread.quantile(attack.latencies(), share),
                        "ms"));
            }
            figures.add(Figure.of(label + ", what the tool costs", attack.cpu() / TIME.toSeconds(), "cores"));
        }
        bars.put(who, bar);
    }

    private void split(SequencedMap<String, Double> seconds, int transactions) {
        seconds.forEach((component, spent) -> figures.add(
                Figure.of("Processor time of a transaction, " + component, 1e3 * spent / transactions, "ms")));
    }
}
