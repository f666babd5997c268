package io.daybook.journal;

import static io.daybook.items.Attributes.*;

import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.items.Message;
import io.daybook.ledger.Account;
import io.daybook.ledger.Books;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import io.daybook.telemetry.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** Appends events to the journal, and puts what it has appended on the events queue. */
public final class Appender {
    /**
     * DynamoDB's limit of writes in one transaction. Its limit of 4 MB is out of reach: what comes in with one request is
     * at most 1 MiB, its at most 4,000 entries make as much again, and 100 heads have less than 1 KB each.
     */
    static final int MAX_WRITES = 100;

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final Shards shards;
    private final Publisher publisher;

    public Appender(DynamoDbClient dynamoDb, String table, Shards shards, Publisher publisher) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        this.shards = shards;
        this.publisher = publisher;
    }

    /**
     * Appends these events, with the heads they lead to and one outbox item, all or none. What is written is published.
     *
     * @param read what the events were decided on
     * @param after the books that they lead to
     * @throws DynamoDbException where DynamoDB refuses the call itself
     */
    Appended append(Read read, List<Event> events, Books after, String correlationId) {
        var before = read.books();
        var shard = shards.outboxOf(Keys.partition(events.getFirst()));
        var items = new ArrayList<Item>();
        var writes = new ArrayList<TransactWriteItem>();
        for (var event : events) {
            var item = EventItems.encode(event).putAll(Keys.of(event)).put(CORRELATION_ID, correlationId);
            Observation.traceparent().ifPresent(parent -> item.put(TRACE_PARENT, parent));
            item.put(OUTBOX_SHARD, shard).put(LIST_SHARD, shards.listOf(item.pk()));
            dueWrite(read, event, item).ifPresent(writes::add);
            items.add(item);
            writes.add(put(item, "attribute_not_exists(pk)", Map.of()));
        }
        for (var head : after.accounts().values()) {
            var old = before.accounts().get(head.part());
            if (!head.equals(old)) {
                writes.add(headWrite(head, old));
            }
        }
        var outbox = Item.keyed(Keys.outbox(shard), Keys.outboxSort(events)).put(EVENTS, keys(items));
        writes.add(put(outbox, null, Map.of()));
        try {
            dynamoDb.transactWriteItems(request -> request.transactItems(writes));
        } catch (TransactionCanceledException e) {
            return raced(writes, e);
        } catch (TransactionInProgressException e) {
            return new Appended.Unanswered();
        } catch (DynamoDbException e) {
            return unwritten(e);
        } catch (SdkClientException e) {
            return new Appended.Unanswered();
        }
        publisher.publish(new Message(outbox.pk(), outbox.sk(), items), correlationId);
        return new Appended.Written();
    }

    /** How many writes an append of these events makes: each event, what it lists as due, each head, the outbox item. */
    static int writes(List<Event> events) {
        var heads = events.stream()
                .filter(Event.OfTransaction.class::isInstance)
                .flatMap(event -> ((Event.OfTransaction) event).entries().stream())
                .map(Entry::part)
                .distinct()
                .count();
        var due = events.stream()
                .filter(event ->
                        event instanceof Event.Held held && held.terms().expiresAt() != null)
                .count();
        return Math.toIntExact(events.size() + due + heads + 1);
    }

    private TransactWriteItem headWrite(Account head, @Nullable Account old) {
        return old == null
                ? put(Heads.encode(head), "attribute_not_exists(pk)", Map.of())
                : put(
                        Heads.encode(head),
                        REVISION + " = :r",
                        Map.of(":r", AttributeValue.fromN(Long.toString(old.revision()))));
    }

    /** A hold that ends by itself is listed as due while it is pending, under a shard that is stored with it. */
    private Optional<TransactWriteItem> dueWrite(Read read, Event event, Item item) {
        return switch (event) {
            case Event.Held held
            when held.terms().expiresAt() != null -> {
                var shard = shards.outboxOf(item.pk());
                item.put(DUE_SHARD, shard);
                yield Optional.of(put(due(shard, held, held.terms().expiresAt()), null, Map.of()));
            }
            case Event.Ended ended -> {
                var hold = read.books().transaction(ended.id()).orElseThrow().placed();
                var expiresAt = hold.terms().expiresAt();
                yield expiresAt == null
                        ? Optional.empty()
                        : Optional.of(delete(due(read.dueShard(hold.id()), hold, expiresAt)));
            }
            default -> Optional.empty();
        };
    }

    private static Item due(int shard, Event.Placed hold, Instant expiresAt) {
        return Item.keyed(Keys.due(shard), Keys.dueSort(expiresAt, hold.ledger(), hold.id()));
    }

    private TransactWriteItem put(Item item, @Nullable String condition, Map<String, AttributeValue> values) {
        return TransactWriteItem.builder()
                .put(Put.builder()
                        .tableName(table)
                        .item(item.attributes())
                        .conditionExpression(condition)
                        .expressionAttributeValues(values.isEmpty() ? null : values)
                        .returnValuesOnConditionCheckFailure(
                                condition == null ? null : ReturnValuesOnConditionCheckFailure.ALL_OLD)
                        .build())
                .build();
    }

    private TransactWriteItem delete(Item key) {
        return TransactWriteItem.builder()
                .delete(Delete.builder().tableName(table).key(key.attributes()).build())
                .build();
    }

    private static List<AttributeValue> keys(List<Item> items) {
        return items.stream()
                .map(item ->
                        AttributeValue.fromL(List.of(AttributeValue.fromS(item.pk()), AttributeValue.fromS(item.sk()))))
                .toList();
    }

    private static Appended unwritten(DynamoDbException e) {
        if (e.statusCode() >= 500 || (e.isThrottlingException() && retried(e))) {
            return new Appended.Unanswered();
        }
        if (e.isThrottlingException()) {
            return new Appended.Raced(List.of(), List.of(), List.of());
        }
        throw e;
    }

    /** The SDK has tried more than once: an attempt before the one that was answered may have been, or yet be, written. */
    private static boolean retried(DynamoDbException e) {
        return e.numAttempts() != null && e.numAttempts() > 1;
    }

    private static Appended raced(List<TransactWriteItem> writes, TransactionCanceledException e) {
        JournalTable.retryableOrThrow(e);
        var heads = new ArrayList<Account>();
        var busy = new ArrayList<Item>();
        var events = new ArrayList<Event>();
        for (int at = 0; at < e.cancellationReasons().size(); at++) {
            var reason = e.cancellationReasons().get(at);
            if ("TransactionConflict".equals(reason.code())) {
                head(writes, at).ifPresent(head -> busy.add(Item.keyed(head.pk(), head.sk())));
            }
            if (reason.hasItem()) {
                var item = new Item(reason.item());
                if (item.sk().equals(Keys.HEAD)) {
                    heads.add(Heads.decode(item));
                } else {
                    events.add(EventItems.decode(item));
                }
            }
        }
        // A condition that has failed fails for ever, for the earlier attempts too; a conflict or a throttle passes.
        return heads.isEmpty() && events.isEmpty() && retried(e)
                ? new Appended.Unanswered()
                : new Appended.Raced(heads, busy, events);
    }

    /** The accounts whose heads another writer has, or had in hand, when this append was cancelled. */
    public static List<String> contended(TransactWriteItemsRequest append, TransactionCanceledException cancelled) {
        var accounts = new ArrayList<String>();
        var reasons = cancelled.cancellationReasons();
        for (int at = 0; at < reasons.size(); at++) {
            if (!"None".equals(reasons.get(at).code())) {
                head(append.transactItems(), at)
                        .ifPresent(head -> accounts.add(head.pk().split("#", 3)[2]));
            }
        }
        return accounts;
    }

    /** The head that one of these writes puts, if it does. */
    private static Optional<Item> head(List<TransactWriteItem> writes, int at) {
        return at < writes.size() && writes.get(at).put() != null
                ? Optional.of(new Item(writes.get(at).put().item()))
                        .filter(item -> item.sk().equals(Keys.HEAD))
                : Optional.empty();
    }
}
