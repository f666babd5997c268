package io.daybook.views;

import static io.daybook.items.Attributes.*;

import io.daybook.items.Batches;
import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.items.Values;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import io.daybook.ledger.Names;
import io.daybook.ledger.Standing;
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
        Batches.put(dynamoDb, table, items(projections));
        putDefinitions(projections);
    }

    /** As {@link #write}, where nobody waits for it: what DynamoDB has no capacity for is written when it has some. */
    public void writePatiently(Collection<Projection> projections) {
        Batches.putPatiently(dynamoDb, table, items(projections));
        putDefinitions(projections);
    }

    private static List<Item> items(Collection<Projection> projections) {
        // One batch takes no key twice.
        var items = new LinkedHashMap<String, Item>();
        projections.stream()
                .flatMap(projection -> projection.items().stream())
                .forEach(item -> items.put(item.key(), item));
        return List.copyOf(items.values());
    }

    private void putDefinitions(Collection<Projection> projections) {
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

    /**
     * An account as its definition and newest entry show it, in one query, and one more for each part of a striped one;
     * empty where the view has no definition of it.
     */
    public Optional<AccountState> account(String ledger, String account) {
        return newest(ledger, account).map(this::withParts);
    }

    /** As {@link #account}, of many accounts at once. */
    public List<Optional<AccountState>> accounts(String ledger, List<String> accounts) {
        return Parallel.map(accounts, account -> newest(ledger, account)).stream()
                .map(found -> found.map(this::withParts))
                .toList();
    }

    /** The names of what an account's money is kept in; empty where the view has no definition of it. Costs one query. */
    public Optional<List<String>> parts(String ledger, String account) {
        return newest(ledger, account).map(AccountState::partNames);
    }

    /** An account by its newest two items, which of a striped one are the definition alone. */
    private Optional<AccountState> newest(String ledger, String account) {
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
        var entry = newest.stream().skip(1).map(Views::entry).findFirst();
        return Optional.of(AccountState.of(defined, List.of(standing(entry))));
    }

    private AccountState withParts(AccountState account) {
        return account.definition().stripes() == 1
                ? account
                : account.with(Parallel.map(account.partNames(), part -> last(account.ledger(), part, ":", false)));
    }

    /**
     * A page of an account's entries. Costs one query, a read unit for every 8 KB or about 20 entries.
     *
     * @param parts the account's; those of a striped one are read at a query each, a share of the page from each of them
     */
    public Entries entries(String ledger, List<String> parts, Range range, Paging paging) {
        int share = Math.ceilDiv(paging.limit(), parts.size());
        var pages = Parallel.map(parts, part -> {
            var after = paging.after()
                    .map(place -> EntryPlace.parse(place).orElseThrow().in(Names.stripe(part), paging.ascending()));
            return page(
                    Keys.entries(ledger, part),
                    range.lowest(),
                    range.highest(),
                    new Paging(share, paging.ascending(), after),
                    Views::entry);
        });
        return new Entries(pages, paging);
    }

    /**
     * How an account or a part stood before one of its entries, strongly consistent. Costs one query of one item.
     *
     * @param place where the entry is among them
     */
    Standing beforeForSure(String ledger, String part, String place) {
        var paging = new Paging(1, false, Optional.of(place));
        return standing(page(Keys.entries(ledger, part), "0", ":", paging, true, Views::entry).items().stream()
                .findFirst());
    }

    /**
     * How an account or a part stood after the entry of this version, or after the last one before it if it is not there,
     * strongly consistent. Costs one query of one item.
     *
     * @param latest when that entry was recorded, or later, but not later than the next one
     */
    Standing atForSure(String ledger, String part, Instant latest, long version) {
        return last(ledger, part, Keys.inEntries(latest, version), true);
    }

    /** How an account or a part stood before this instant. Costs one query of one item. */
    public Standing before(String ledger, String part, Instant instant) {
        return last(ledger, part, Timestamp.format(instant), false);
    }

    /** How an account or a part stood at this instant, after what was recorded at it. Costs one query of one item. */
    public Standing at(String ledger, String part, Instant instant) {
        return last(ledger, part, Timestamp.format(instant) + "#~", false);
    }

    /** As {@link #at}, strongly consistent. */
    Standing atForSure(String ledger, String part, Instant instant) {
        return last(ledger, part, Timestamp.format(instant) + "#~", true);
    }

    /**
     * The version of an account or a part where a page of entries begins, its oldest first. Costs one query of one item,
     * and none where the entry before the page was its own.
     *
     * @param place of the entry before the page
     */
    public long versionBefore(String ledger, String part, EntryPlace place) {
        int stripe = Names.stripe(part);
        return stripe == place.stripe()
                ? place.version()
                : last(ledger, part, place.in(stripe, true), false).version();
    }

    /** The version before the first entry recorded at or after this instant, where there is one. Costs one query of one item. */
    public Optional<Long> versionBeforeNext(String ledger, String part, Instant instant) {
        return one(ledger, part, Timestamp.format(instant), ":", true, false)
                .map(next -> next.entry().version() - 1);
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
                        item.text(ACCOUNT),
                        EventItems.asset(item),
                        AccountType.valueOf(item.text(ACCOUNT_TYPE)),
                        item.has(STRIPES) ? Math.toIntExact(item.number(STRIPES)) : 1));
    }

    /** What the directory of accounts says of one, none of which ever changes. */
    public record ListedAccount(String id, Asset asset, AccountType type, int stripes) {}

    /** A page of the ledgers that have an account, by name. */
    public Page<String> ledgers(Paging paging) {
        return page(Keys.LEDGERS, "0", "~", paging, item -> item.text(LEDGER));
    }

    private Standing last(String ledger, String part, String upTo, boolean forSure) {
        return standing(one(ledger, part, "0", upTo, false, forSure));
    }

    private static Standing standing(Optional<RecordedEntry> entry) {
        return entry.map(RecordedEntry::standing).orElse(Standing.START);
    }

    private Optional<RecordedEntry> one(
            String ledger, String part, String lowest, String highest, boolean ascending, boolean forSure) {
        var paging = new Paging(1, ascending, Optional.empty());
        return page(Keys.entries(ledger, part), lowest, highest, paging, forSure, Views::entry).items().stream()
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

    static RecordedEntry entry(Item item) {
        return new RecordedEntry(
                new Entry(
                        item.text(ACCOUNT),
                        item.has(STRIPE) ? Math.toIntExact(item.number(STRIPE)) : 0,
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
