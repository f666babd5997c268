package io.daybook.bench;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.daybook.local.LocalCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;

/**
 * Processes started by Lambda's own runtime, from nothing to their first answer, and from the end of their priming on.
 * DynamoDB and SQS answer from memory, in another process.
 */
final class ColdStart implements Bench {
    private static final int STARTS = 10;
    private static final int TRAINING = 50;
    private static final int WARM_UP = 150;
    private static final int WARM = 15;

    private static final Path LAMBDA_JAR =
            Path.of("functions", "target", "daybook-lambda.jar").toAbsolutePath();
    private static final String UNTRACEABLE = "PostTransaction without OpenTelemetry";
    private static final List<String> PAIR = List.of("PostTransaction", UNTRACEABLE);
    private static final int PAIRED_STARTS = 40;
    private static final String PAIRED = "start beside its pair, processor";
    private static final String RUNTIME_CLASSES = "com/amazonaws/services/lambda/";

    /** Lambda has no C2 unless a function is started from a snapshot or kept provisioned. */
    private static final String ON_DEMAND = "-XX:TieredStopAtLevel=1";

    /** The medians published of DynamoDB's calls (the simulator's pace has them with their source), and of SQS the least of them. */
    private static final Map<String, Duration> IN_A_REGION = Map.of(
            "BatchGetItem", Duration.ofMillis(8),
            "Query", Duration.ofMillis(7),
            "BatchWriteItem", Duration.ofMillis(8),
            "TransactWriteItems", Duration.ofMillis(25),
            "SendMessage", Duration.ofMillis(7));

    private static final Pattern LOAD_LINE = Pattern.compile("\\[([0-9.]+)s]\\S*\\s+(\\S+) source:.*");

    /**
     * A function.
     *
     * @param sample what it is asked, and whose environment it has
     */
    private record Function(String name, Path jar, String handler, String sample) {}

    private final SequencedMap<String, List<Double>> samples = new LinkedHashMap<>();

    @Override
    public String name() {
        return "coldstart";
    }

    @Override
    public Report run() throws Exception {
        var folder = Files.createTempDirectory("daybook-coldstart");
        var functions = functions(folder);
        try (var cloud = LocalCloud.start(Local.options())) {
            var sample = Files.readString(Path.of("events", "OpenAccount.json"));
            cloud.invoke("OpenAccount", sample);
            cloud.invoke("OpenAccount", sample.replace("users:alice", "cash").replace("liability", "expense"));
            var started = new ArrayList<Started>();
            for (var function : functions) {
                started.add(new Started(function, cloud, folder));
            }
            for (var one : started) {
                one.train();
            }
            for (int i = 0; i < STARTS; i++) {
                for (var one : started) {
                    one.measure(samples);
                }
            }
            // More often, since what is looked for is less than the noise of a few starts.
            for (int i = 0; i < PAIRED_STARTS; i++) {
                for (var one : started) {
                    if (PAIR.contains(one.function.name())) {
                        one.start(samples);
                    }
                }
            }
            var classes = new LinkedHashMap<String, SequencedMap<String, Loaded>>();
            for (var one : started) {
                classes.put(one.function.name(), one.classes());
            }
            started.forEach(Started::close);
            return report(classes);
        }
    }

    private static List<Function> functions(Path folder) throws IOException {
        if (!Files.exists(LAMBDA_JAR)) {
            throw new IOException("This bench needs functions/target/daybook-lambda.jar: mvn -DskipTests package");
        }
        var hello = thin(folder.resolve("hello.jar"), HelloHandler.class, startsWith(List.of(RUNTIME_CLASSES)));
        var untraceable = thin(
                folder.resolve("untraceable.jar"),
                BareHandler.class,
                entry -> !entry.startsWith("io/opentelemetry/") && !entry.contains("services/io.opentelemetry"));
        var bare = thin(
                folder.resolve("bare.jar"),
                BareHandler.class,
                startsWith(List.of(
                                RUNTIME_CLASSES,
                                "software/amazon/awssdk/",
                                "org/slf4j/",
                                "org/reactivestreams/",
                                "META-INF/services/software.amazon.awssdk"))
                        // What Powertools puts into every client of the SDK.
                        .and(entry -> !entry.startsWith("software/amazon/awssdk/global/")));
        return List.of(
                new Function("hello world", hello, HelloHandler.class.getName(), "PostTransaction"),
                new Function("bare SDK", bare, BareHandler.class.getName(), "PostTransaction"),
                new Function("PostTransaction", LAMBDA_JAR, "io.daybook.api.PostTransaction", "PostTransaction"),
                new Function(UNTRACEABLE, untraceable, "io.daybook.api.PostTransaction", "PostTransaction"),
                new Function("ReadAccount", LAMBDA_JAR, "io.daybook.api.ReadAccount", "ReadAccount"),
                new Function("ProjectEvents", LAMBDA_JAR, "io.daybook.background.ProjectEvents", "ProjectEvents"));
    }

