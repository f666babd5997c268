package io.daybook.simulation;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An account as the auditor has seen it become. */
final class AuditedAccount {
    /**
     * What the account was from a time on.
     *
     * @param recordedAt of the event that made it so
     * @param transaction whose entry made it so; empty where a definition did
     */
    record State(
            long from,
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
    private final List<State> states = new ArrayList<>();

    AuditedAccount(String id, String asset, String type) {
        this.id = id;
        this.asset = asset;
        this.type = type;
        creditNormal = !type.equals("asset") && !type.equals("expense");
    }

    State now() {
        return states.getLast();
    }

    void become(State state) {
        states.add(state);
    }

    /** All that the account has been since a time, and was at it. */
    List<State> since(long time) {
        int first = 0;
        for (int i = 0; i < states.size(); i++) {
            first = states.get(i).from() <= time ? i : first;
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

    /** How many of its entries, as far as they were written by a time, are dated before an instant. */
    long entriesBefore(Instant instant, long writtenBy) {
        return states.stream()
                .filter(state -> state.isEntry() && state.from() <= writtenBy)
                .filter(state -> state.recordedAt().isBefore(instant))
                .count();
    }

    List<State> states() {
        return states;
    }

    boolean existedAt(long time) {
        return states.getFirst().from() <= time;
    }
}
