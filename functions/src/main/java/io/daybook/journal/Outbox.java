package io.daybook.journal;

import static io.daybook.items.Attributes.*;

import io.daybook.items.Batches;
import io.daybook.items.Item;
import io.daybook.items.Message;
import io.daybook.ledger.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * What has been appended and not yet been acknowledged by the projector. An item is written with its events, published
 * again by the relay for as long as it is there, and deleted by the projector after its last view write.
 */
public final class Outbox {
    /** How long the message sent with the append is given, and how far ahead of its time an item may be dated. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** So long ago nothing can be written any more: a write attempt ends within 3 s and clocks agree within 2 s, twice over. */
    public static final Duration SETTLED = Duration.ofSeconds(10);

    private static final int PAGE = 200;
    private static final int MAX_PAGES = 20;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

    private final DynamoDbClient dynamoDb;
    private final String table;

    public Outbox(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = dynamoDb;
        this.table = table;
    }

    /**
     * What is still to be acknowledged.
     *
     * @param attempts how often the relay has published it
     * @param events the keys of its events
     */
    public record Pending(String pk, String sk, Instant nextAt, int attempts, List<Item> events) {

        /** When the oldest of its events was recorded. */
        public Instant recordedAt() {
            return Timestamp.read(sk.split("#", 2)[0]);
        }

        String ledger() {
            return sk.split("#", 3)[1];
        }

        /** Whether it is time to publish it again; one dated far ahead comes from a wrong clock and does not wait for it. */
        public boolean isDue(Instant now) {
            return !nextAt.isAfter(now)
                    || (attempts == 0 && nextAt.isAfter(now.plus(GRACE).plus(GRACE)));
        }
    }

    /**
     * The oldest items of a shard.
     *
     * @param after start behind this sort key; empty for the beginning
     */
    public Slice<Pending> oldest(int shard, String after, int limit) {
        var answer = dynamoDb.query(QueryRequest.builder()
                .tableName(table)
                .keyConditionExpression("pk = :pk AND sk > :after")
                .expressionAttributeValues(Map.of(
                        ":pk", AttributeValue.fromS(Keys.outbox(shard)),
                        // A key value must not be empty, and everything sorts after a blank.
                        ":after", AttributeValue.fromS(after.isEmpty() ? " " : after)))
                .consistentRead(true)
                .limit(limit)
                .build());
        return new Slice<>(
                answer.items().stream()
                        .map(attributes -> pending(new Item(attributes)))
                        .toList(),
                answer.hasLastEvaluatedKey());
    }

    /**
     * The latest time before which every entry of a ledger is in its views: nothing older is still to be projected, and
     * nothing older can still be written.
     *
     * @param shards over how many keys the outbox is spread
     */
    public Instant safeCut(String ledger, int shards, InstantSource clock) {
        // The first answer shows whether the machine's clock is to be trusted.
        oldest(0, "", 1);
        var cut = clock.instant().minus(SETTLED).truncatedTo(ChronoUnit.MICROS);
        for (int shard = 0; shard < shards; shard++) {
            var oldest = oldestOf(ledger, shard);
            if (oldest.isPresent() && !oldest.get().isAfter(cut)) {
                cut = oldest.get().minus(1, ChronoUnit.MICROS);
            }
        }
        return cut;
    }

    /** When the ledger's oldest item of a shard was recorded, or where that takes too much reading, one before it. */
    private Optional<Instant> oldestOf(String ledger, int shard) {
        var slice = oldest(shard, "", PAGE);
        var oldest = slice.items().stream().map(Pending::recordedAt).findFirst();
        for (int page = 0; page < MAX_PAGES; page++) {
            var found = slice.items().stream()
                    .filter(item -> item.ledger().equals(ledger))
                    .map(Pending::recordedAt)
                    .findFirst();
            if (found.isPresent() || !slice.more()) {
                return found;
            }
            slice = oldest(shard, slice.items().getLast().sk(), PAGE);
        }
        return oldest;
    }

    /** Notes that an item has been published again. Never brings back what the projector has deleted meanwhile. */
    public void published(Pending item, Instant now) {
        var wait = GRACE.multipliedBy(1L << Math.min(item.attempts() + 1, 4));
        var next = now.plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
        try {
            dynamoDb.updateItem(update -> update.tableName(table)
                    .key(Item.keyed(item.pk(), item.sk()).attributes())
                    .updateExpression("SET #attempts = :attempts, #next = :next")
                    .conditionExpression("attribute_exists(pk)")
                    .expressionAttributeNames(Map.of("#attempts", ATTEMPTS, "#next", NEXT_AT))
                    .expressionAttributeValues(Map.of(
                            ":attempts", AttributeValue.fromN(Integer.toString(item.attempts() + 1)),
                            ":next", AttributeValue.fromS(Timestamp.format(next)))));
        } catch (ConditionalCheckFailedException e) {
            // Acknowledged in between: there is nothing left to note.
        }
    }

    /** The keys of a message's events, where the message itself was too small for them; empty once it is acknowledged. */
    public List<Item> eventsOf(Message message) {
        var item = dynamoDb.getItem(get -> get.tableName(table)
                        .consistentRead(true)
                        .key(key(message).attributes()))
                .item();
        return item.isEmpty() ? List.of() : pending(new Item(item)).events();
    }

    /** Acknowledges messages, all of whose views have been written. */
    public void acknowledge(Collection<Message> messages) {
        Batches.delete(dynamoDb, table, messages.stream().map(Outbox::key).toList());
    }

    private static Item key(Message message) {
        return Item.keyed(message.outboxPk(), message.outboxSk());
    }

    static Pending pending(Item item) {
        var keys = new ArrayList<Item>();
        item.list(EVENTS)
                .forEach(key ->
                        keys.add(Item.keyed(key.l().get(0).s(), key.l().get(1).s())));
        var written = Timestamp.read(item.sk().split("#", 2)[0]);
        return new Pending(
                item.pk(),
                item.sk(),
                item.timeIfAny(NEXT_AT).orElse(written.plus(GRACE)),
                item.numberIfAny(ATTEMPTS).map(Number::intValue).orElse(0),
                keys);
    }
}
