package io.daybook.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The processor time of processes and threads as Linux counts it, in seconds. */
final class Cpu {
    /** Whatever the machine, these are hundredths of a second. */
    private static final double TICKS = 100;

    private static final Pattern STAT =
            Pattern.compile("\\d+ \\((.*)\\) \\S (\\d+) (?:\\S+ ){9}(\\d+) (\\d+) (\\d+) (\\d+) .*", Pattern.DOTALL);

    private Cpu() {}

    /** Of a process, its children that live and those that have ended. */
    static double ofFamily(long pid) throws IOException {
        double seconds = 0;
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                var stat = STAT.matcher(read(process.resolve("stat")));
                if (!stat.matches()) {
                    continue;
                }
                var own = process.getFileName().toString().equals(Long.toString(pid));
                if (own || Long.parseLong(stat.group(2)) == pid) {
                    seconds += time(stat.group(3), stat.group(4)) + (own ? time(stat.group(5), stat.group(6)) : 0);
                }
            }
        }
        return seconds;
    }

    /** Of a process, by the name of the thread; of a JVM's own threads that is what they do. */
    static Map<String, Double> ofThreads(long pid) throws IOException {
        var threads = new HashMap<String, Double>();
        try (var tasks = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var task : tasks) {
                var stat = STAT.matcher(read(task.resolve("stat")));
                if (stat.matches()) {
                    threads.merge(stat.group(1), time(stat.group(3), stat.group(4)), Double::sum);
                }
            }
        }
        return threads;
    }

    private static double time(String user, String system) {
        return (Long.parseLong(user) + Long.parseLong(system)) / TICKS;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
