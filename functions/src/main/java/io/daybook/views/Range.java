package io.daybook.views;

import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Optional;

/** A stretch of time by recordedAt, from its beginning up to but without its end; open where an end is absent. */
public record Range(Optional<Instant> from, Optional<Instant> to) {
    /** Before every key that begins with a time within it, and none before it. */
    String lowest() {
        return from.map(Timestamp::format).orElse("0");
    }

    /** After every key that begins with a time within it, and before any behind it. ":" sorts right after the digits. */
    String highest() {
        return to.map(Timestamp::format).orElse(":");
    }
}
