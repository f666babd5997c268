package io.daybook.views;

import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Optional;

/** A stretch of time by recordedAt, from its beginning up to but without its end; open where an end is absent. */
public record Range(Optional<Instant> from, Optional<Instant> to) {
    /** Whether what was recorded at this instant is within it. */
    public boolean contains(Instant instant) {
        return from.filter(instant::isBefore).isEmpty()
                && to.filter(end -> !instant.isBefore(end)).isEmpty();
    }

    /** Before every key that begins with a time within it, and none before it. */
    String lowest() {
        return from.map(Timestamp::format).orElse("0");
    }

    /** After every key that begins with a time within it, and before any behind it. ":" sorts right after the digits. */
    String highest() {
        return to.map(Timestamp::format).orElse(":");
    }
}
