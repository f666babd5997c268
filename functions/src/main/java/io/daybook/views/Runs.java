package io.daybook.views;

import static io.daybook.items.Attributes.DEVIATIONS;
import static io.daybook.items.Attributes.DEVIATION_COUNT;
import static io.daybook.items.Attributes.NEXT;
import static io.daybook.items.Attributes.PARTS;
import static io.daybook.items.Attributes.READ;

import io.daybook.items.Deviation;
import io.daybook.items.Deviation.Rule;
import io.daybook.items.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
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
     * @param read how many items its parts have read so far
     * @param deviationCount how many deviations they have found
     * @param deviations the first of them, of each part, and of all parts at most 500
     */
    public record Progress(long parts, long done, long read, long deviationCount, List<Deviation> deviations) {}

    /** A run begins. Its name is the time, so that the names sort. */
    public void begin(String run, int parts) {
        dynamoDb.putItem(put -> put.tableName(table)
                .item(Item.keyed(Keys.runs(kind), run).put(PARTS, parts).attributes()));
    }

    /**
     * How far a part has got: what it has come to by the place where it goes on, all in one, so that whoever goes on from
     * there neither loses nor doubles anything.
     *
     * @param read how many items it has read
     * @param deviationCount how many deviations it has found
     * @param deviations the first of them, at most 50
     * @param next the key after which it goes on; empty where it has not begun, and where it is done
     */
    public record Part(boolean done, long read, long deviationCount, List<Deviation> deviations, Optional<Item> next) {
        static final Part START = new Part(false, 0, 0, List.of(), Optional.empty());

        /**
         * The same after another stretch of it.
         *
         * @param more how many items that has read
         * @param found the deviations among them
         * @param following the key after which it goes on; empty where that was its last
         */
        public Part plus(long more, List<Deviation> found, Optional<Item> following) {
            return new Part(
                    following.isEmpty(),
                    read + more,
                    deviationCount + found.size(),
                    Stream.concat(deviations.stream(), found.stream())
                            .limit(MOST_DEVIATIONS)
                            .toList(),
                    following);
        }
    }

    /** How far a part has got. */
    public Part part(String run, String part) {
        return item(Item.keyed(Keys.run(kind, run), part)).map(Runs::part).orElse(Part.START);
    }

    /**
     * Keeps how far a part has got, unless it is done: a delivery that is late, or one of two at once, may set it back to
     * what is true as well, but never from its end.
     *
     * @return whether it is kept; else the part is done
     */
    public boolean keep(String run, String part, Part soFar) {
        var item = Item.keyed(Keys.run(kind, run), part)
                .put(READ, soFar.read())
                .put(DEVIATION_COUNT, soFar.deviationCount())
                .put(DEVIATIONS, soFar.deviations().stream().map(Runs::encode).toList());
        soFar.next().ifPresent(next -> item.put(NEXT, texts(next.pk(), next.sk())));
        try {
            dynamoDb.putItem(put -> put.tableName(table)
                    .item(item.attributes())
                    .conditionExpression("attribute_not_exists(pk) OR attribute_exists(" + NEXT + ")"));
            return true;
        } catch (ConditionalCheckFailedException e) {
            return false;
        }
    }

    /** How far a run has got; empty where there is none of that name. */
    public Optional<Progress> progress(String run) {
        return item(Item.keyed(Keys.runs(kind), run)).map(item -> progress(run, item.number(PARTS)));
    }

    private Progress progress(String run, long parts) {
        long done = 0;
        long read = 0;
        long count = 0;
        var deviations = new ArrayList<Deviation>();
        for (var attributes : parts(run).items()) {
            var part = part(new Item(attributes));
            done += part.done() ? 1 : 0;
            read += part.read();
            count += part.deviationCount();
            part.deviations().stream().limit(MOST_TOLD - deviations.size()).forEach(deviations::add);
        }
        return new Progress(parts, done, read, count, deviations);
    }

    private Optional<Item> item(Item key) {
        return Optional.of(dynamoDb.getItem(get ->
                                get.tableName(table).key(key.attributes()).consistentRead(true))
                        .item())
                .filter(attributes -> !attributes.isEmpty())
                .map(Item::new);
    }

    private static Part part(Item item) {
        return new Part(
                !item.has(NEXT),
                item.number(READ),
                item.number(DEVIATION_COUNT),
                item.list(DEVIATIONS).stream()
                        .map(deviation -> decode(deviation.l()))
                        .toList(),
                item.has(NEXT) ? Optional.of(key(item.list(NEXT))) : Optional.empty());
    }

    private static Item key(List<AttributeValue> next) {
        return Item.keyed(next.getFirst().s(), next.getLast().s());
    }

    private QueryIterable parts(String run) {
        return dynamoDb.queryPaginator(query -> query.tableName(table)
                .keyConditionExpression("pk = :pk")
                .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(Keys.run(kind, run))))
                .consistentRead(true));
    }

    private static AttributeValue encode(Deviation deviation) {
        return AttributeValue.fromL(texts(deviation.rule().name(), deviation.key(), deviation.detail()));
    }

    private static List<AttributeValue> texts(String... texts) {
        return Stream.of(texts).map(AttributeValue::fromS).toList();
    }

    private static Deviation decode(List<AttributeValue> parts) {
        return new Deviation(
                Rule.valueOf(parts.get(0).s()), parts.get(1).s(), parts.get(2).s());
    }
}
