package io.daybook.simulation;

import java.math.BigInteger;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The auditor's own four counters: debits and credits posted, debits and credits pending. */
record Tally(BigInteger debits, BigInteger credits, BigInteger debitsHeld, BigInteger creditsHeld) {
    static final Tally NOTHING = new Tally(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO);

    static Tally read(List<AttributeValue> values) {
        return new Tally(number(values.get(0)), number(values.get(1)), number(values.get(2)), number(values.get(3)));
    }

    static BigInteger number(AttributeValue value) {
        return new BigInteger(value.n());
    }

    Tally plus(Tally other) {
        return new Tally(
                debits.add(other.debits),
                credits.add(other.credits),
                debitsHeld.add(other.debitsHeld),
                creditsHeld.add(other.creditsHeld));
    }

    Tally plusDebit(BigInteger posted, BigInteger held) {
        return plus(new Tally(posted, BigInteger.ZERO, held, BigInteger.ZERO));
    }

    Tally plusCredit(BigInteger posted, BigInteger held) {
        return plus(new Tally(BigInteger.ZERO, posted, BigInteger.ZERO, held));
    }

    boolean balances() {
        return debits.equals(credits) && debitsHeld.equals(creditsHeld);
    }

    boolean holdsNothing() {
        return debitsHeld.signum() == 0 && creditsHeld.signum() == 0;
    }

    private BigInteger posted(boolean creditNormal) {
        return creditNormal ? credits.subtract(debits) : debits.subtract(credits);
    }

    BigInteger available(boolean creditNormal) {
        return posted(creditNormal).subtract(creditNormal ? debitsHeld : creditsHeld);
    }

    BigInteger ceiling(boolean creditNormal) {
        return posted(creditNormal).add(creditNormal ? creditsHeld : debitsHeld);
    }
}
