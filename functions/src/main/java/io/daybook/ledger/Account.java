package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An account's head: what a decision needs to know of it and no more. A striped account has one that carries its
 * definition and never any money, and one for each part, which money moves.
 *
 * @param stripes in how many parts the account is kept, 1 if it is not striped
 * @param stripe which of the parts this is the head of, from 1; 0 for the account's own
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
        int stripes,
        int stripe,
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
                && stripes == defined.stripes()
                && Objects.equals(minimum, defined.minimum())
                && Objects.equals(maximum, defined.maximum())
                && closed == defined.closed();
    }

    /** The name that this head goes by, as its entries do. */
    public String part() {
        return Names.part(id, stripe);
    }

    /** Whether it only carries the definition of an account whose money is in its parts. */
    public boolean isStriped() {
        return stripes > 1 && stripe == 0;
    }

    /** The names of the heads that its money is kept in. */
    public List<String> parts() {
        return isStriped() ? Names.parts(id, stripes) : List.of(part());
    }

    /** The name of the head that moves with a transaction, which of them follows from the transaction's id alone. */
    public String partFor(String transaction) {
        // How String.hashCode comes about is a part of its specification, so that it will be the same for ever.
        return isStriped() ? Names.part(id, 1 + Math.floorMod(transaction.hashCode(), stripes)) : part();
    }

    /** The heads of an account's beginning: its own, and those of its parts if it is striped. */
    static List<Account> opened(Event.AccountDefined event) {
        int stripes = event.definition().stripes();
        return IntStream.rangeClosed(0, stripes > 1 ? stripes : 0)
                .mapToObj(stripe -> opened(event, stripe))
                .toList();
    }

    private static Account opened(Event.AccountDefined event, int stripe) {
        var definition = event.definition();
        return new Account(
                event.ledger(),
                event.account(),
                definition.asset(),
                definition.type(),
                definition.stripes(),
                stripe,
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
                stripes,
                stripe,
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
                stripes,
                stripe,
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
