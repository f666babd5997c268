package io.daybook.simulation;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An account as the auditor has seen it become. */
final class AuditedAccount {
    /** What the account was from a time on. */
    record State(
            long from,
            Tally tally,
            long version,
            Optional<BigInteger> minimum,
            Optional<BigInteger> maximum,
            boolean closed) {}

    final String id;
    final String asset;
    final boolean creditNormal;
    long definition;
    Instant recordedAt = Instant.MIN;
    private final List<State> states = new ArrayList<>();

    AuditedAccount(String id, String asset, boolean creditNormal) {
        this.id = id;
        this.asset = asset;
        this.creditNormal = creditNormal;
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

    boolean existedAt(long time) {
        return states.getFirst().from() <= time;
    }
}
