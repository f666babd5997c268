package io.daybook.telemetry;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the calls of AWS that one invocation makes come to. It goes along with the invocation, into its threads as well. */
public final class Observation {
    private static final ScopedValue<Observation> CURRENT = ScopedValue.newInstance();

    private double readUnits;
    private double writeUnits;
    private int appends;
    private final SequencedSet<String> contended = new TreeSet<>();

    private final @Nullable Spans spans;

    private Observation(@Nullable Spans spans) {
        this.spans = spans;
    }

    /**
     * DynamoDB's capacity units, as it has counted them.
     *
     * @param read a strongly consistent read of 4 KB each, or two eventually consistent ones
     * @param write a write of 1 KB each, or half of one within a transaction
     */
    public record Units(double read, double write) {}

    /** What has begun an invocation, and so what its trace begins with or goes on from. */
    public sealed interface Trigger {
        /** A call of the API, with its caller's W3C traceparent where it has one. */
        record Call(String method, String route, Optional<String> traceparent) implements Trigger {}

        /** Messages of a queue, with the W3C traceparent that each was sent with. */
        record Messages(String queue, List<Optional<String>> traceparents) implements Trigger {}

        /** A schedule, a part of a run, or somebody by hand. */
        record Job(String function) implements Trigger {}
    }

    /**
     * Runs an invocation, observed.
     *
     * @param spans where its spans go; null where none are wanted
     */
    public static <T> T of(@Nullable Spans spans, Trigger trigger, Supplier<T> invocation) {
        return ScopedValue.where(CURRENT, new Observation(spans)).call(() -> {
            if (spans == null) {
                return invocation.get();
            }
            return switch (trigger) {
                case Trigger.Call(var method, var route, var caller) -> spans.call(method, route, caller, invocation);
                case Trigger.Messages(var queue, var senders) -> spans.messages(queue, senders, invocation);
                case Trigger.Job(var function) -> spans.job(function, invocation);
            };
        });
    }

    /** Runs a part of the invocation as a span of its own. */
    public static <T> T span(String name, Supplier<T> part) {
        var spans = CURRENT.isBound() ? CURRENT.get().spans : null;
        return spans == null ? part.get() : spans.within(name, part);
    }

    /** Tells of the current span. */
    public static void tell(String name, String value) {
        if (isTraced()) {
            Spans.tell(name, value);
        }
    }

    /** Tells how a call has been answered. */
    public static void answered(int status) {
        if (isTraced()) {
            Spans.answered(status);
        }
    }

    /** Tells that the current span has failed, though the invocation goes on. */
    public static void failed(Throwable fault) {
        if (isTraced()) {
            Spans.failed(fault);
        }
    }

    /** Where the current span stands, as W3C's traceparent, to be stored and to go on from. */
    public static Optional<String> traceparent() {
        return isTraced() ? Spans.traceparent() : Optional.empty();
    }

    /** Runs a part of the invocation on behalf of another one's trace, where that has one. */
    public static <T> T continued(Optional<String> traceparent, Supplier<T> part) {
        return isTraced() && traceparent.isPresent() ? Spans.continued(traceparent.get(), part) : part.get();
    }

    private static boolean isTraced() {
        return CURRENT.isBound() && CURRENT.get().spans != null;
    }

    /** The one that the caller works for, if any. */
    public static Optional<Observation> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** The same work, for another thread, on behalf of the invocation that asks for it. */
    public static <A, B> Function<A, B> carried(Function<A, B> work) {
        if (!CURRENT.isBound()) {
            return work;
        }
        var observation = CURRENT.get();
        var within = observation.spans == null ? work : Spans.carried(work);
        return input -> ScopedValue.where(CURRENT, observation).call(() -> within.apply(input));
    }

    public synchronized void read(double units) {
        readUnits += units;
    }

    public synchronized void wrote(double units) {
        writeUnits += units;
    }

    /** Notes an append to the journal that has been written. */
    public synchronized void appended() {
        appends++;
    }

    /** Notes accounts on which another writer was first. */
    public synchronized void contended(Collection<String> accounts) {
        contended.addAll(accounts);
    }

    public synchronized Units units() {
        return new Units(readUnits, writeUnits);
    }

    /** The units since this was last called. */
    public synchronized Units takeUnits() {
        var taken = units();
        readUnits = 0;
        writeUnits = 0;
        return taken;
    }

    public synchronized int appends() {
        return appends;
    }

    /** The accounts on which another writer was first, by name. */
    public synchronized Collection<String> contended() {
        return new TreeSet<>(contended);
    }
}
