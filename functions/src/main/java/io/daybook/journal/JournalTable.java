package io.daybook.journal;

import static io.daybook.items.Attributes.*;

import io.daybook.items.Backoff;
import io.daybook.items.Batches;
import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.items.Message;
import io.daybook.ledger.Account;
import io.daybook.ledger.Books;
import io.daybook.ledger.Command;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import io.daybook.ledger.Transaction;
import io.daybook.telemetry.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ItemResponse;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** The journal table: strongly consistent reads, and appends of whole sets of events. */
public final class JournalTable {
    /**
     * DynamoDB's limit of writes in one transaction. Its limit of 4 MB is out of reach: what comes in with one request is
     * at most 1 MiB, its at most 4,000 entries make as much again, and 100 heads have less than 1 KB each.
     */
    static final int MAX_WRITES = 100;

    /** DynamoDB takes 100 in one transaction, and 4 MB: as large as events can be, with all of their metadata, it takes 40. */
    private static final int MAX_READS = 40;

    /** How often what does not belong together, or is being written, is read. */
    private static final int MAX_ROUNDS = 6;

    private static final Set<String> RETRYABLE = Set.of(
            "None",
            "ConditionalCheckFailed",
            "TransactionConflict",
            "ProvisionedThroughputExceeded",
            "ThrottlingError");

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final Shards shards;
    private final StripedAccounts striped = new StripedAccounts();

