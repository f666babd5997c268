package io.daybook.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What one call has written, all of it or nothing.
 *
 * @param table its name
 * @param subject what the caller worked for
 * @param appliedAt from when on every read has shown all of it
 */
record Commit(String table, Object subject, List<Write> writes, AtomicLong appliedAt) {
    Commit(String table, Object subject, List<Write> writes) {
        this(table, subject, writes, new AtomicLong(Long.MAX_VALUE));
    }

    /** One item before and after; absent where it was not there. */
    record Write(
            Table.Key key, Optional<Map<String, AttributeValue>> before, Optional<Map<String, AttributeValue>> after) {}
}