    private static Predicate<String> startsWith(List<String> prefixes) {
        return entry -> prefixes.stream().anyMatch(entry::startsWith);
    }

    /** A jar of this handler and, out of AWS's events and the jar that is deployed, only what it uses. */
    private static Path thin(Path jar, Class<?> handler, Predicate<String> used) throws IOException {
        var own = handler.getName().replace('.', '/') + ".class";
        try (var deployed = new JarFile(LAMBDA_JAR.toFile());
                var events = new JarFile(
                        LambdaProcess.jar(APIGatewayV2HTTPEvent.class).toFile());
                var thin = new JarOutputStream(Files.newOutputStream(jar));
                var compiled = handler.getResourceAsStream("/" + own)) {
            for (var all : List.of(deployed, events)) {
                for (var entry : Collections.list(all.entries())) {
                    if (!entry.isDirectory() && used.test(entry.getName())) {
                        thin.putNextEntry(new JarEntry(entry.getName()));
                        try (var content = all.getInputStream(entry)) {
                            content.transferTo(thin);
                        }
                    }
                }
            }
            thin.putNextEntry(new JarEntry(own));
            Objects.requireNonNull(compiled, own).transferTo(thin);
        }
        return jar;
    }

    /** How many classes came from a library, and how much time passed until each was there since the one before. */
    private record Loaded(int classes, double ms) {
        Loaded and(Loaded other) {
            return new Loaded(classes + other.classes, ms + other.ms);
        }
    }

    /** A function and the AWS that answers it. */
    private static final class Started implements AutoCloseable {
        private final Function function;
        private final Path folder;
        private final Path cache;
        private final String event;
        private final RecordedAws aws;
        private final Map<String, String> environment;

        Started(Function function, LocalCloud cloud, Path folder) throws IOException {
            this.function = function;
            this.folder = folder;
            cache = folder.resolve(function.name() + ".aot");
            event = Files.readString(Path.of("events", function.sample() + ".json"));
            aws = new RecordedAws(cloud.dynamoDbEndpoint(), cloud.sqsEndpoint());
            environment = new HashMap<>(cloud.environment(function.sample()));
            environment.put("AWS_ENDPOINT_URL_DYNAMODB", aws.endpoint().toString());
            environment.put("AWS_ENDPOINT_URL_SQS", aws.endpoint().toString());
        }

        private LambdaProcess start(String initialization, String... options) throws IOException {
            return new LambdaProcess(
                    function.jar(), function.handler(), initialization, List.of(options), environment, folder);
        }

        void train() throws IOException, InterruptedException {
            try (var process = start("on-demand", ON_DEMAND, "-XX:AOTCacheOutput=" + cache)) {
                for (int i = 0; i < TRAINING; i++) {
                    process.answer(event);
                }
                process.end();
            }
            if (!Files.exists(cache)) {
                throw new IOException("the JVM has left no cache for " + function.name());
            }
        }

        /** One of the many starts of a pair: of the processor, which tells more than the clock where others are at work. */
        void start(Map<String, List<Double>> samples) throws IOException, InterruptedException {
            try (var process = start("on-demand", ON_DEMAND)) {
                process.firstAnswer(event);
                add(samples, PAIRED, process.cpu());
            }
        }

        void measure(Map<String, List<Double>> samples) throws IOException, InterruptedException {
            try (var process = start("on-demand", ON_DEMAND)) {
                add(samples, "start", process.firstAnswer(event));
                add(samples, "start, processor", process.cpu());
            }
            try (var process = start("on-demand", ON_DEMAND, "-XX:AOTCache=" + cache)) {
                add(samples, "start with cache", process.firstAnswer(event));
                add(samples, "start with cache, processor", process.cpu());
            }
            if (function.name().equals("bare SDK") || function.name().equals(UNTRACEABLE)) {
                return;
            }
            try (var process = start("snap-start")) {
                process.api().awaitSnapshot();
                process.api().restore();
                process.api().awaitReady();
                aws.latencies(IN_A_REGION);
                add(samples, "first after priming", process.answer(event));
                aws.latencies(Map.of());
                for (int i = 0; i < WARM_UP; i++) {
                    process.answer(event);
                }
                aws.latencies(IN_A_REGION);
                for (int i = 0; i < WARM; i++) {
                    add(samples, "warm", process.answer(event));
                }
                aws.latencies(Map.of());
            }
        }

