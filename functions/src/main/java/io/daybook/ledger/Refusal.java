package io.daybook.ledger;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Why a command leads to nothing. A value, since a refusal is an ordinary answer. */
public sealed interface Refusal {

    /** A refusal of a transaction that the ledger has decided, and so recorded for good. */
    sealed interface Decline extends Refusal {
        /** The account that turned it down. */
        String account();
    }

    /**
     * {@code available} would have been taken below the minimum.
     *
     * @param available what could be spent before, the minimum not counted
     * @param required by how much the transaction would have lowered it
     */
    record InsufficientFunds(String account, BigInteger available, BigInteger required, BigInteger minimum)
            implements Decline {}

    /**
     * Posted and incoming pending would have passed the maximum, or a counter its width.
     *
     * @param maximum the limit; null where it was the counter's width
     * @param resulting what the one or the other would have come to
     */
    record MaximumExceeded(String account, @Nullable BigInteger maximum, BigInteger resulting) implements Decline {}

    /** The account takes no new transaction. */
    record AccountClosed(String account) implements Decline {}

    /** A posting names an account that the ledger does not have. */
    record UnknownAccount(String account, int posting, Side side) implements Refusal {}

    /** A posting's two accounts hold different assets. */
    record AssetMismatch(int posting, Asset debit, Asset credit) implements Refusal {}

    /** An account has moved on from the version that the caller expected. */
    record VersionMismatch(String account, long expected, long actual) implements Refusal {}

    /** A striped account has no one version that could be expected. */
    record StripedExpected(String account) implements Refusal {}

    /** A hold's end is not in the future, or more than 366 days away. */
    record ExpiryOutOfRange() implements Refusal {}

    /** The key belongs to another request. */
    record KeyReused(String transaction) implements Refusal {}

    /** The same request has used the key before, so that it cannot be written with what goes with it now. */
    record KeyUsed(String transaction) implements Refusal {}

    /** The ledger has no such account. */
    record AccountNotFound(String account) implements Refusal {}

    /** The account was opened by another request. */
    record AccountExists(String account) implements Refusal {}

    /** An account with holds on it cannot be closed. */
    record AccountInUse(String account) implements Refusal {}

    /**
     * A change would leave the account with a minimum above its maximum.
     *
     * @param minimum whether it is a change of the minimum, or else of the maximum alone
     */
    record LimitsCrossed(boolean minimum) implements Refusal {}

    /**
     * A striped account has no limits.
     *
     * @param minimum whether it would have got a minimum, or else a maximum
     */
    record StripedLimit(boolean minimum) implements Refusal {}

    /** A change would leave the account with too much metadata. */
    record TooMuchMetadata() implements Refusal {}

    /** The ledger has no such transaction. */
    record TransactionNotFound(String transaction) implements Refusal {}

    /** The transaction is no hold that could still be ended that way. */
    record HoldNotPending(String transaction, Transaction.Status status) implements Refusal {}

    /** The postings to settle are not those that were held. */
    record PostingsDiffer(int posting) implements Refusal {}

    /** More was to be settled of a posting than was held. */
    record ExceedsHold(int posting, BigInteger held) implements Refusal {}

    /** Only what is posted, and is no reversal itself, can be reversed. */
    record NotPosted(String transaction, Transaction.Status status, boolean reversal) implements Refusal {}
}
