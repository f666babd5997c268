package io.daybook.ledger;

import java.math.BigInteger;

/** Moves {@code amount} of the smallest unit from the account debited to the account credited. */
public record Posting(String debit, String credit, BigInteger amount) {
    /** The most postings that one transaction has. */
    public static final int MAX_PER_TRANSACTION = 40;

    Posting mirrored() {
        return new Posting(/* debit= */ credit, /* credit= */ debit, amount);
    }
}
