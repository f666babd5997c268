package io.daybook.ledger;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whole numbers of an asset's smallest unit, as callers write them. */
public final class Amount {
    /** The most that one posting moves. */
    public static final BigInteger MAX = BigInteger.TEN.pow(30);

    /** The most that one counter holds, and so the widest limit: DynamoDB numbers are exact to 38 digits. */
    public static final BigInteger COUNTER_MAX = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);

    private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]{0,37}");

    private Amount() {}

    /** As {@link BigInteger#toString()}, with less memory for all but the largest. */
    public static String format(BigInteger number) {
        if (number.signum() == 0) {
            return "0";
        }
        return number.bitLength() < Long.SIZE ? Long.toString(number.longValue()) : number.toString();
    }

    /** Reads a whole number in plain decimal digits without leading zeros, sign {@code +}, exponent or blanks. */
    public static Optional<BigInteger> parse(String text) {
        return WHOLE.matcher(text).matches() ? Optional.of(new BigInteger(text)) : Optional.empty();
    }
}
