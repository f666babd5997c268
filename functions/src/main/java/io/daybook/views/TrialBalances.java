package io.daybook.views;

import static io.daybook.items.Attributes.RECORDED_AT;
import static io.daybook.items.Attributes.SUMS;

import io.daybook.items.Item;
import io.daybook.items.Values;
import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Counters;
import io.daybook.ledger.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Trial balances: added up now, or what an audit has added up and kept. */
public final class TrialBalances {
    private static final int PAGE = 1000;

    /** How many lines one item takes, at 220 bytes each at most; DynamoDB takes items of 400 KB. */
    private static final int MOST_LINES = 1800;

    /** How many each of several takes: large ones are slow to write. */
    private static final int LINES = 500;

    private final Views views;
    private final DynamoDbClient dynamoDb;
    private final String table;

    public TrialBalances(DynamoDbClient dynamoDb, String table) {
        this.views = new Views(dynamoDb, table);
        this.dynamoDb = dynamoDb;
        this.table = table;
    }

    /**
     * Adds up the ledger at a cut before which every event has been projected. Costs a query for each account or part of a
     * striped one, strongly consistent, 64 of them at once.
     *
     * @param most empty is answered where the ledger has more accounts and parts
     */
    public Optional<TrialBalance> live(String ledger, Instant at, int most) {
        var sums = new TreeMap<TrialBalance.Line, Counters>();
        var after = Optional.<String>empty();
        int read = 0;
        do {
            var page = views.accounts(ledger, "", new Paging(PAGE, true, after), true);
            var parts = page.items().stream().flatMap(TrialBalances::parts).toList();
            read += parts.size();
            if (read > most) {
                return Optional.empty();
            }
            var counters = Parallel.map(
                    parts, part -> views.atForSure(ledger, part.name(), at).balances());
            for (int i = 0; i < counters.size(); i++) {
                sums.merge(parts.get(i).line(), counters.get(i), Counters::plus);
            }
            after = page.next();
        } while (after.isPresent());
        return Optional.of(new TrialBalance(at, sums));
    }

    /** An account, or a part of a striped one, and the line that it adds to. */
    private record Part(String name, TrialBalance.Line line) {}

    private static Stream<Part> parts(Views.ListedAccount account) {
        var line = new TrialBalance.Line(account.asset(), account.type());
        return Names.parts(account.id(), account.stripes()).stream().map(name -> new Part(name, line));
    }

    /** Keeps what an audit has added up, however many assets it has. */
    public void keep(String ledger, TrialBalance balance) {
        var lines = new ArrayList<AttributeValue>();
        balance.sums()
                .forEach((line, counters) -> lines.add(AttributeValue.fromL(Stream.concat(
                                Stream.of(line.asset().toString(), line.type().name())
                                        .map(AttributeValue::fromS),
                                Values.ofSums(counters).stream())
                        .toList())));
        var whole = Keys.audited(ledger, balance.at()).put(RECORDED_AT, balance.at());
        if (lines.size() <= MOST_LINES) {
            put(whole.put(SUMS, lines));
            return;
        }
        for (int from = 0; from < lines.size(); from += LINES) {
            put(Item.keyed(Keys.auditedParts(ledger, balance.at()), "%06d".formatted(from))
                    .put(SUMS, lines.subList(from, Math.min(lines.size(), from + LINES))));
        }
        // Last, so that all of one that is found is there.
        put(whole);
    }

    private void put(Item item) {
        dynamoDb.putItem(put -> put.tableName(table).item(item.attributes()));
    }

    /** The last one that an audit has kept. */
    public Optional<TrialBalance> audited(String ledger) {
        return dynamoDb
                .query(query -> query.tableName(table)
                        .keyConditionExpression("pk = :pk")
                        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(Keys.audits(ledger))))
                        .scanIndexForward(false)
                        .limit(1))
                .items()
                .stream()
                .map(Item::new)
                .map(item -> {
                    var at = item.time(RECORDED_AT);
                    return new TrialBalance(at, sums(item.has(SUMS) ? item.list(SUMS) : parts(ledger, at)));
                })
                .findFirst();
    }

    private List<AttributeValue> parts(String ledger, Instant at) {
        return dynamoDb
                .queryPaginator(query -> query.tableName(table)
                        .keyConditionExpression("pk = :pk")
                        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS(Keys.auditedParts(ledger, at))))
                        .consistentRead(true))
                .items()
                .stream()
                .flatMap(part -> new Item(part).list(SUMS).stream())
                .toList();
    }

    private static SortedMap<TrialBalance.Line, Counters> sums(List<AttributeValue> lines) {
        var sums = new TreeMap<TrialBalance.Line, Counters>();
        for (var line : lines) {
            var parts = line.l();
            var asset = Asset.parse(parts.get(0).s()).orElseThrow();
            var type = AccountType.valueOf(parts.get(1).s());
            sums.put(new TrialBalance.Line(asset, type), Values.sums(parts.subList(2, 6)));
        }
        return sums;
    }
}
