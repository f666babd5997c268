package io.daybook.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the local cloud spends its processor time on. The JVM's own threads are told apart by their names; what runs Java
 * by its samples of processor time, each of which belongs to whose thread it was taken in, and on the threads that the
 * gateway, the triggers and the functions share, to the innermost frame that says whose work it is.
 */
final class Profile {
    static final String DYNAMODB_LOCAL = "DynamoDB Local";
    static final String ELASTIC_MQ = "ElasticMQ";
    static final String GATEWAY = "gateway and triggers";
    static final String SDK = "AWS SDK, in the functions";
    static final String LOGS = "logs and metrics, in the functions";
    static final String DAYBOOK = "Daybook itself";
    static final String JVM = "compiler and collector";
    private static final String OTHER = "other";

    private static final String SETTINGS = """
            <configuration version="2.0"><event name="jdk.CPUTimeSample">
              <setting name="enabled">true</setting><setting name="throttle">10ms</setting>
            </event></configuration>
            """;

    private final long pid;
    private final Map<String, Double> before;

    private Profile(long pid, Map<String, Double> before) {
        this.pid = pid;
        this.before = before;
    }

    static Profile start(long pid, Path folder) throws IOException, InterruptedException {
        var settings = Files.writeString(folder.resolve("load.jfc"), SETTINGS);
        jcmd(pid, "JFR.start", "name=load", "settings=" + settings);
        return new Profile(pid, Cpu.ofThreads(pid));
    }

    /** Seconds by component. */
    SequencedMap<String, Double> stop(Path folder) throws IOException, InterruptedException {
        var after = Cpu.ofThreads(pid);
        var recording = folder.resolve("load.jfr");
        jcmd(pid, "JFR.stop", "name=load", "filename=" + recording);
        double total = 0;
        double own = 0;
        for (var thread : after.entrySet()) {
            var spent = thread.getValue() - before.getOrDefault(thread.getKey(), 0.0);
            total += spent;
            own += isOfJvm(thread.getKey()) ? spent : 0;
        }
        var samples = new LinkedHashMap<String, Double>();
        for (var component : List.of(DYNAMODB_LOCAL, ELASTIC_MQ, GATEWAY, SDK, LOGS, DAYBOOK)) {
            samples.put(component, 0.0);
        }
        try (var events = new RecordingFile(recording)) {
            while (events.hasMoreEvents()) {
                var event = events.readEvent();
                if (event.getEventType().getName().equals("jdk.CPUTimeSample")) {
                    samples.merge(owner(event), 1.0, Double::sum);
                }
            }
        }
        Files.delete(recording);
        var java = total - own;
        var all = samples.values().stream().mapToDouble(Double::doubleValue).sum();
        samples.replaceAll((component, count) -> java * count / all);
        samples.put(JVM, own);
        return samples;
    }

    private static boolean isOfJvm(String thread) {
        return thread.matches("(C1|C2) Compiler.*|VM .*|GC .*|Service Thread|Monitor Deflati.*|JFR .*|Common-Cleaner");
    }

    private static String owner(RecordedEvent sample) {
        RecordedThread thread = sample.getThread("eventThread");
        var name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
        if (name.startsWith("qtp") || name.contains("SQLite") || name.contains("sqlite")) {
            return DYNAMODB_LOCAL;
        }
        if (name.startsWith("elasticmq") || name.contains("pekko")) {
            return ELASTIC_MQ;
        }
        var trace = sample.getStackTrace();
        var frames = trace == null ? List.<RecordedFrame>of() : trace.getFrames();
        var types = frames.stream()
                .map(frame -> frame.getMethod().getType().getName())
                .toList();
        if (types.stream()
                .anyMatch(type -> type.startsWith("com.amazon.dynamodb")
                        || type.startsWith("software.amazon.dynamodb")
                        || type.startsWith("com.almworks"))) {
            return DYNAMODB_LOCAL;
        }
        var trigger = types.stream().anyMatch(type -> type.startsWith("io.daybook.local.QueueTrigger"));
        for (var type : types) {
            if (type.startsWith("software.amazon.awssdk")) {
                return trigger ? GATEWAY : SDK;
            }
            if (type.startsWith("org.apache.logging")
                    || type.startsWith("software.amazon.lambda")
                    || type.startsWith("software.amazon.cloudwatchlogs")) {
                return LOGS;
            }
            if (type.startsWith("io.daybook.local")
                    || type.startsWith("sun.net.httpserver")
                    || type.startsWith("com.amazonaws.services.lambda")) {
                return GATEWAY;
            }
            if (type.startsWith("io.daybook.")) {
                return DAYBOOK;
            }
        }
        return OTHER;
    }

    private static void jcmd(long pid, String... command) throws IOException, InterruptedException {
        var call = new java.util.ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid)));
        call.addAll(List.of(command));
        var process = new ProcessBuilder(call)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", call) + " fails");
        }
    }
}
