package io.daybook.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/**
 * What of a simulation can be left out: what each client asks for, each transaction of a batch, each scheduled run, each
 * wrong clock, each fault. The third step of task 7 is named {@code 7:3}.
 */
final class Steps {
    private final Scheduler scheduler;
    private final Set<String> only;
    private final Map<String, Integer> reached = new HashMap<>();
    private final List<String> taken = new ArrayList<>();
    private final Set<String> takenAside = new ConcurrentSkipListSet<>();

    private Steps(Scheduler scheduler, Set<String> only) {
        this.scheduler = scheduler;
        this.only = only;
    }

    static Steps all(Scheduler scheduler) {
        return new Steps(scheduler, Set.of());
    }

    /** These and no others. */
    static Steps only(Scheduler scheduler, List<String> names) {
        return new Steps(scheduler, new HashSet<>(names));
    }

    /** The running task has come to its next step: whether it takes it. */
    boolean taken() {
        var task = scheduler.task();
        var name = task + ":" + reached.merge(task, 1, Integer::sum);
        var takes = only.isEmpty() || only.contains(name);
        if (takes) {
            taken.add(name);
        }
        return takes;
    }

    /** The same for what one of several threads does that the running task waits for: in no order, so it has a name. */
    boolean takenAside(int what) {
        var name = scheduler.task() + ":" + Integer.toUnsignedString(what);
        var takes = only.isEmpty() || only.contains(name);
        if (takes) {
            takenAside.add(name);
        }
        return takes;
    }

    /** Those that were taken, in order. */
    List<String> names() {
        return Stream.concat(taken.stream(), takenAside.stream()).toList();
    }
}
