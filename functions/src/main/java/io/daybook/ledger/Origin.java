package io.daybook.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the later events of a transaction repeat of its event 0, so that each event can be read, sorted and listed alone.
 *
 * @param recordedAt when event 0 was recorded
 */
public record Origin(
        Instant recordedAt, Instant effectiveAt, @Nullable String description) {}
