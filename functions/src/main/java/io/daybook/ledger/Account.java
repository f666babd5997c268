package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An account's head: what a decision needs to know of it and no more.
 *
 * @param opening fingerprint of the request that opened it
 * @param version the number of its newest entry, 0 before the first
 * @param definition the number of its newest definition, from 1
 * @param revision counts every write, so that a decision made on an older head loses its race
 * @param recordedAt when it was last written
 */
public record Account(
        String ledger,
        String id,
        Asset asset,
        AccountType type,
        @Nullable BigInteger minimum,
        @Nullable BigInteger maximum,
        boolean closed,
        String opening,
        Counters counters,
        long version,
        long definition,
        long revision,
        Instant recordedAt) {

    /** Whether it is what this definition of it says, the money apart. */
    public boolean follows(Event.AccountDefined event) {
        var defined = event.definition();
        return asset.equals(defined.asset())
                && type == defined.type()
                && Objects.equals(minimum, defined.minimum())
                && Objects.equals(maximum, defined.maximum())
                && closed == defined.closed();
    }

    static Account opened(Event.AccountDefined event) {
        var definition = event.definition();
        return new Account(
                event.ledger(),
                event.account(),
                definition.asset(),
                definition.type(),
                definition.minimum(),
                definition.maximum(),
                definition.closed(),
                definition.fingerprint(),
                Counters.ZERO,
                0,
                event.number(),
                1,
                event.recordedAt());
    }

    Account redefined(Event.AccountDefined event) {
        var definition = event.definition();
        return new Account(
                ledger,
                id,
                asset,
                type,
                definition.minimum(),
                definition.maximum(),
                definition.closed(),
                opening,
                counters,
                version,
                event.number(),
                revision + 1,
                event.recordedAt());
    }

    Account after(Entry entry, Instant at) {
        return new Account(
                ledger,
                id,
                asset,
                type,
                minimum,
                maximum,
                closed,
                opening,
                entry.balances(),
                entry.version(),
                definition,
                revision + 1,
                at);
    }
}
