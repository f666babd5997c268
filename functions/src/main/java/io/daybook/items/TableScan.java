package io.daybook.items;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A whole table, read in segments that are about equal in size. No request ever reads a table like that; only what
 * rebuilds the views or audits does.
 */
public final class TableScan {
    /** DynamoDB's limit of segments. */
    public static final int MOST_SEGMENTS = 1_000_000;

    private static final int LEAST = 8;
    private static final int MOST = 100_000;

    /** So many take an invocation some seconds, and so far below its time-out that a table may have grown a lot. */
    private static final long ITEMS_PER_SEGMENT = 10_000;

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

    /** Reads a segment to its end, page by page, strongly consistent: a read unit for every 4 KB. */
    public void read(int segment, int segments, Consumer<List<Item>> page) {
        Map<String, AttributeValue> after = Map.of();
        do {
            var start = after;
            var answer = dynamoDb.scan(scan -> scan.tableName(table)
                    .segment(segment)
                    .totalSegments(segments)
                    .consistentRead(true)
                    .exclusiveStartKey(start.isEmpty() ? null : start));
            var items = new ArrayList<Item>();
            answer.items().forEach(item -> items.add(new Item(item)));
            page.accept(items);
            after = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of();
        } while (!after.isEmpty());
    }
}
