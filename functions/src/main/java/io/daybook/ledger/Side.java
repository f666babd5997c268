package io.daybook.ledger;

/** The side of an account that a posting lands on; also the side on which an account normally grows. */
public enum Side {
    DEBIT,
    CREDIT
}