        private void add(Map<String, List<Double>> samples, String what, double value) {
            samples.computeIfAbsent(function.name() + ", " + what, name -> new ArrayList<>())
                    .add(value);
        }

        SequencedMap<String, Loaded> classes() throws IOException, InterruptedException {
            var log = folder.resolve("classes.log");
            try (var process = start("on-demand", ON_DEMAND, "-Xlog:class+load:file=" + log)) {
                process.firstAnswer(event);
                process.end();
            }
            var libraries = new TreeMap<String, Loaded>();
            double before = 0;
            for (var line : Files.readAllLines(log)) {
                var loaded = LOAD_LINE.matcher(line);
                if (loaded.matches()) {
                    var at = 1e3 * Double.parseDouble(loaded.group(1));
                    libraries.merge(library(loaded.group(2)), new Loaded(1, at - before), Loaded::and);
                    before = at;
                }
            }
            return libraries;
        }

        @Override
        public void close() {
            aws.close();
        }
    }

    private static String library(String type) {
        var libraries = new LinkedHashMap<String, List<String>>();
        libraries.put("Lambda's runtime", List.of("com.amazonaws."));
        libraries.put("AWS SDK", List.of("software.amazon.awssdk.", "org.reactivestreams.", "org.slf4j."));
        libraries.put("Jackson", List.of("com.fasterxml."));
        libraries.put("Powertools", List.of("software.amazon.", "org.apache.commons."));
        libraries.put("Daybook", List.of("io.daybook."));
        libraries.put("XML in the JDK", List.of("com.sun.org.apache.", "jdk.xml.", "org.w3c.", "org.xml."));
        return libraries.entrySet().stream()
                .filter(library -> library.getValue().stream().anyMatch(type::startsWith))
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("JDK");
    }

    private Report report(Map<String, SequencedMap<String, Loaded>> classes) {
        var figures = new ArrayList<Figure>();
        var own = List.of("PostTransaction", "ReadAccount", "ProjectEvents");
        for (var how : List.of("start", "start with cache")) {
            for (var function : own) {
                figures.add(Figure.of(
                                "%s, %s, against bare SDK".formatted(function, how),
                                spread(function, how).median()
                                        / spread("bare SDK", how).median(),
                                "times")
                        .with(Target.atMost(1.25)));
            }
        }
        for (var function : own) {
            figures.add(Figure.of(
                            function + ", first after priming, against warm",
                            spread(function, "first after priming").median()
                                    / spread(function, "warm").median(),
                            "times")
                    .with(Target.atMost(2)));
        }
        figures.add(Figure.of(
                        "PostTransaction, start without a collector, against one without OpenTelemetry",
                        spread("PostTransaction", PAIRED).median()
                                / spread(UNTRACEABLE, PAIRED).median(),
                        "times")
                .with(Target.atMost(1.03)));
        samples.forEach((name, values) -> figures.add(Figure.of(name, Spread.of(values), "ms")));
        classes.forEach((function, libraries) -> libraries.forEach((library, load) ->
                figures.add(Figure.of(function + ", classes of " + library, load.classes(), "classes"))));
        var bars = new LinkedHashMap<String, SequencedMap<String, Figure>>();
        for (var how : List.of("start", "start with cache", "first after priming", "warm")) {
            var bar = new LinkedHashMap<String, Figure>();
            for (var function : classes.keySet()) {
                if (samples.containsKey(function + ", " + how)) {
                    bar.put(function, Figure.of(function, spread(function, how), "ms"));
                }
            }
            bars.put(how, bar);
        }
        return new Report(
                figures,
                Map.of("samples", samples, "classes", classes),
                Plot.bars("From the start of the process, or from the request, to the answer", "ms", bars));
    }

    private Spread spread(String function, String how) {
        return Spread.of(samples.getOrDefault(function + ", " + how, List.of()));
    }
}
