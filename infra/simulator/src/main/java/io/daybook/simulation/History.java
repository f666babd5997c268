package io.daybook.simulation;

import java.util.ArrayList;
import java.util.List;

/** What has happened in a simulation, line by line. */
final class History {
    /** Of what a client sends or is answered no more is kept than can be read. */
    private static final int LONGEST = 4000;

    private final Scheduler scheduler;
    private final boolean isKept;
    private final List<String> lines = new ArrayList<>();

    History(Scheduler scheduler) {
        this(scheduler, true);
    }

    /** @param isKept else nothing is written down, as millions of lines would be of no use to anybody */
    History(Scheduler scheduler, boolean isKept) {
        this.scheduler = scheduler;
        this.isKept = isKept;
    }

    @SuppressWarnings("AnnotateFormatMethod") // As in Violation.
    void note(String line, Object... figures) {
        if (!isKept) {
            return;
        }
        var text = line.formatted(figures);
        var shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "... " + text.hashCode();
        lines.add("%12.6f %s: %s".formatted(scheduler.now() / 1e6, scheduler.subject(), shown));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** The last lines, those that matter most after a violation. */
    String tail(int count) {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }
}
