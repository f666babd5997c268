package io.daybook.ledger;

/**
 * What one transaction event did to one account, or to one part of a striped one.
 *
 * @param stripe the part of a striped account, from 1; 0 where the account is not striped
 * @param normal the account's normal side, in whose sense the balances are read
 * @param version the number of this entry among the account's or the part's, from 1 without a gap
 * @param change what was added to each counter; the pending ones can be negative
 * @param balances the counters after it
 */
public record Entry(String account, int stripe, Side normal, long version, Counters change, Counters balances) {
    /** The name of what it is an entry of. */
    public String part() {
        return Names.part(account, stripe);
    }
}
