package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * An account as the auditor has seen it become. A striped one has parts, which are accounts of their own in its books; its
 * own states are the sums over them.
 */
final class AuditedAccount {
    /**
     * What the account was from a time on.
     *
     * @param appliedAt from when on it was seen by every read
     * @param recordedAt of the event that made it so
     * @param transaction whose entry made it so; empty where a definition did
     */
    record State(
            long from,
            AtomicLong appliedAt,
            Tally tally,
            long version,
            Optional<BigInteger> minimum,
            Optional<BigInteger> maximum,
            boolean closed,
            long definition,
            Instant recordedAt,
            String transaction) {
        boolean isEntry() {
            return !transaction.isEmpty();
        }
    }

    final String id;
    final String asset;
    final String type;
    final boolean creditNormal;
    long definition;
    Instant recordedAt = Instant.MIN;
    /** Of a part, what its entries are ordered by where time and number are those of another part's. */
    private final String suffix;

    private final List<AuditedAccount> parts;
    private final List<State> states = new ArrayList<>();

    AuditedAccount(String id, String asset, String type, int stripes) {
        this(id, asset, type, stripes, "");
    }

    private AuditedAccount(String id, String asset, String type, int stripes, String suffix) {
        this.id = id;
        this.suffix = suffix;
        this.asset = asset;
        this.type = type;
        parts = IntStream.rangeClosed(1, stripes > 1 ? stripes : 0)
                .mapToObj(stripe -> new AuditedAccount(id + "#" + stripe, asset, type, 1, "#%02d".formatted(stripe)))
                .toList();
        creditNormal = !type.equals("asset") && !type.equals("expense");
    }

    boolean isStriped() {
        return !parts.isEmpty();
    }

    /** What its entries are numbered in: its parts, or itself. */
    List<AuditedAccount> parts() {
        return isStriped() ? parts : List.of(this);
    }

    /** Where an entry of this stripe belongs, 0 where it names none. */
    AuditedAccount part(int stripe) {
        unless(stripe == 0 ? !isStriped() : stripe <= parts.size(), "%s has no stripe %d", id, stripe);
        return stripe == 0 ? this : parts.get(stripe - 1);
    }

    State now() {
        return states.getLast();
    }

    void become(State state) {
        states.add(state);
    }

    /** All that the account has been since a time, and may have been seen to be at it. */
    List<State> since(long time) {
        int first = 0;
        for (int i = 0; i < states.size(); i++) {
            first = states.get(i).appliedAt().get() <= time ? i : first;
        }
        return states.subList(first, states.size());
    }

    /** The counters after its entry of this number. */
    Optional<Tally> at(long version) {
        return states.stream()
                .filter(state -> state.version() == version)
                .map(State::tally)
                .findFirst();
    }

    List<State> entries() {
        return states.stream().filter(State::isEntry).toList();
    }

    /** How many of its entries, as far as every read has shown them since a time, are dated before an instant. */
    long entriesBefore(Instant instant, long shownBy) {
        return states.stream()
                .filter(state -> state.isEntry() && state.appliedAt().get() <= shownBy)
                .filter(state -> state.recordedAt().isBefore(instant))
                .count();
    }

    /** Where an entry is in the order of all of the account's entries. */
    String place(String recordedAt, long version) {
        return "%s#%012d%s".formatted(recordedAt, version, suffix);
    }

    /** The counters after the entries that are dated before an instant, as far as every read has shown them since a time. */
    Tally tallyBefore(Instant instant, long shownBy) {
        return parts().stream()
                .map(part -> part.at(part.entriesBefore(instant, shownBy)).orElseThrow())
                .reduce(Tally.NOTHING, Tally::plus);
    }

    List<State> states() {
        return states;
    }

    boolean existedAt(long time) {
        return states.getFirst().appliedAt().get() <= time;
    }
}
