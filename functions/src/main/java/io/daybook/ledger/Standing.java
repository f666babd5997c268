package io.daybook.ledger;

import java.time.Instant;

/**
 * How an account, or a part of a striped one, stands after one of its entries.
 *
 * @param version the entry's number, 0 before the first
 * @param at when the entry was recorded
 */
public record Standing(long version, Counters balances, Instant at) {
    /** Before the first entry. */
    public static final Standing START = new Standing(0, Counters.ZERO, Instant.EPOCH);
}
