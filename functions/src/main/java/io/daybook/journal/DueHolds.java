package io.daybook.journal;

import io.daybook.items.Item;
import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The holds that end by themselves, by the time they end. An item is there for as long as its hold is pending. */
public final class DueHolds {
    private final DynamoDbClient dynamoDb;
    private final String table;

    public DueHolds(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = dynamoDb;
        this.table = table;
    }

    /** A hold, as the list has it. */
    public record Due(String sk) {
        Instant expiresAt() {
            return Timestamp.read(sk.split("#", 3)[0]);
        }

        public String ledger() {
            return sk.split("#", 3)[1];
        }

        public String transaction() {
            return sk.split("#", 3)[2];
        }
    }

    /**
     * Those of a shard whose time has come, the oldest first.
     *
     * @param after start behind this sort key; empty for the beginning
     */
    public Slice<Due> due(int shard, String after, Instant now, int limit) {
        var answer = dynamoDb.query(query -> query.tableName(table)
                .keyConditionExpression("pk = :pk AND sk BETWEEN :after AND :now")
                .expressionAttributeValues(Map.of(
                        ":pk", AttributeValue.fromS(Keys.due(shard)),
                        // A key value must not be empty, and everything sorts after a blank.
                        ":after", AttributeValue.fromS(after.isEmpty() ? " " : after + "#"),
                        ":now", AttributeValue.fromS(Timestamp.format(now) + "~")))
                .limit(limit));
        return new Slice<>(
                answer.items().stream()
                        .map(item -> new Due(new Item(item).sk()))
                        .toList(),
                answer.hasLastEvaluatedKey());
    }
}
