package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.background.AuditLedger;
import io.daybook.items.Backoff;
import io.daybook.items.Deviation;
import io.daybook.items.Item;
import io.daybook.journal.JournalAudit;
import io.daybook.journal.Shards;
import io.daybook.ledger.AccountType;
import io.daybook.ledger.Amount;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Counters;
import io.daybook.local.FunctionException;
import io.daybook.local.LocalCloud;
import io.daybook.views.TrialBalance;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

/** The audit proves itself on books that are damaged on purpose, one way at a time. */
class AuditTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static LocalCloud cloud;

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.now().minus(Duration.ofHours(2)));
    private Machine machine;
    private Tables tables;
    private String ledger;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(SharedCloud.template());
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    /** Two hours ago, so that all of it is long over. */
    @BeforeEach
    void live() {
        machine = Machine.in(cloud, now::get);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
        tables.clear("Journal");
        tables.clear("Views");
        ledger = machine.ledger("cash", "alice", "bob");
        LedgersLife.live(machine, ledger, now);
        Await.until(
                "all is in the views",
                SOON,
                () -> tables.items("Journal").stream()
                        .noneMatch(item -> Tables.key(item).startsWith("outbox#")));
    }

    /**
     * A way to damage the books.
     *
     * @param rules that the audit then finds broken, and no others
     */
    private record Damage(String name, Set<String> rules, BiConsumer<Tables, String> done) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Damage damage(String name, String rules, BiConsumer<Tables, String> done) {
        return new Damage(name, new TreeSet<>(List.of(rules.split(" "))), done);
    }

    static Stream<Damage> damages() {
        return Stream.of(
                damage(
                        "a head has lost money",
                        "HEAD",
                        (tables, ledger) ->
                                tables.change("Journal", "a#" + ledger + "#alice head", item -> add(item, "b", 1, -1))),
                damage(
                        "a head has another version",
                        "HEAD",
                        (tables, ledger) -> tables.change(
                                "Journal",
                                "a#" + ledger + "#alice head",
                                item -> item.put("v", AttributeValue.fromN("99")))),
                damage(
                        "a head has another limit than its definition",
                        "HEAD",
                        (tables, ledger) ->
                                tables.change("Journal", "a#" + ledger + "#bob head", item -> item.remove("mi"))),
                damage(
                        "a head is gone",
                        "COMPLETE",
                        (tables, ledger) -> tables.delete("Journal", "a#" + ledger + "#bob head")),
                damage(
                        "a part of a striped account has lost money",
                        "HEAD",
                        (tables, ledger) ->
                                tables.change("Journal", "a#" + ledger + "#hot#2 head", item -> add(item, "b", 1, -1))),
                damage(
                        "a part of a striped account is open though the account is closed",
                        "HEAD",
                        (tables, ledger) ->
                                tables.change("Journal", "a#" + ledger + "#hot#2 head", item -> item.remove("cl"))),
                damage(
                        "a part of a striped account is gone",
                        "COMPLETE",
                        (tables, ledger) -> tables.delete("Journal", "a#" + ledger + "#hot#2 head")),
                damage(
                        "a definition is gone",
                        "COMPLETE FOUNDED",
                        (tables, ledger) -> tables.delete("Journal", "a#" + ledger + "#bob e#0000000001")),
                damage(
                        "an event is gone",
                        "FOUNDED",
                        (tables, ledger) -> tables.delete("Journal", key(tables, "y", "declined"))),
                damage(
                        "a hold is gone, its end is there",
                        "COMPLETE FOUNDED",
                        (tables, ledger) -> tables.delete(
                                "Journal", key(tables, "y", "voided").replace(" 1", " 0"))),
                damage(
                        "an end is gone",
                        "FOUNDED",
                        (tables, ledger) -> tables.delete("Journal", key(tables, "y", "voided"))),
                damage(
                        "the mark of a reversal is gone",
                        "COMPLETE FOUNDED",
                        (tables, ledger) -> tables.delete("Journal", key(tables, "y", "reversed"))),
                damage(
                        "a posting says more than was moved",
                        "FOUNDED SOUND VIEWED",
                        (tables, ledger) ->
                                tables.change("Journal", key(tables, "k", "k"), item -> postings(item, 1001))),
                damage(
                        "what was settled says more than was moved",
                        "FOUNDED SOUND VIEWED",
                        (tables, ledger) -> tables.change(
                                "Journal",
                                key(tables, "y", "settled"),
                                item -> item.put("q", AttributeValue.fromL(List.of(AttributeValue.fromN("99")))))),
                damage(
                        "an event stands under another key",
                        "FOUNDED READABLE",
                        (tables, ledger) -> tables.change(
                                "Journal",
                                key(tables, "y", "declined"),
                                item -> item.put(
                                        "pk",
                                        AttributeValue.fromS(item.get("pk").s() + "x")))),
                damage(
                        "an event is of a kind that nobody knows",
                        "FOUNDED READABLE",
                        (tables, ledger) -> tables.change(
                                "Journal",
                                key(tables, "y", "declined"),
                                item -> item.put("y", AttributeValue.fromS("vanished")))),
                damage(
                        "an entry is missing in the views",
                        "FOLD VIEWED",
                        (tables, ledger) -> tables.delete("Views", entry(tables, ledger, "alice", 2))),
                damage(
                        "the last entry is missing in the views",
                        "HEAD VIEWED BALANCED",
                        (tables, ledger) -> tables.delete("Views", entry(tables, ledger, "bob", 8))),
                damage(
                        "an entry of the views has other balances",
                        "FOLD FOUNDED VIEWED",
                        (tables, ledger) -> tables.change(
                                "Views", entry(tables, ledger, "alice", 2), item -> add(item, "b", 0, 1))),
                damage(
                        "an entry of the views can't be read",
                        "FOUNDED READABLE VIEWED",
                        (tables, ledger) ->
                                tables.change("Views", entry(tables, ledger, "alice", 2), item -> item.remove("b"))),
                damage(
                        "an entry of the views comes from nowhere",
                        "FOLD FOUNDED BALANCED",
                        (tables, ledger) -> tables.change("Views", entry(tables, ledger, "bob", 8), item -> {
                            tables.put("Views", Map.copyOf(item));
                            item.put(
                                    "sk",
                                    AttributeValue.fromS(item.get("sk").s().replace("#000000000008", "#000000000009")));
                            item.put("v", AttributeValue.fromN("9"));
                            add(item, "b", 0, 5);
                        })),
                damage(
                        "a transaction is missing in its list",
                        "VIEWED",
                        (tables, ledger) -> tables.delete("Views", "t#" + ledger + "#0 " + sort(tables, "declined"))),
                damage("the view has an older definition", "VIEWED", (tables, ledger) -> {
                    var older = tables.item("Journal", "a#" + ledger + "#alice e#0000000002");
                    tables.change("Views", "e#" + ledger + "#alice ~", item -> {
                        var keys = Map.of("pk", item.get("pk"), "sk", item.get("sk"));
                        item.clear();
                        item.putAll(older);
                        item.putAll(keys);
                    });
                }),
                damage(
                        "an account is missing in the directory",
                        "BALANCED VIEWED",
                        (tables, ledger) -> tables.delete("Views", "accounts#" + ledger + " bob")),
                damage(
                        "an account of the directory has another type",
                        "FOUNDED VIEWED",
                        (tables, ledger) -> tables.change(
                                "Views",
                                "accounts#" + ledger + " bob",
                                item -> item.put("ty", AttributeValue.fromS("EQUITY")))),
                damage(
                        "the directory has an account that there never was",
                        "BALANCED FOUNDED",
                        (tables, ledger) -> tables.change("Views", "accounts#" + ledger + " bob", item -> {
                            tables.put("Views", Map.copyOf(item));
                            item.put("sk", AttributeValue.fromS("carol"));
                        })),
                damage(
                        "a ledger is missing in the directory",
                        "VIEWED",
                        (tables, ledger) -> tables.delete("Views", "ledgers " + ledger)),
                damage(
                        "the directory has a ledger that there never was",
                        "FOUNDED",
                        (tables, ledger) -> tables.put(
                                "Views",
                                Map.of(
                                        "pk", AttributeValue.fromS("ledgers"),
                                        "sk", AttributeValue.fromS("nowhere"),
                                        "l", AttributeValue.fromS("nowhere")))),
                damage("an entry is gone from the journal and from the views", "FOLD", AuditTest::withoutATrace),
                damage(
                        "money was made in the journal, the head and the views alike",
                        "BALANCED SOUND",
                        (tables, ledger) -> {
                            forge(tables, ledger);
                        }),
                damage(
                        "a hold that will end is not listed as due",
                        "LISTED",
                        (tables, ledger) -> tables.delete("Journal", "due#")),
                damage("a hold that has ended is listed as due", "LISTED", (tables, ledger) -> {
                    var hold = tables.item("Journal", key(tables, "y", "expired"));
                    due(tables, ledger, hold.get("i").s());
                }),
                damage(
                        "a hold that is listed as due is not there",
                        "COMPLETE",
                        (tables, ledger) -> due(tables, ledger, "tx_00000000000000000000000000")),
                damage(
                        "a hold should have ended long ago",
                        "EXPIRED LISTED",
                        (tables, ledger) -> tables.change(
                                "Journal",
                                "due#",
                                item -> item.put(
                                        "sk",
                                        AttributeValue.fromS("2026-01-01T00:00:00.000000Z#" + ledger + "#"
                                                + item.get("sk").s().split("#")[2])))),
                damage(
                        "an append has not reached the views for long",
                        "PROJECTED",
                        (tables, ledger) ->
                                outbox(tables, ledger, tables.item("Journal", key(tables, "y", "declined")))),
                damage(
                        "an append names an event that is not there",
                        "COMPLETE PROJECTED",
                        (tables, ledger) -> outbox(
                                tables,
                                ledger,
                                Map.of(
                                        "pk", AttributeValue.fromS("t#" + ledger + "#tx_none"),
                                        "sk", AttributeValue.fromS("0")))));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void finds_that(Damage damage) {
        damage.done().accept(tables, ledger);
        var told = Run.whole(cloud, "AuditLedger", "{\"segments\":2}");
        var broken = new TreeSet<String>();
        told.path("first")
                .forEach(deviation -> broken.add(deviation.path("rule").asText()));
        assertThat(broken).as(told.toPrettyString()).isEqualTo(damage.rules());
        assertThat(told.path("deviations").asInt()).isEqualTo(told.path("first").size());
    }

    @Test
    void finds_nothing_in_sound_books_and_looks_at_every_item() {
        var items = tables.items("Journal").size() + tables.items("Views").size();
        var told = Run.whole(cloud, "AuditLedger", "{}");
        assertThat(told.path("first")).isEmpty();
        assertThat(told.path("deviations").asInt()).isZero();
        // And the parts of the run itself, and the sums of the two types of accounts.
        assertThat(told.path("items").asInt()).isGreaterThanOrEqualTo(items + 2);
        assertThat(told.path("parts").asInt()).isEqualTo(17);
    }

    @Test
    void finds_nothing_while_money_moves() throws Exception {
        var live = Machine.in(cloud);
        var busy = live.ledger("cash", "alice");
        var found = new ArrayList<JsonNode>();
        var writer = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 150 && !Thread.currentThread().isInterrupted(); i++) {
                live.post(busy, "k" + i, transfer("cash", "alice", 1));
                var hold = live.post(busy, "h" + i, transfer("alice", "cash", 1, ",\"pending\":true"));
                live.release(busy, hold.id());
            }
        });
        while (writer.isAlive()) {
            found.add(Run.whole(cloud, "AuditLedger", "{\"segments\":1}").path("first"));
        }
        writer.join();
        assertThat(found).isNotEmpty().allSatisfy(first -> assertThat(first).isEmpty());
    }

    @Test
    void keeps_the_trial_balance_of_a_ledger_with_thousands_of_assets() {
        var most = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
        var sums = new TreeMap<TrialBalance.Line, Counters>();
        for (int i = 0; i < 3600; i++) {
            var asset = Asset.parse("ASSETNUMBER%05d/18".formatted(i)).orElseThrow();
            sums.put(new TrialBalance.Line(asset, AccountType.LIABILITY), new Counters(most, most, most, most));
        }
        var balance = new TrialBalance(now.get().truncatedTo(ChronoUnit.MICROS), sums);
        var trialBalances = machine.deployment.trialBalances();
        trialBalances.keep("wide", new TrialBalance(balance.at().minusSeconds(1), new TreeMap<>()));
        trialBalances.keep("wide", balance);
        assertThat(trialBalances.audited("wide")).contains(balance);
    }

    @Test
    void keeps_a_trial_balance_whose_sums_are_larger_than_any_counter() {
        // What each of ten million accounts may have.
        var sum = Amount.COUNTER_MAX.multiply(BigInteger.TEN.pow(7));
        var sums = new TreeMap<TrialBalance.Line, Counters>();
        // As many as one item takes.
        for (int i = 0; i < 1800; i++) {
            var asset = Asset.parse("ASSETNUMBER%06d/18".formatted(i)).orElseThrow();
            sums.put(
                    new TrialBalance.Line(asset, AccountType.LIABILITY),
                    new Counters(sum, sum, sum, sum.subtract(BigInteger.ONE)));
        }
        var balance = new TrialBalance(now.get().truncatedTo(ChronoUnit.MICROS), sums);
        machine.deployment.trialBalances().keep("high", balance);
        assertThat(machine.deployment.trialBalances().audited("high")).contains(balance);
    }

    @Test
    void finds_what_no_reader_covers_after_a_count_of_shards_has_shrunk() {
        var shrunk = new JournalAudit(machine.deployment.dynamoDb(), cloud.physicalId("Journal"), new Shards(1, 1));
        var due = Item.keyed("due#1", "2026-11-24T08:00:00.000000Z#" + ledger + "#tx_1");
        var event = tables.items("Journal").stream()
                .map(Item::new)
                .filter(item -> item.has("ls"))
                .findFirst()
                .orElseThrow();
        assertThat(shrunk.check(List.of(event), now.get())).isEmpty();
        assertThat(shrunk.check(List.of(new Item(event.attributes()).put("ls", 1), due), now.get()))
                .extracting(Deviation::detail)
                .contains(
                        "it is listed under shard 1, and no more than 1 are read",
                        "no more than 1 shards of the outbox are read");
    }

    @Test
    void a_read_that_fails_is_no_deviation() {
        var items = tables.items("Journal").stream().map(Item::new).toList();
        var audit = machine.deployment.journalAudit();
        machine.faults.forget();
        audit.check(items, now.get());
        var reads = machine.faults.count("BatchGetItem");
        assertThat(reads).isGreaterThan(1);
        for (int lost = 0; lost < reads; lost++) {
            var left = new AtomicInteger(lost);
            machine.faults.set(Faults.callsLost(request -> left.getAndDecrement() == 0));
            assertThatThrownBy(() -> audit.check(items, now.get())).isInstanceOf(SdkException.class);
        }
    }

    @Test
    void waits_where_dynamodb_gives_no_more_for_a_while() {
        var audit = new AuditLedger(machine.deploymentOf(cloud, "AuditLedger"));
        var calls = new AtomicInteger();
        machine.faults.set((request, call) -> {
            if (!(request instanceof BatchGetItemRequest batch)
                    || !batch.requestItems().containsKey(cloud.physicalId("Views"))
                    || calls.incrementAndGet() > 20) {
                return call.get();
            }
            if (calls.get() % 2 == 0) {
                throw ProvisionedThroughputExceededException.builder()
                        .statusCode(400)
                        .awsErrorDetails(AwsErrorDetails.builder()
                                .errorCode("ProvisionedThroughputExceededException")
                                .build())
                        .build();
            }
            return BatchGetItemResponse.builder()
                    .responses(Map.of())
                    .unprocessedKeys(batch.requestItems())
                    .build();
        });
        var part = "{\"run\":\"r\",\"part\":\"1\",\"table\":\"journal\",\"segment\":0,\"of\":1}";
        ScopedValue.where(Backoff.SIMULATED, most -> {})
                .run(() -> audit.handle(Messages.event(List.of(part)), Machine.CONTEXT));
        assertThat(calls.get()).isGreaterThan(20);
    }

    @Test
    void asks_for_no_event_that_is_not_there_and_for_none_twice() {
        var audit = new AuditLedger(machine.deploymentOf(cloud, "AuditLedger"));
        machine.faults.forget();
        audit.handle(
                Messages.event(List.of("{\"run\":\"r\",\"part\":\"1\",\"table\":\"views\",\"segment\":0,\"of\":1}")),
                Machine.CONTEXT);
        var asked = machine.faults.requests(BatchGetItemRequest.class).stream()
                .flatMap(batch -> batch.requestItems().values().stream())
                .flatMap(table -> table.keys().stream())
                .map(Tables::key)
                .filter(key -> key.startsWith("t#"))
                .toList();
        var events = tables.items("Journal").stream()
                .map(Tables::key)
                .filter(key -> key.startsWith("t#"))
                .toList();
        assertThat(asked).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(events);
    }

    @Test
    void finds_a_place_in_the_list_that_no_event_has() {
        var place = "t#" + ledger + "#0 " + sort(tables, "declined");
        for (var end : List.of("", "7", "00", "1")) {
            tables.change(
                    "Views",
                    place,
                    item -> item.put(
                            "sk", AttributeValue.fromS(item.get("sk").s().replaceFirst("#[^#]*$", "#" + end))));
            var told = Run.whole(cloud, "AuditLedger", "{\"segments\":1}");
            assertThat(told.path("first").findValuesAsText("rule")).containsExactlyInAnyOrder("FOUNDED", "VIEWED");
        }
    }

    @Test
    void refuses_what_it_does_not_know() {
        assertThatThrownBy(() -> cloud.invoke("AuditLedger", "{\"segmnets\":2}"))
                .isInstanceOf(FunctionException.class)
                .hasRootCauseMessage("There is no option segmnets; there are [segments].");
        for (var segments : List.of("0", "1000001", "\"2\"", "1.5", "null")) {
            assertThatThrownBy(() -> cloud.invoke("AuditLedger", "{\"segments\":" + segments + "}"))
                    .hasRootCauseMessage("segments is a number from 1 to 1000000.");
        }
        assertThatThrownBy(() -> cloud.invoke("AuditLedger", "{\"run\":\"yesterday\"}"))
                .hasRootCauseMessage("There is no run yesterday");
    }

    /** The key of the one item of the journal's ledger with this value. */
    private static String key(Tables tables, String attribute, String value) {
        return tables.items("Journal").stream()
                .filter(item -> item.containsKey(attribute)
                        && value.equals(item.get(attribute).s()))
                .map(Tables::key)
                .findFirst()
                .orElseThrow();
    }

    private static String sort(Tables tables, String kind) {
        var event = tables.item("Journal", key(tables, "y", kind));
        return event.get("t").s() + "#" + event.get("i").s();
    }

    private static String entry(Tables tables, String ledger, String account, long version) {
        return tables.items("Views").stream()
                .map(Tables::key)
                .filter(key -> key.startsWith("e#" + ledger + "#" + account + " ")
                        && key.endsWith("#%012d".formatted(version)))
                .findFirst()
                .orElseThrow();
    }

    private static void add(Map<String, AttributeValue> item, String counters, int counter, int amount) {
        item.put(counters, AttributeValue.fromL(plus(item.get(counters).l(), counter, amount)));
    }

    private static List<AttributeValue> plus(List<AttributeValue> list, int index, int amount) {
        var copy = new ArrayList<>(list);
        copy.set(
                index,
                AttributeValue.fromN(new BigInteger(list.get(index).n())
                        .add(BigInteger.valueOf(amount))
                        .toString()));
        return copy;
    }

    private static void postings(Map<String, AttributeValue> item, int amount) {
        item.put(
                "p",
                AttributeValue.fromL(item.get("p").l().stream()
                        .map(posting -> AttributeValue.fromL(List.of(
                                posting.l().get(0),
                                posting.l().get(1),
                                AttributeValue.fromN(Integer.toString(amount)))))
                        .toList()));
    }

    /** The last posting of all, with everything that ever came of it except the heads and what follows from it. */
    private static void withoutATrace(Tables tables, String ledger) {
        var id = tables.item("Journal", key(tables, "k", "k")).get("i").s();
        tables.delete("Journal", "t#" + ledger + "#" + id);
        tables.items("Views").stream()
                .filter(item -> item.containsKey("i") && item.get("i").s().equals(id))
                .map(Tables::key)
                .toList()
                .forEach(key -> tables.delete("Views", key));
    }

    /** The newest entry of bob, wherever it is written down, says that he has got one more. */
    private static void forge(Tables tables, String ledger) {
        var key = entry(tables, ledger, "bob", 8);
        var id = tables.item("Views", key).get("i").s();
        tables.change("Views", key, item -> {
            add(item, "c", 3, 1);
            add(item, "b", 3, 1);
        });
        tables.change("Journal", "a#" + ledger + "#bob head", item -> add(item, "b", 3, 1));
        var event = key(tables, "i", id);
        for (var copy : List.of(
                Map.entry("Journal", event),
                Map.entry(
                        "Views",
                        "t#" + ledger + "#0 "
                                + tables.item("Journal", event).get("t").s() + "#" + id))) {
            tables.change(
                    copy.getKey(),
                    copy.getValue(),
                    item -> item.put(
                            "e",
                            AttributeValue.fromL(item.get("e").l().stream()
                                    .map(entry -> entry.l().getFirst().s().equals("bob")
                                            ? AttributeValue.fromL(plus(plus(entry.l(), 6, 1), 10, 1))
                                            : entry)
                                    .toList())));
        }
    }

    private static void due(Tables tables, String ledger, String id) {
        var template = tables.item("Journal", "due#");
        tables.put(
                "Journal",
                Map.of(
                        "pk", template.get("pk"),
                        "sk", AttributeValue.fromS("2099-01-01T00:00:00.000000Z#" + ledger + "#" + id)));
    }

    private static void outbox(Tables tables, String ledger, Map<String, AttributeValue> event) {
        tables.put(
                "Journal",
                Map.of(
                        "pk", AttributeValue.fromS("outbox#0"),
                        "sk", AttributeValue.fromS("2026-01-01T00:00:00.000000Z#" + ledger + "#tx#0"),
                        "ev",
                                AttributeValue.fromL(
                                        List.of(AttributeValue.fromL(List.of(event.get("pk"), event.get("sk")))))));
    }
}
