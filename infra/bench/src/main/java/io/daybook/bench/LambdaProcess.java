package io.daybook.bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/** A function as Lambda runs it: Lambda's own runtime in a process of its own, with its jar behind it on the class path. */
final class LambdaProcess implements AutoCloseable {
    /** What Lambda puts there by itself. */
    private static final List<Path> RUNTIME = Stream.of(
                    AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
            .map(LambdaProcess::jar)
            .toList();

    /**
     * What Lambda's Java runtimes start a function of 1,024 MB with, as far as they show it: six sevenths of the memory as
     * heap, the serial collector, and the JDK's own archive of classes.
     */
    private static final List<String> OPTIONS = List.of(
            "-XX:MaxHeapSize=891290k",
            "-XX:+UseSerialGC",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.net.preferIPv4Stack=true",
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");

    private final RuntimeApi api = new RuntimeApi();
    private final Process process;
    private final long started;

    /**
     * Starts it.
     *
     * @param initialization what Lambda calls its kind of start: on-demand or snap-start
     * @param options more options of the JVM
     * @param environment the whole environment that the process has
     * @param folder where it leaves its files
     */
    LambdaProcess(
            Path jar,
            String handler,
            String initialization,
            List<String> options,
            Map<String, String> environment,
            Path folder)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(options);
        command.add(
                "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI=" + library(folder));
        command.add("-cp");
        command.add(Stream.concat(RUNTIME.stream(), Stream.of(jar))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(AWSLambda.class.getName());
        command.add(handler);
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(handler + ".log").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment()
                .putAll(Map.of(
                        "AWS_LAMBDA_RUNTIME_API", api.authority(),
                        "_HANDLER", handler,
                        "AWS_EXECUTION_ENV", "AWS_Lambda_java25",
                        "AWS_LAMBDA_INITIALIZATION_TYPE", initialization,
                        "AWS_LAMBDA_FUNCTION_VERSION", "1",
                        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                        "AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench",
                        "AWS_LAMBDA_LOG_STREAM_NAME", "bench"));
        started = System.nanoTime();
        process = builder.start();
    }

    /** One for all; by itself the runtime unpacks it anew at each start. */
    private static synchronized Path library(Path folder) throws IOException {
        var copy = folder.resolve("lambda-jni.so");
        if (!Files.exists(copy)) {
            var architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
            var resource = "/jni/libaws-lambda-jni.linux-" + architecture + ".so";
            try (var library = Objects.requireNonNull(AWSLambda.class.getResourceAsStream(resource), resource)) {
                Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return copy;
    }

    static Path jar(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    RuntimeApi api() {
        return api;
    }

    /** Has it answer an event; the time is that since the start of the process, in milliseconds. */
    double firstAnswer(String event) throws InterruptedException {
        return (succeeded(api.invoke(event)).at() - started) / 1e6;
    }

    /** Has it answer an event; the time is how long that takes, in milliseconds. */
    double answer(String event) throws InterruptedException {
        var start = System.nanoTime();
        return (succeeded(api.invoke(event)).at() - start) / 1e6;
    }

    /** What has failed must not be measured: it may have taken another way. */
    private static RuntimeApi.Report succeeded(RuntimeApi.Report report) {
        if (!report.text().contains("\"statusCode\":20") && !report.text().contains("\"batchItemFailures\":[]")) {
            throw new IllegalStateException("answered " + report.text());
        }
        return report;
    }

    /** The processor time that it has taken so far, in milliseconds. */
    double cpu() {
        return process.info().totalCpuDuration().orElseThrow().toMillis();
    }

    /** Ends it as the system does, and waits until the JVM has done what it does at its end. */
    void end() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        api.close();
    }
}
