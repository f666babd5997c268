package io.daybook.journal;

import io.daybook.items.Backoff;
import io.daybook.items.Batches;
import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.ledger.Account;
import io.daybook.ledger.Command;
import io.daybook.ledger.Event;
import io.daybook.ledger.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Reads of the journal table, all of them strongly consistent. */
public final class JournalTable {
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
    private final StripedAccounts striped = new StripedAccounts();

    public JournalTable(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = dynamoDb;
        this.table = table;
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

    /**
     * Adds event 0 of those of these transactions that {@linkplain #together exist}. Where one of them was not known, what it
     * has moved is read again: a refusal that rests on heads from before it would be of a state that never was.
     */
    Read withPlaced(Read read, List<Command.PostTransaction> commands) {
        var keys = commands.stream()
                .map(command -> Item.keyed(Keys.transaction(command.ledger(), command.id()), Keys.PLACED))
                .toList();
        var more = read.withPlaced(together(keys).stream()
                .map(item -> Transaction.of((Event.Placed) EventItems.decode(item)))
                .toList());
        return more.books().transactions().size() == read.books().transactions().size()
                ? more
                : more.with(List.copyOf(load(commands).books().accounts().values()));
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

    /** Throws it again unless another try can overcome every reason that a transaction was cancelled for. */
    static void retryableOrThrow(TransactionCanceledException e) {
        if (!e.cancellationReasons().stream().allMatch(reason -> RETRYABLE.contains(reason.code()))) {
            throw e;
        }
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
}
