package io.daybook.views;

import io.daybook.ledger.Entry;
import io.daybook.ledger.Standing;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An entry with what its list says of the transaction it belongs to. */
public record RecordedEntry(
        Entry entry,
        String transaction,
        Instant recordedAt,
        Instant effectiveAt,
        @Nullable String description) {
    /** How its account, or a part of a striped one, stood after it. */
    Standing standing() {
        return new Standing(entry.version(), entry.balances(), recordedAt);
    }

    /** Its place in the list of its account's entries. */
    public String place() {
        return new EntryPlace(recordedAt, entry.version(), entry.stripe()).text();
    }
}
