package io.daybook.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;

/**
 * Runs tasks one at a time, each in a thread of its own, in the order of a virtual clock. A task goes on until it pauses
 * or ends, so that who runs when follows from the lengths of the pauses alone.
 */
final class Scheduler {
    /**
     * One thread of the simulation; {@code subject} is the call that it works for. Task 7 is the seventh that was started
     * from outside, and 7.2 the second that task 7 has started: a name is the same whatever other tasks do.
     */
    private static final class Task {
        private final Semaphore go = new Semaphore(0);
        private final String name;
        private Object subject;
        private Thread thread;
        private int started;

        private Task(String name, Object subject) {
            this.name = name;
            this.subject = subject;
        }
    }

    private record Turn(long at, long order, Task task) implements Comparable<Turn> {
        @Override
        public int compareTo(Turn other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    private final PriorityQueue<Turn> turns = new PriorityQueue<>();
    private final Semaphore back = new Semaphore(0);
    private final List<Throwable> failures = new ArrayList<>();
    private final Task outside = new Task("", "none");
    private Task running = outside;
    private long now;
    private long order;
    private boolean over;

    /** Microseconds since the simulation's beginning. */
    long now() {
        return now;
    }

    /** The name of the running task; empty outside all tasks. */
    String task() {
        return running.name;
    }

    /** What the running task works for. */
    Object subject() {
        return running.subject;
    }

    /** From now on the running task works for this. */
    void workFor(Object subject) {
        running.subject = subject;
    }

    /** Whether this thread is none of the scheduler's: one that the running task has started, and waits for. */
    boolean isForeign() {
        return Thread.currentThread() != running.thread;
    }

    /** Whether a task has failed, so that all others end. */
    boolean isOver() {
        return over;
    }

    void start(Object subject, long delay, Runnable body) {
        var number = Integer.toString(++running.started);
        var task = new Task(running == outside ? number : running.name + "." + number, subject);
        task.thread = Thread.ofVirtual().start(() -> {
            task.go.acquireUninterruptibly();
            try {
                if (!over) {
                    body.run();
                }
            } catch (Died died) {
                // As planned.
            } catch (Throwable failure) {
                failures.add(failure);
            } finally {
                back.release();
            }
        });
        turns.add(new Turn(now + delay, order++, task));
    }

    /** Lets others go on, and comes back after this many microseconds. */
    void pause(long micros) {
        var task = running;
        turns.add(new Turn(now + micros, order++, task));
        back.release();
        task.go.acquireUninterruptibly();
        if (over) {
            throw new Died();
        }
    }

    /** Runs all there is to run. Throws what the first task that failed has thrown. */
    void run() {
        while (!turns.isEmpty()) {
            var turn = turns.poll();
            now = Math.max(now, turn.at());
            running = turn.task();
            running.go.release();
            back.acquireUninterruptibly();
            if (!failures.isEmpty() && !over) {
                // Threads that wait for a turn must not outlive the simulation.
                over = true;
            }
        }
        running = outside;
        if (!failures.isEmpty()) {
            switch (failures.getFirst()) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}
