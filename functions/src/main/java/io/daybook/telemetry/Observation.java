package io.daybook.telemetry;

import java.util.Collection;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the calls of AWS that one invocation makes come to. It goes along with the invocation, into its threads as well. */
public final class Observation {
    private static final ScopedValue<Observation> CURRENT = ScopedValue.newInstance();

    private double readUnits;
    private double writeUnits;
    private int appends;
    private final SequencedSet<String> contended = new TreeSet<>();

    private Observation() {}

    /**
     * DynamoDB's capacity units, as it has counted them.
     *
     * @param read a strongly consistent read of 4 KB each, or two eventually consistent ones
     * @param write a write of 1 KB each, or half of one within a transaction
     */
    public record Units(double read, double write) {}

    /** Runs an invocation, or the part of one that is to be observed by itself. */
    public static <T> T of(Supplier<T> invocation) {
        return ScopedValue.where(CURRENT, new Observation()).call(invocation::get);
    }

    /** The one that the caller works for, if any. */
    public static Optional<Observation> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** The same work, for another thread, on behalf of the invocation that asks for it. */
    public static <A, B> Function<A, B> carried(Function<A, B> work) {
        return current()
                .<Function<A, B>>map(observation ->
                        input -> ScopedValue.where(CURRENT, observation).call(() -> work.apply(input)))
                .orElse(work);
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
