package io.daybook.simulation;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Prints what the histories of these seeds come to in this JVM. */
final class HistoryHash {
    private HistoryHash() {}

    public static void main(String[] seeds) {
        System.out.println(of(seeds));
    }

    static String of(String... seeds) {
        return Arrays.stream(seeds)
                .map(seed -> new Simulation(Long.parseLong(seed), Mutation.NONE)
                        .run()
                        .history())
                .map(history ->
                        history.size() + " lines " + String.join("\n", history).hashCode())
                .collect(Collectors.joining(", "));
    }
}
