package io.daybook.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of a transaction, as it was asked.
 *
 * @param key the idempotency key; null for a reversal, whose id comes from the transaction it reverses
 * @param fingerprint of the request's meaning, to tell a retry from another request under the same key
 * @param effectiveAt when it counts for the caller
 * @param expiresAt when a hold ends by itself; null for never, and for what is no hold
 * @param reverses the transaction that this one reverses
 */
public record Terms(
        @Nullable String key,
        String fingerprint,
        List<Posting> postings,
        Instant effectiveAt,
        @Nullable Instant expiresAt,
        @Nullable String description,
        Map<String, String> metadata,
        @Nullable String reverses) {
    public Terms {
        postings = List.copyOf(postings);
        metadata = Metadata.sorted(metadata);
    }
}
