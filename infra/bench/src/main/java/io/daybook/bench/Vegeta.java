package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The load tool vegeta, which takes a header of its own for each request, a set rate, and keeps each answer's time. */
record Vegeta(Path program) {
    private static final String MODULE = "github.com/tsenart/vegeta/v12@v12.13.0";
    private static final JsonMapper JSON = new JsonMapper();

    /** Each client has a request under way at all times, and a connection of its own. */
    static final int CLIENTS = 16;

    /**
     * A request.
     *
     * @param key the idempotency key; empty for none
     * @param body empty for none
     */
    record Call(String method, String path, String key, String body) {}

    /**
     * An answer.
     *
     * @param second since the first request was sent, of when this one was
     * @param status 0 where there was no answer
     */
    record Shot(double second, int status, double ms, String body) {}

    /** @param cpu what it took the tool, in seconds */
    record Attack(List<Shot> shots, double cpu) {

        /** How many answers came a second, in each whole stretch of so many seconds. */
        List<Double> perSecond(int stretch) {
            return perSecond(stretch, shot -> 1);
        }

        /** As above, of what each answer tells of. */
        List<Double> perSecond(int stretch, ToIntFunction<Shot> told) {
            var whole = (int) (shots.stream().mapToDouble(Shot::second).max().orElse(0) / stretch);
            var counts = new double[Math.max(whole, 1)];
            for (var shot : shots) {
                var at = (int) ((shot.second() + shot.ms() / 1e3) / stretch);
                if (at < counts.length) {
                    counts[at] += (double) told.applyAsInt(shot) / stretch;
                }
            }
            return Arrays.stream(counts).boxed().toList();
        }

        List<Double> latencies() {
            return shots.stream().map(Shot::ms).toList();
        }

        /** Those with this status, and no others. */
        Attack with(int status) {
            return new Attack(
                    shots.stream().filter(shot -> shot.status() == status).toList(), cpu);
        }

        /** @throws IllegalStateException where an answer is not what it should be, since then nothing was measured */
        Attack allAnswered(Integer... statuses) {
            var others = shots.stream()
                    .filter(shot -> !Arrays.asList(statuses).contains(shot.status()))
                    .toList();
            if (!others.isEmpty()) {
                throw new IllegalStateException("%d of %d were not answered with %s but with %d"
                        .formatted(
                                others.size(),
                                shots.size(),
                                Arrays.toString(statuses),
                                others.getFirst().status()));
            }
            return this;
        }
    }

    /** The one of the path, or else one that Go builds from its sources. */
    static Vegeta find() throws IOException, InterruptedException {
        var folder = Path.of("infra", "bench", "target").toAbsolutePath();
        var built = folder.resolve("vegeta");
        var found = Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                                .map(onPath -> Path.of(onPath, "vegeta")),
                        Stream.of(built))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isPresent()) {
            return new Vegeta(found.get());
        }
        try {
            var install = new ProcessBuilder("go", "install", MODULE).inheritIO();
            install.environment().put("GOBIN", folder.toString());
            if (install.start().waitFor() == 0) {
                return new Vegeta(built);
            }
        } catch (IOException e) {
            // There is no Go.
        }
        throw new IOException(
                "This bench needs the load tool vegeta 12: put it on the path, or Go, which then builds it.");
    }

    /**
     * Sends requests for so long, each as soon as a client is free.
     *
     * @param calls asked for one more as long as it lasts
     */
    Attack attack(String address, Supplier<Call> calls, Duration time) throws IOException, InterruptedException {
        return attack(address, calls, time, "0");
    }

    /** Sends requests at a set rate for so long. */
    Attack attack(String address, Supplier<Call> calls, Duration time, int perSecond)
            throws IOException, InterruptedException {
        return attack(address, calls, time, perSecond + "/s");
    }

    private Attack attack(String address, Supplier<Call> calls, Duration time, String rate)
            throws IOException, InterruptedException {
        var results = Files.createTempFile("vegeta", ".bin");
        try {
            var clients = Integer.toString(CLIENTS);
            var tool = new ProcessBuilder(
                            program.toString(),
                            "attack",
                            "-rate=" + rate,
                            "-duration=" + time.toSeconds() + "s",
                            "-workers=" + clients,
                            "-max-workers=" + clients,
                            "-connections=" + clients,
                            "-format=json",
                            "-lazy",
                            "-output=" + results)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Thread.ofVirtual().start(() -> feed(tool, address, calls));
            var cpu = Duration.ZERO;
            while (!tool.waitFor(100, TimeUnit.MILLISECONDS)) {
                cpu = tool.info().totalCpuDuration().orElse(cpu);
            }
            return new Attack(shots(results), cpu.toMillis() / 1e3);
        } finally {
            Files.delete(results);
        }
    }

    /** Until it takes no more. */
    private static void feed(Process tool, String address, Supplier<Call> calls) {
        try (var input = new BufferedWriter(new OutputStreamWriter(tool.getOutputStream(), UTF_8))) {
            while (tool.isAlive()) {
                var call = calls.get();
                var target =
                        JSON.createObjectNode().put("method", call.method()).put("url", address + call.path());
                var headers = target.putObject("header");
                if (!call.body().isEmpty()) {
                    target.put(
                            "body",
                            Base64.getEncoder().encodeToString(call.body().getBytes(UTF_8)));
                    headers.putArray("content-type").add("application/json");
                }
                if (!call.key().isEmpty()) {
                    headers.putArray("idempotency-key").add(call.key());
                }
                input.write(target.toString());
                input.newLine();
            }
        } catch (IOException e) {
            // Its time is over.
        }
    }

    private List<Shot> shots(Path results) throws IOException {
        var encode = new ProcessBuilder(program.toString(), "encode", "-to=csv", results.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = encode.inputReader(UTF_8)) {
            // Its time in ns, status, latency in ns, two sizes, the error, and the body.
            var shots = lines.lines().map(line -> line.split(",", 8)).toList();
            var start = shots.stream()
                    .mapToLong(columns -> Long.parseLong(columns[0]))
                    .min()
                    .orElse(0);
            return shots.stream()
                    .map(columns -> new Shot(
                            (Long.parseLong(columns[0]) - start) / 1e9,
                            Integer.parseInt(columns[1]),
                            Long.parseLong(columns[2]) / 1e6,
                            new String(Base64.getDecoder().decode(columns[6]), UTF_8)))
                    .toList();
        }
    }
}
