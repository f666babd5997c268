package io.daybook.views;

import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.ledger.Event;
import io.daybook.ledger.Names;
import io.daybook.ledger.Timestamp;
import io.daybook.ledger.Transaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * A ledger's transactions by the time of their first event. The view has an item for each event; they are folded when
 * read. The list may be spread over shards, which are merged.
 */
public final class TransactionList {
    /** A transaction's place is its first recordedAt and its id; an event's key adds {@code #number}. */
    private static final int EVENTS_PER_TRANSACTION = 3;

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final int shards;

    public TransactionList(DynamoDbClient dynamoDb, String table, int shards) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        this.shards = shards;
    }

    /** A transaction's place in the list. */
    public static String place(Transaction transaction) {
        return Timestamp.format(transaction.placed().recordedAt()) + "#" + transaction.id();
    }

    /** Whether a text may be the place of a transaction within a stretch of time. */
    public static boolean isPlace(String text, Range range) {
        var parts = text.split("#", 2);
        return parts.length == 2
                && Names.isTransaction(parts[1])
                && Timestamp.parse(parts[0])
                        .filter(range::contains)
                        .filter(at -> Timestamp.format(at).equals(parts[0]))
                        .isPresent();
    }

    /**
     * A page of the transactions that are wanted. Costs one query for each shard, and half a read unit for every 4 KB or
     * about 6 events; where few are wanted the page is short, and the reading goes on with its next.
     */
    public Page<Transaction> page(String ledger, Range range, Predicate<Transaction> wanted, Paging paging) {
        Comparator<String> order = paging.ascending() ? Comparator.naturalOrder() : Comparator.reverseOrder();
        var places = new TreeMap<String, List<Event.OfTransaction>>(order);
        // The last place up to which every shard has been read.
        Optional<String> known = Optional.empty();
        for (int shard = 0; shard < shards; shard++) {
            var part = read(ledger, shard, range, paging);
            part.places()
                    .forEach((place, events) -> places.computeIfAbsent(place, p -> new ArrayList<>())
                            .addAll(events));
            if (part.readUpTo().isPresent()
                    && (known.isEmpty() || order.compare(part.readUpTo().get(), known.get()) < 0)) {
                known = part.readUpTo();
            }
        }
        var complete = known.map(last -> places.headMap(last, true)).orElse(places);
        var items = new ArrayList<Transaction>();
        for (var place : complete.entrySet()) {
            Transaction.fold(place.getValue()).filter(wanted).ifPresent(items::add);
            if (items.size() == paging.limit()) {
                var more = known.isPresent() || !place.getKey().equals(complete.lastKey());
                return new Page<>(items, more ? Optional.of(place.getKey()) : Optional.empty());
            }
        }
        return new Page<>(items, known);
    }

    /**
     * What one query of a shard has brought.
     *
     * @param readUpTo the last place whose events are all there; empty where the shard has been read to its end
     */
    private record Part(Map<String, List<Event.OfTransaction>> places, Optional<String> readUpTo) {}

    private Part read(String ledger, int shard, Range range, Paging paging) {
        var pk = Keys.transactions(ledger, shard);
        var answer = dynamoDb.query(QueryRequest.builder()
                .tableName(table)
                .keyConditionExpression("pk = :pk AND sk BETWEEN :from AND :to")
                .expressionAttributeValues(Map.of(
                        ":pk", AttributeValue.fromS(pk),
                        ":from", AttributeValue.fromS(range.lowest()),
                        ":to", AttributeValue.fromS(range.highest())))
                .scanIndexForward(paging.ascending())
                .exclusiveStartKey(paging.after()
                        .map(place -> Item.keyed(pk, place + (paging.ascending() ? "#~" : "#"))
                                .attributes())
                        .orElse(null))
                // One transaction more than asked for, since the last one may be cut off.
                .limit((paging.limit() + 1) * EVENTS_PER_TRANSACTION)
                .build());
        var places = new TreeMap<String, List<Event.OfTransaction>>(
                paging.ascending() ? Comparator.naturalOrder() : Comparator.reverseOrder());
        for (var attributes : answer.items()) {
            var item = new Item(attributes);
            var place = item.sk().substring(0, item.sk().lastIndexOf('#'));
            places.computeIfAbsent(place, p -> new ArrayList<>()).add((Event.OfTransaction) EventItems.decode(item));
        }
        if (!answer.hasLastEvaluatedKey()) {
            return new Part(places, Optional.empty());
        }
        places.pollLastEntry();
        return new Part(places, Optional.of(places.lastKey()));
    }
}
