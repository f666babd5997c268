package io.daybook.ledger;

import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an account is, apart from its money.
 *
 * @param minimum what {@code available} may not be taken below; null for no limit
 * @param maximum what posted and incoming pending may not be taken above; null for no limit
 * @param stripes in how many parts its counters are kept, so that as many transactions can move them at once; an account
 *     of more than one has no limits
 * @param closed whether it refuses new transactions
 */
public record Definition(
        Asset asset,
        AccountType type,
        @Nullable BigInteger minimum,
        @Nullable BigInteger maximum,
        int stripes,
        boolean closed,
        @Nullable String description,
        Map<String, String> metadata) {
    /** In how many parts an account can be kept at most. */
    public static final int MOST_STRIPES = 16;

    public Definition {
        metadata = Metadata.sorted(metadata);
    }

    /** The same opening request, whatever order or notation it was written in, has the same fingerprint. */
    String fingerprint() {
        return Fingerprint.of(
                "account",
                asset.toString(),
                type.name(),
                String.valueOf(minimum),
                String.valueOf(maximum),
                String.valueOf(stripes),
                description == null ? "-" : "+" + description,
                Metadata.canonical(metadata));
    }
}
