package io.daybook.ledger;

/** The five classes of the chart of accounts, each with its normal side. */
public enum AccountType {
    ASSET(Side.DEBIT),
    EXPENSE(Side.DEBIT),
    LIABILITY(Side.CREDIT),
    EQUITY(Side.CREDIT),
    INCOME(Side.CREDIT);

    private final Side normal;

    AccountType(Side normal) {
        this.normal = normal;
    }

    /** The side on which this type of account grows. */
    public Side normal() {
        return normal;
    }
}
