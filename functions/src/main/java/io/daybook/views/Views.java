package io.daybook.views;

import static io.daybook.items.Attributes.*;

import io.daybook.items.Batches;
import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.items.Values;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Counters;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** The views table: what the projector writes into it, and what it answers. Its reads are eventually consistent. */
public final class Views {
    private final DynamoDbClient dynamoDb;
    private final String table;

    public Views(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = dynamoDb;
        this.table = table;
    }

    /** Writes what these events put into the views. Repeating it, or another order, changes nothing. */
    public void write(Collection<Projection> projections) {
        // One batch takes no key twice.
        var items = new LinkedHashMap<String, Item>();
        projections.stream()
                .flatMap(projection -> projection.items().stream())
                .forEach(item -> items.put(item.key(), item));
        Batches.put(dynamoDb, table, List.copyOf(items.values()));
        projections.stream()
                .flatMap(projection -> projection.definitions().stream())
                .forEach(this::putDefinition);
    }

    private void putDefinition(Item definition) {
        try {
            dynamoDb.putItem(put -> put.tableName(table)
                    .item(definition.attributes())
                    .conditionExpression("attribute_not_exists(pk) OR #number < :number")
                    .expressionAttributeNames(Map.of("#number", DEFINITION))
                    .expressionAttributeValues(
                            Map.of(":number", AttributeValue.fromN(Long.toString(definition.number(DEFINITION))))));
        } catch (ConditionalCheckFailedException e) {
            // A newer one is there, or this very one.
        }
    }

    /** An account as its definition and newest entry show it, in one query; empty where the view has no definition of it. */
    public Optional<AccountState> account(String ledger, String account) {
        var newest =
                dynamoDb
                        .query(query(Keys.entries(ledger, account))
                                .scanIndexForward(false)
                                .limit(2)
                                .build())
                        .items()
                        .stream()
                        .map(Item::new)
                        .toList();
        if (newest.isEmpty() || !newest.getFirst().sk().equals(Keys.DEFINITION)) {
            return Optional.empty();
        }
        var defined = (Event.AccountDefined) EventItems.decode(newest.getFirst());
        var entry = newest.size() == 1 ? null : entry(newest.getLast());
        return Optional.of(new AccountState(
                ledger,
                account,
                defined.definition(),
                defined.number(),
                defined.openedAt(),
                entry == null ? 0 : entry.entry().version(),
                entry == null ? Counters.ZERO : entry.entry().balances(),
                entry == null || entry.recordedAt().isBefore(defined.recordedAt())
                        ? defined.recordedAt()
                        : entry.recordedAt()));
    }

    /** A page of an account's entries. Costs one query, a read unit for every 8 KB or about 20 entries. */
    public Page<RecordedEntry> entries(String ledger, String account, Range range, Paging paging) {
        return page(Keys.entries(ledger, account), range.lowest(), range.highest(), paging, Views::entry);
    }

    /** A page of all of an account's entries, strongly consistent. */
    Page<RecordedEntry> entriesForSure(String ledger, String account, Paging paging) {
        return page(Keys.entries(ledger, account), "0", ":", paging, true, Views::entry);
    }

    /** The last entry recorded before this instant. Costs one query of one item. */
    public Optional<RecordedEntry> lastEntryBefore(String ledger, String account, Instant instant) {
        return one(ledger, account, "0", Timestamp.format(instant), false, false);
    }

    /** The last entry recorded at or before this instant. Costs one query of one item. */
    public Optional<RecordedEntry> lastEntryAt(String ledger, String account, Instant instant) {
        return one(ledger, account, "0", Timestamp.format(instant) + "#~", false, false);
    }

    /** As {@link #lastEntryAt}, strongly consistent. */
    Optional<RecordedEntry> lastEntryAtForSure(String ledger, String account, Instant instant) {
        return one(ledger, account, "0", Timestamp.format(instant) + "#~", false, true);
    }

    /** The first entry recorded at or after this instant. Costs one query of one item. */
    public Optional<RecordedEntry> firstEntryFrom(String ledger, String account, Instant instant) {
        return one(ledger, account, Timestamp.format(instant), ":", true, false);
    }

    /** A page of a ledger's accounts whose id begins with {@code prefix}, by id. Costs one query. */
    public Page<ListedAccount> accounts(String ledger, String prefix, Paging paging, boolean forSure) {
        // "~" sorts after all that an account's id is made of.
        return page(
                Keys.accounts(ledger),
                prefix.isEmpty() ? "0" : prefix,
                prefix + "~",
                paging,
                forSure,
                item -> new ListedAccount(
                        item.text(ACCOUNT), EventItems.asset(item), AccountType.valueOf(item.text(ACCOUNT_TYPE))));
    }

    /** The version of the entry at a place of the list of entries; empty where that is no such place. */
    public static Optional<Long> versionAt(String place) {
        var version = place.substring(place.indexOf('#') + 1);
        return version.matches("[0-9]{12}") ? Optional.of(Long.parseLong(version)) : Optional.empty();
    }

    /** What the directory of accounts says of one, none of which ever changes. */
    public record ListedAccount(String id, Asset asset, AccountType type) {}

    /** A page of the ledgers that have an account, by name. */
    public Page<String> ledgers(Paging paging) {
        return page(Keys.LEDGERS, "0", "~", paging, item -> item.text(LEDGER));
    }

    private Optional<RecordedEntry> one(
            String ledger, String account, String lowest, String highest, boolean ascending, boolean forSure) {
        var paging = new Paging(1, ascending, Optional.empty());
        return page(Keys.entries(ledger, account), lowest, highest, paging, forSure, Views::entry).items().stream()
                .findFirst();
    }

    private <T> Page<T> page(String pk, String from, String to, Paging paging, Function<Item, T> read) {
        return page(pk, from, to, paging, false, read);
    }

    private <T> Page<T> page(
            String pk, String from, String to, Paging paging, boolean forSure, Function<Item, T> read) {
        var answer = dynamoDb.query(QueryRequest.builder()
                .tableName(table)
                .keyConditionExpression("pk = :pk AND sk BETWEEN :from AND :to")
                .expressionAttributeValues(Map.of(
                        ":pk", AttributeValue.fromS(pk),
                        ":from", AttributeValue.fromS(from),
                        ":to", AttributeValue.fromS(to)))
                .consistentRead(forSure)
                .scanIndexForward(paging.ascending())
                .exclusiveStartKey(paging.after()
                        .map(sk -> Item.keyed(pk, sk).attributes())
                        .orElse(null))
                .limit(paging.limit())
                .build());
        return new Page<>(
                answer.items().stream().map(Item::new).map(read).toList(),
                answer.hasLastEvaluatedKey()
                        ? Optional.of(new Item(answer.lastEvaluatedKey()).sk())
                        : Optional.empty());
    }

    private QueryRequest.Builder query(String pk) {
        return QueryRequest.builder()
                .tableName(table)
                .keyConditionExpression("pk = :pk")
                .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(pk)));
    }

    private static RecordedEntry entry(Item item) {
        return new RecordedEntry(
                new Entry(
                        item.text(ACCOUNT),
                        Values.side(item.text(NORMAL)),
                        item.number(VERSION),
                        Values.counters(item.list(CHANGE)),
                        Values.counters(item.list(BALANCES))),
                item.text(TRANSACTION),
                item.time(RECORDED_AT),
                item.time(EFFECTIVE_AT),
                item.textIfAny(DESCRIPTION).orElse(null));
    }
}
