package io.daybook.faults;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * A function as Lambda runs it: Lambda's own runtime in a process of its own, with nothing on its class path but itself
 * and the jar that is deployed.
 */
final class FunctionProcess implements AutoCloseable {
    /** What Lambda puts there by itself. */
    private static final String RUNTIME_PATH = Stream.of(
                    AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
            .map(FunctionProcess::jar)
            .collect(Collectors.joining(File.pathSeparator));

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final RuntimeApi api = new RuntimeApi();
    private final Process process;
    private final Path log;

    /**
     * Starts it; it makes the handler and waits for its first event.
     *
     * @param environment the whole environment that the process has
     * @param initialization what Lambda calls its kind of start: on-demand or snap-start
     * @param folder where it leaves its files
     */
    FunctionProcess(Path jar, String handler, Map<String, String> environment, String initialization, Path folder)
            throws IOException {
        log = folder.resolve(handler + ".log");
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:MaxRAM=" + environment.getOrDefault("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128") + "m",
                        "-XX:MaxRAMPercentage=75",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
                        "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
                                + library(folder),
                        "-cp",
                        RUNTIME_PATH + File.pathSeparator + jar,
                        AWSLambda.class.getName(),
                        handler)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment()
                .putAll(Map.of(
                        "AWS_LAMBDA_RUNTIME_API",
                        api.authority(),
                        "_HANDLER",
                        handler,
                        "AWS_EXECUTION_ENV",
                        "AWS_Lambda_java25",
                        "AWS_LAMBDA_INITIALIZATION_TYPE",
                        initialization,
                        "AWS_LAMBDA_FUNCTION_VERSION",
                        "1",
                        "AWS_LAMBDA_LOG_GROUP_NAME",
                        "/aws/lambda/daybook",
                        "AWS_LAMBDA_LOG_STREAM_NAME",
                        "test"));
        process = builder.start();
    }

    /** A copy for each process; by itself the runtime unpacks it to a place that all would share and overwrite. */
    private static Path library(Path folder) throws IOException {
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        var resource = "/jni/libaws-lambda-jni.linux-" + architecture + ".so";
        try (var library = Objects.requireNonNull(AWSLambda.class.getResourceAsStream(resource), resource)) {
            var copy = Files.createTempFile(folder, "jni", ".so");
            Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        }
    }

    private static String jar(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    RuntimeApi.Report invoke(String event) throws InterruptedException {
        api.offer(event);
        return api.await(ANSWER);
    }

    /** Waits until it is ready to have its snapshot taken. */
    void awaitSnapshot() throws InterruptedException, IOException {
        if (!api.awaitSnapshot(ANSWER)) {
            throw new AssertionError("no snapshot could be taken:\n" + said());
        }
    }

    /** Lets it go on as if from a snapshot. */
    void restore() {
        api.restore();
    }

    /** What it reports without an event. */
    RuntimeApi.Report report() throws InterruptedException {
        return api.await(ANSWER);
    }

    /** Whether it is still there a moment later. */
    boolean lives() throws InterruptedException {
        return !process.waitFor(50, TimeUnit.MILLISECONDS);
    }

    /** The most memory that it has held so far, code and threads and all, in MB. */
    int peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    String said() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
        api.close();
    }
}