    public JournalTable(DynamoDbClient dynamoDb, String table, Shards shards) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        this.shards = shards;
    }

    /**
     * The heads that these transactions move, of those of their accounts that exist. Costs one read unit each, in one call
     * for every 100, and as much again for those of which it was not known yet that they are striped.
     *
     * @param accounts by the transaction that moves them
     */
    List<Account> heads(String ledger, Map<String, List<String>> accounts) {
        var found = new HashMap<String, Account>();
        var asked = new HashSet<String>();
        var missing = missing(ledger, accounts, found);
        while (!missing.isEmpty()) {
            asked.addAll(missing);
            var read = heads(ledger, missing);
            read.forEach(head -> found.put(head.part(), head));
            striped.note(read);
            missing = missing(ledger, accounts, found);
            // What does not exist is not asked for again.
            missing.removeAll(asked);
        }
        // An account that is being opened can be seen before its parts can: it is not open yet.
        accounts.forEach((transaction, ids) -> ids.stream()
                .filter(id -> found.containsKey(id)
                        && !found.containsKey(found.get(id).partFor(transaction)))
                .toList()
                .forEach(found::remove));
        return List.copyOf(found.values());
    }

    /** The names of the heads that are needed next; of accounts that are known to be striped, that is found. */
    private Set<String> missing(String ledger, Map<String, List<String>> accounts, Map<String, Account> found) {
        var missing = new LinkedHashSet<String>();
        accounts.forEach((transaction, ids) -> {
            for (var id : ids) {
                striped.find(ledger, id).ifPresent(own -> found.put(id, own));
                var own = found.get(id);
                var part = own == null ? id : own.partFor(transaction);
                if (!found.containsKey(part)) {
                    missing.add(part);
                }
            }
        });
        return missing;
    }

    private List<Account> heads(String ledger, Collection<String> parts) {
        var keys = parts.stream()
                .map(part -> Item.keyed(Keys.account(ledger, part), Keys.HEAD))
                .toList();
        return Batches.get(dynamoDb, table, keys).stream().map(Heads::decode).toList();
    }

    /**
     * An account's heads and newest definition, in one call, or two where it is striped; nothing where there is no such
     * account. The parts are read each as it is at its moment. What an append is just writing can be seen item by item, and
     * is read again until it belongs together.
     *
     * @throws SdkClientException where head and definition do not, again and again
     */
    Read account(String ledger, String account) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Backoff.pause(round);
            var whole = accountAtOnce(ledger, account, round);
            if (whole.isPresent()) {
                return whole.get();
            }
        }
        throw SdkClientException.create("the account was being written each time it was read");
    }

    private Optional<Read> accountAtOnce(String ledger, String account, int round) {
        // The head sorts after every definition.
        var newest = dynamoDb.query(query -> query.tableName(table)
                        .consistentRead(true)
                        .keyConditionExpression("pk = :pk")
                        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(Keys.account(ledger, account))))
                        .scanIndexForward(false)
                        .limit(2))
                .items();
        if (newest.isEmpty()) {
            return Optional.of(Read.NOTHING);
        }
        var head = new Item(newest.getFirst());
        if (newest.size() == 1 || !head.sk().equals(Keys.HEAD)) {
            return Optional.empty();
        }
        var own = Heads.decode(head);
        var definition = (Event.AccountDefined) EventItems.decode(new Item(newest.getLast()));
        var parts = own.isStriped() ? heads(ledger, own.parts()) : List.<Account>of();
        var together = own.definition() == definition.number()
                && (!own.isStriped() || parts.size() == own.stripes())
                // What is still so by the last round is not being written: opening or closing the account mends it.
                && (round == MAX_ROUNDS - 1 || parts.stream().allMatch(part -> part.closed() == own.closed()));
        return together
                ? Optional.of(Read.NOTHING.with(List.of(own)).with(parts).with(definition))
                : Optional.empty();
    }

    /** The heads that these transactions of one ledger are decided on. */
    Read load(List<Command.PostTransaction> commands) {
        var accounts = new HashMap<String, List<String>>();
        commands.forEach(command -> accounts.put(command.id(), command.accounts()));
        return Read.NOTHING.with(heads(commands.getFirst().ledger(), accounts));
    }

    /** Adds event 0 of those of these transactions that {@linkplain #together exist}. */
    Read withPlaced(Read read, List<Command.PostTransaction> commands) {
        var keys = commands.stream()
                .map(command -> Item.keyed(Keys.transaction(command.ledger(), command.id()), Keys.PLACED))
                .toList();
        return read.withPlaced(together(keys).stream()
                .map(item -> Transaction.of((Event.Placed) EventItems.decode(item)))
                .toList());
    }

    /** A transaction's event items with these numbers that {@linkplain #together exist}. */
    List<Item> events(String ledger, String id, List<String> numbers) {
        var pk = Keys.transaction(ledger, id);
        return together(numbers.stream().map(number -> Item.keyed(pk, number)).toList());
    }

    /**
     * Those of these items that exist, every 40 of them at one moment. Only so is it sure of one that is not found that no
     * append is just writing it whose heads have been seen already: to any other read, an append becomes visible item by
     * item. Costs two read units each, in one call for every 40.
     *
     * @throws SdkClientException where appends are writing them each time
     * @see <a
     *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation">Isolation
     *     levels</a>
     */
    private List<Item> together(List<Item> keys) {
        var found = new ArrayList<Item>();
        for (int from = 0; from < keys.size(); from += MAX_READS) {
            found.addAll(atOneMoment(keys.subList(from, Math.min(keys.size(), from + MAX_READS))));
        }
        return found;
    }

    private List<Item> atOneMoment(List<Item> keys) {
        var gets = keys.stream()
                .map(key -> TransactGetItem.builder()
                        .get(get -> get.tableName(table).key(key.attributes()))
                        .build())
                .toList();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Backoff.pause(round);
            try {
                return dynamoDb.transactGetItems(request -> request.transactItems(gets)).responses().stream()
                        .filter(ItemResponse::hasItem)
                        .map(response -> new Item(response.item()))
                        .toList();
            } catch (TransactionCanceledException e) {
                retryableOrThrow(e);
            }
        }
        throw SdkClientException.create("the items were being written each time they were read");
    }

    /** Throws it again unless another try can overcome every reason. */
    private static void retryableOrThrow(TransactionCanceledException e) {
        if (!e.cancellationReasons().stream().allMatch(reason -> RETRYABLE.contains(reason.code()))) {
            throw e;
        }
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

    /** A transaction's event items so far, in one call. */
    List<Item> stream(String ledger, String id) {
        return dynamoDb
                .query(query -> query.tableName(table)
                        .consistentRead(true)
                        .keyConditionExpression("pk = :pk")
                        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(Keys.transaction(ledger, id)))))
                .items()
                .stream()
                .map(Item::new)
                .toList();
    }

    /** The event items with these keys, as a message names them. */
    public List<Item> events(List<Item> keys) {
        return Batches.get(dynamoDb, table, keys);
    }

    /**
     * Appends these events, with the heads they lead to and one outbox item, all or none.
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
            return new Appended.Written(new Message(outbox.pk(), outbox.sk(), items));
        } catch (TransactionCanceledException e) {
            return raced(writes, e);
        } catch (TransactionInProgressException e) {
            return new Appended.Unanswered();
        } catch (DynamoDbException e) {
            return unwritten(e);
        } catch (SdkClientException e) {
            return new Appended.Unanswered();
        }
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
        retryableOrThrow(e);
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

    /**
     * What is known after a lost race. The heads that another append had in hand are read: by what they were before, the
     * next try would be cancelled as well, which costs as much as an append.
     */
    Read after(Appended.Raced raced, Read read) {
        var known = read.with(raced.heads());
        return raced.busy().isEmpty()
                ? known
                : known.with(Batches.get(dynamoDb, table, raced.busy()).stream()
                        .map(Heads::decode)
                        .toList());
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

    private TransactWriteItem delete(Item key) {
        return TransactWriteItem.builder()
                .delete(Delete.builder().tableName(table).key(key.attributes()).build())
                .build();
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

    private static List<AttributeValue> keys(List<Item> items) {
        return items.stream()
                .map(item ->
                        AttributeValue.fromL(List.of(AttributeValue.fromS(item.pk()), AttributeValue.fromS(item.sk()))))
                .toList();
    }
}
