package io.daybook.items;

/**
 * Something that an audit finds to be other than it must be.
 *
 * @param key of the item it is about, partition and sort key joined by a blank
 * @param detail what is wrong with it, in words, cut to 300 characters
 */
public record Deviation(Rule rule, String key, String detail) {
    private static final int LONGEST_DETAIL = 300;

    public Deviation {
        detail = detail.substring(0, Math.min(detail.length(), LONGEST_DETAIL));
    }

    /** What must hold. */
    public enum Rule {
        /** Every item can be read, and stands under the key that its content says. */
        READABLE,
        /** What an item builds on is there: the event before it, the event or the head that was written with it. */
        COMPLETE,
        /** An event's entries change the accounts as its postings say. */
        SOUND,
        /** An account's head is what its definition and its newest entry say. */
        HEAD,
        /** An account's entries are numbered without a gap, and each one's balances are those before it and its change. */
        FOLD,
        /** What an event puts into the views is there as it should be. */
        VIEWED,
        /** What is in the views comes from an event. */
        FOUNDED,
        /** The debits of each asset of a ledger are equal to its credits. */
        BALANCED,
        /** Every pending hold with an end is listed as due, and every listed one is pending. */
        LISTED,
        /** What is spread over shards stands under one that is read. */
        COVERED,
        /** A hold that has come to its end has been ended. */
        EXPIRED,
        /** What was appended has reached the views before long. */
        PROJECTED
    }

    public static Deviation of(Rule rule, Item item, String detail) {
        return new Deviation(rule, item.key(), detail);
    }
}
