package io.daybook.ledger;

/**
 * What one transaction event did to one account.
 *
 * @param normal the account's normal side, in whose sense the balances are read
 * @param version the number of this entry among the account's, from 1 without a gap
 * @param change what was added to each counter; the pending ones can be negative
 * @param balances the counters after it
 */
public record Entry(String account, Side normal, long version, Counters change, Counters balances) {}
