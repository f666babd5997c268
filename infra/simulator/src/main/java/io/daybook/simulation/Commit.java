package io.daybook.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What one call has written, all of it at once.
 *
 * @param table its name
 * @param subject what the caller worked for
 */
record Commit(String table, Object subject, List<Write> writes) {
    /** One item before and after; absent where it was not there. */
    record Write(
            Table.Key key, Optional<Map<String, AttributeValue>> before, Optional<Map<String, AttributeValue>> after) {}
}
