package io.daybook.ledger;

import java.math.BigInteger;

/**
 * The four counters of an account, or a change of them, in the asset's smallest unit. The posted ones only ever grow.
 *
 * <p>What they mean to the account's owner depends on its normal side, given to each reading.
 */
public record Counters(
        BigInteger debitsPosted, BigInteger creditsPosted, BigInteger debitsPending, BigInteger creditsPending) {
    public static final Counters ZERO =
            new Counters(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

    public Counters plus(Counters change) {
        return new Counters(
                debitsPosted.add(change.debitsPosted),
                creditsPosted.add(change.creditsPosted),
                debitsPending.add(change.debitsPending),
                creditsPending.add(change.creditsPending));
    }

    public Counters minus(Counters other) {
        return new Counters(
                debitsPosted.subtract(other.debitsPosted),
                creditsPosted.subtract(other.creditsPosted),
                debitsPending.subtract(other.debitsPending),
                creditsPending.subtract(other.creditsPending));
    }

    /** What has been posted: the normal side less the other. */
    public BigInteger posted(Side normal) {
        return normal == Side.CREDIT ? creditsPosted.subtract(debitsPosted) : debitsPosted.subtract(creditsPosted);
    }

    /** What will be posted once every hold has been settled whole. */
    public BigInteger pending(Side normal) {
        return posted(normal).add(incoming(normal)).subtract(outgoing(normal));
    }

    /** What can be spent now: posted less what holds have reserved. */
    public BigInteger available(Side normal) {
        return posted(normal).subtract(outgoing(normal));
    }

    /** What the account may come to hold at most: posted and all that holds may still bring. */
    public BigInteger ceiling(Side normal) {
        return posted(normal).add(incoming(normal));
    }

    /** Whether as much was debited as credited, posted and pending. */
    public boolean even() {
        return debitsPosted.equals(creditsPosted) && debitsPending.equals(creditsPending);
    }

    public boolean hasPending() {
        return debitsPending.signum() != 0 || creditsPending.signum() != 0;
    }

    /** The most that a counter may come to: debits or credits, once every hold has been settled. */
    BigInteger widest() {
        return debitsPosted.add(debitsPending).max(creditsPosted.add(creditsPending));
    }

    private BigInteger incoming(Side normal) {
        return normal == Side.CREDIT ? creditsPending : debitsPending;
    }

    private BigInteger outgoing(Side normal) {
        return normal == Side.CREDIT ? debitsPending : creditsPending;
    }
}
