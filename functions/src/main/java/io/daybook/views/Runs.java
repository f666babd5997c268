package io.daybook.views;

import static io.daybook.items.Attributes.DEVIATIONS;
import static io.daybook.items.Attributes.DEVIATION_COUNT;
import static io.daybook.items.Attributes.PARTS;
import static io.daybook.items.Attributes.READ;

import io.daybook.items.Deviation;
import io.daybook.items.Deviation.Rule;
import io.daybook.items.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.paginators.QueryIterable;

/** The replays or the audits so far. Each goes over whole tables in parts, and what a part has come to is kept here. */
public final class Runs {
    /** How many of a part's deviations are kept one by one. */
    private static final int MOST_DEVIATIONS = 50;

    /** How many of a run's are told one by one: Lambda takes an answer of 6 MB, and a long key and detail come to 3 KB. */
    private static final int MOST_TOLD = 500;

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final String kind;

    /**
     * Those kept in this table.
     *
     * @param kind replay or audit
     */
    public Runs(DynamoDbClient dynamoDb, String table, String kind) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        this.kind = kind;
    }

    /**
     * How far a run has got.
     *
     * @param done how many of its parts are done
     * @param read how many items those have read
     * @param deviationCount how many deviations they have found
     * @param deviations the first of them, of each part, and of all parts at most 500
     */
    public record Progress(long parts, long done, long read, long deviationCount, List<Deviation> deviations) {}

    /** A run begins. Its name is the time, so that the names sort. */
    public void begin(String run, int parts) {
        put(Item.keyed(Keys.runs(kind), run).put(PARTS, parts));
    }

    /** A part is done; saying it twice changes nothing. */
    public void done(String run, String part, long read, List<Deviation> deviations) {
        put(Item.keyed(Keys.run(kind, run), part)
                .put(READ, read)
                .put(DEVIATION_COUNT, deviations.size())
                .put(
                        DEVIATIONS,
                        deviations.stream()
                                .limit(MOST_DEVIATIONS)
                                .map(Runs::encode)
                                .toList()));
    }

    /** How far a run has got; empty where there is none of that name. */
    public Optional<Progress> progress(String run) {
        var item = dynamoDb.getItem(get -> get.tableName(table)
                        .key(Item.keyed(Keys.runs(kind), run).attributes())
                        .consistentRead(true))
                .item();
        if (item.isEmpty()) {
            return Optional.empty();
        }
        long done = 0;
        long read = 0;
        long count = 0;
        var deviations = new ArrayList<Deviation>();
        for (var attributes : parts(run).items()) {
            var part = new Item(attributes);
            done++;
            read += part.number(READ);
            count += part.number(DEVIATION_COUNT);
            part.list(DEVIATIONS).stream()
                    .limit(MOST_TOLD - deviations.size())
                    .forEach(deviation -> deviations.add(decode(deviation.l())));
        }
        return Optional.of(new Progress(new Item(item).number(PARTS), done, read, count, deviations));
    }

    private QueryIterable parts(String run) {
        return dynamoDb.queryPaginator(query -> query.tableName(table)
                .keyConditionExpression("pk = :pk")
                .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(Keys.run(kind, run))))
                .consistentRead(true));
    }

    private void put(Item item) {
        dynamoDb.putItem(put -> put.tableName(table).item(item.attributes()));
    }

    private static AttributeValue encode(Deviation deviation) {
        return AttributeValue.fromL(List.of(
                AttributeValue.fromS(deviation.rule().name()),
                AttributeValue.fromS(deviation.key()),
                AttributeValue.fromS(deviation.detail())));
    }

    private static Deviation decode(List<AttributeValue> parts) {
        return new Deviation(
                Rule.valueOf(parts.get(0).s()), parts.get(1).s(), parts.get(2).s());
    }
}
