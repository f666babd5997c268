package io.daybook.items;

import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A whole table, read in segments that are about equal in size, except for what shares one key. No request ever reads a table like that; only what
 * rebuilds the views or audits does.
 */
public final class TableScan {
    /** DynamoDB's limit of segments. */
    public static final int MOST_SEGMENTS = 1_000_000;

    private static final int LEAST = 8;
    private static final int MOST = 100_000;

    /** So many take an invocation some seconds, and so far below its time-out that a table may have grown a lot. */
    private static final long ITEMS_PER_SEGMENT = 10_000;

    /** So many are looked at within seconds, whatever has to be read beside them. */
    private static final int PAGE = 1000;

    private final DynamoDbClient dynamoDb;
    private final String table;

    public TableScan(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = dynamoDb;
        this.table = table;
    }

    /** Into how many segments to cut it, by the number of items that DynamoDB counts every six hours. */
    public int segments() {
        var items = dynamoDb.describeTable(describe -> describe.tableName(table))
                .table()
                .itemCount();
        return Math.clamp((items == null ? 0 : items) / ITEMS_PER_SEGMENT, LEAST, MOST);
    }

    /**
     * Some of a segment's items.
     *
     * @param next the key after which the segment goes on; empty at its end
     */
    public record Page(List<Item> items, Optional<Item> next) {}

    /**
     * Reads on in a segment, strongly consistent: a read unit for every 4 KB. All that has one partition key is in one
     * segment, and so a segment may be any number of pages.
     *
     * @param after the key that the page before ended with; empty for the first
     */
    public Page page(int segment, int segments, Optional<Item> after) {
        var answer = dynamoDb.scan(scan -> scan.tableName(table)
                .segment(segment)
                .totalSegments(segments)
                .consistentRead(true)
                .limit(PAGE)
                .exclusiveStartKey(after.map(Item::attributes).orElse(null)));
        return new Page(
                answer.items().stream().map(Item::new).toList(),
                answer.hasLastEvaluatedKey() ? Optional.of(new Item(answer.lastEvaluatedKey())) : Optional.empty());
    }
}
