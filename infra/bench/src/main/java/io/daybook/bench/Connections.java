package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.daybook.api.PostTransaction;
import io.daybook.local.LocalCloud;
import io.daybook.runtime.Rehearsal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * How many connections a function opens, to DynamoDB and to SQS: in a process of its own, that starts cold, as Lambda's
 * do. (A start from a snapshot finds none; {@code LambdaRuntimeTest} holds that.)
 */
final class Connections implements Bench {
    private static final int TRANSACTIONS = 500;
    private static final String ONE_BY_ONE = "one after the other";

    /** On the same two accounts, so that most of them lose a race and are tried again. */
    private static final int TOGETHER = 100;

    private static final int AT_ONCE = 16;

    /** Longer than the JDK keeps a connection that nothing goes over. */
    private static final Duration IDLE = Duration.ofSeconds(8);

    @Override
    public String name() {
        return "connections";
    }

    /** What was opened while a function did something. */
    private record Opened(String step, int dynamoDbCalls, int dynamoDb, int sqsCalls, int sqs) {
        /** Each transaction is at least two calls to DynamoDB, and one to SQS. */
        static Opened by(String step, int transactions, int dynamoDb, int sqs) {
            return new Opened(step, 2 * transactions, dynamoDb, transactions, sqs);
        }

        double dynamoDbPer1000() {
            return 1000.0 * dynamoDb / dynamoDbCalls;
        }

        double sqsPer1000() {
            return 1000.0 * sqs / sqsCalls;
        }
    }

    @Override
    public Report run() throws Exception {
        var opened = new ArrayList<Opened>();
        try (var cloud = LocalCloud.start(Local.options());
                var dynamoDb = new CountingProxy(cloud.dynamoDbEndpoint());
                var sqs = new CountingProxy(cloud.sqsEndpoint())) {
            Samples.read().openAccounts(cloud);
            try (var function = new Function(cloud, dynamoDb, sqs)) {
                function.does("post 1");
                opened.add(Opened.by("the first transaction", 1, dynamoDb.opened(), sqs.opened()));
                function.does("post " + TRANSACTIONS);
                opened.add(Opened.by(ONE_BY_ONE, TRANSACTIONS, dynamoDb.opened(), sqs.opened()));
                Thread.sleep(IDLE);
                function.does("post 1");
                opened.add(Opened.by("after 8 s of nothing", 1, dynamoDb.opened(), sqs.opened()));
                function.does("together " + TOGETHER);
                opened.add(Opened.by(AT_ONCE + " at once", TOGETHER, dynamoDb.opened(), sqs.opened()));
            }
        }
        return report(opened);
    }

    private static Report report(List<Opened> opened) {
        var figures = new ArrayList<Figure>();
        SequencedMap<String, SequencedMap<String, Figure>> series = new LinkedHashMap<>();
        series.put("DynamoDB", new LinkedHashMap<>());
        series.put("SQS", new LinkedHashMap<>());
        for (var one : opened) {
            var name = one.step;
            var dynamoDb = Figure.of(name + ", DynamoDB", one.dynamoDb, "connections");
            var sqs = Figure.of(name + ", SQS", one.sqs, "connections");
            if (one.step.equals(ONE_BY_ONE)) {
                figures.add(Figure.of(name + ", DynamoDB, of 1,000 calls", one.dynamoDbPer1000(), "connections")
                        .with(Target.atMost(1)));
                figures.add(Figure.of(name + ", SQS, of 1,000 calls", one.sqsPer1000(), "connections")
                        .with(Target.atMost(1)));
            }
            figures.add(dynamoDb);
            figures.add(sqs);
            series.sequencedValues().getFirst().put(name, dynamoDb);
            series.sequencedValues().getLast().put(name, sqs);
        }
        return new Report(
                figures,
                Map.of("transactions", TRANSACTIONS, "opened", opened),
                Plot.bars("Connections opened", "connections", series));
    }

    /** A process that is one function. */
    private static final class Function implements AutoCloseable {
        private final Process process;
        private final BufferedReader said;

        Function(LocalCloud cloud, CountingProxy dynamoDb, CountingProxy sqs) throws IOException {
            var builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Connections.class.getName());
            builder.environment().putAll(cloud.environment("PostTransaction"));
            builder.environment()
                    .putAll(Map.of(
                            "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.endpoint().toString(),
                            "AWS_ENDPOINT_URL_SQS", sqs.endpoint().toString()));
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            process = builder.start();
            said = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
        }

        /** Has it do something, and waits until it has. */
        void does(String what) throws IOException {
            process.outputWriter(UTF_8).append(what).append('\n').flush();
            for (var line = said.readLine(); !("done " + what).equals(line); line = said.readLine()) {
                if (line == null) {
                    throw new IOException("the function has ended instead of " + what);
                }
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** The function's process: what it is told on its input, it does. */
    public static void main(String[] args) throws Exception {
        var say = new PrintStream(System.err, true, UTF_8);
        var handler = new PostTransaction();
        var samples = Samples.read();
        try (var told = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (var line = told.readLine(); line != null; line = told.readLine()) {
                var words = line.split(" ", 2);
                switch (words[0]) {
                    case "post" -> {
                        for (var post : posts(handler, samples, words[1])) {
                            post.call();
                        }
                    }
                    case "together" -> {
                        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
                            for (var answer : threads.invokeAll(posts(handler, samples, words[1]))) {
                                answer.get();
                            }
                        }
                    }
                    default -> throw new IllegalArgumentException(line);
                }
                say.println("done " + line);
            }
        }
    }

    private static List<Callable<Integer>> posts(PostTransaction handler, Samples samples, String count) {
        return IntStream.range(0, Integer.parseInt(count))
                .mapToObj(i -> samples.payment("order-" + System.nanoTime() + "-" + i))
                .map(event -> (Callable<Integer>) () -> {
                    var answer = new String(Rehearsal.of(handler, event), UTF_8);
                    if (!answer.contains("\"statusCode\":201") && !answer.contains("\"statusCode\":503")) {
                        throw new IllegalStateException(answer);
                    }
                    return answer.length();
                })
                .toList();
    }
}
