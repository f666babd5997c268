package io.daybook.faults;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code ./daybook local} in a JVM of its own, that can be killed. */
final class LocalProcess implements AutoCloseable {
    private static final Pattern WELCOME = Pattern.compile("Daybook answers on (http://\\S+)");
    private static final Duration START = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final URI uri;

    /** Starts on a free port; on return it answers. */
    LocalProcess(Path data, Path log) throws IOException {
        this(List.of(), data, log);
    }

    /**
     * Starts as above, by way of another command.
     *
     * @param by what starts the command that is appended to it
     */
    LocalProcess(List<String> by, Path data, Path log) throws IOException {
        this.log = log;
        var command = new ArrayList<>(by);
        Collections.addAll(
                command,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.daybook.local.Main",
                "--template",
                SharedCloud.templateFile().toString(),
                "--data",
                data.toString(),
                "--port",
                "0");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("AWS_EMF_ENVIRONMENT", "Lambda");
        process = builder.start();
        Await.until(
                "the local cloud is up",
                START,
                () -> !process.isAlive() || WELCOME.matcher(said()).find());
        var welcome = WELCOME.matcher(said());
        if (!welcome.find()) {
            throw new AssertionError("it did not start: " + said());
        }
        uri = URI.create(welcome.group(1));
    }

    URI uri() {
        return uri;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; says how long it took to end. */
    Duration terminate(Duration atMost) throws InterruptedException {
        long start = System.nanoTime();
        process.destroy();
        process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** All that it has logged so far. */
    String said() {
        try {
            var file = new File(log.toString());
            return file.exists() ? java.nio.file.Files.readString(log) : "";
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
