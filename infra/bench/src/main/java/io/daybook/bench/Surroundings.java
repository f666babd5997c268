package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.util.VersionInfo;

/** What a measurement depends on beside the code. */
final class Surroundings {
    private Surroundings() {}

    static Map<String, Object> machine() throws IOException {
        var machine = new LinkedHashMap<String, Object>();
        machine.put("processor", processor());
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            machine.put("memoryGiB", Math.round(system.getTotalMemorySize() / Math.pow(2, 30)));
            // Above the number of cores others were at work, and timings tell little.
            machine.put("loadAverage", system.getSystemLoadAverage());
        }
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return machine;
    }

    private static String processor() throws IOException {
        var linux = Path.of("/proc/cpuinfo");
        if (!Files.exists(linux)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(linux).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    static Map<String, String> versions() {
        var versions = new LinkedHashMap<String, String>();
        versions.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        versions.put("AWS SDK for Java", VersionInfo.SDK_VERSION);
        return versions;
    }

    /** The commit that is checked out, with a plus where something is not committed; unknown without git. */
    static String commit() throws IOException {
        var head = git("rev-parse", "HEAD");
        if (head.isEmpty()) {
            return "unknown";
        }
        return git("status", "--porcelain", "--", ".", ":!infra/bench/results").isEmpty() ? head : head + "+";
    }

    private static String git(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var output = process.getInputStream()) {
                return new String(output.readAllBytes(), UTF_8).strip();
            }
        } catch (IOException e) {
            return "";
        }
    }
}
