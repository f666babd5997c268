package io.daybook.faults;

import static io.daybook.faults.Faults.cancelled;
import static io.daybook.faults.Faults.first;
import static io.daybook.faults.Faults.named;
import static io.daybook.faults.Faults.throwing;
import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.faults.Faults.Fault;
import io.daybook.local.LocalCloud;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * To a read of several items, or to several reads, a transaction of DynamoDB is not one moment: some of its items may be
 * seen before others. Whatever is seen of an append so, nothing wrong is done or said.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation">Isolation
 *     levels</a>
 */
@ExtendWith(SharedCloud.class)
class IsolationTest {
    private static final String CLOSE = "{\"closed\":true}";
    private static final String DESCRIBE = "{\"description\":\"Closed for good\"}";
    private static final String HOT = "{\"asset\":\"USD/2\",\"type\":\"liability\",\"minimum\":null,\"stripes\":2}";

    private final Machine machine;

    IsolationTest(LocalCloud cloud) {
        machine = Machine.in(cloud);
    }

    @Test
    void a_change_is_not_lost_to_one_that_has_seen_its_head_and_not_yet_its_definition() {
        var ledger = machine.ledger("cash", "alice");
        var before = newest(ledger, "alice");
        machine.change(ledger, "alice", CLOSE);
        machine.faults.set(
                first(1, accountQuery(ledger, "alice"), seen(items -> List.of(items.getFirst(), before.getLast()))));
        assertThat(machine.change(ledger, "alice", DESCRIBE).status()).isEqualTo(200);
        var account = machine.accountNow(ledger, "alice").body();
        assertThat(account.path("closed").asBoolean()).isTrue();
        assertThat(account.path("description").asText()).isEqualTo("Closed for good");
    }

    @Test
    void an_account_of_whose_opening_only_a_part_can_be_seen_is_read_again() {
        var ledger = machine.ledger("cash", "alice");
        for (UnaryOperator<List<Map<String, AttributeValue>>> part :
                List.<UnaryOperator<List<Map<String, AttributeValue>>>>of(
                        items -> List.of(items.getFirst()), items -> List.of(items.getLast()))) {
            machine.faults.set(first(1, accountQuery(ledger, "alice"), seen(part)));
            assertThat(machine.accountNow(ledger, "alice").status()).isEqualTo(200);
        }
    }

    @Test
    void so_is_a_striped_account_that_can_be_seen_before_its_parts() {
        var ledger = machine.ledger("cash");
        machine.open(ledger, "hot", HOT);
        machine.faults.set(first(1, named("BatchGetItem"), partsUnseen()));
        assertThat(machine.accountNow(ledger, "hot").body().path("stripes").asInt())
                .isEqualTo(2);
    }

    @Test
    void until_its_parts_can_be_seen_a_striped_account_is_not_there_for_a_transaction() {
        var ledger = machine.ledger("cash");
        machine.open(ledger, "hot", HOT);
        // The first call reads the account's own head, the second the part that the transaction moves.
        machine.faults.set(first(2, named("BatchGetItem"), partsUnseen()));
        var early = machine.post(ledger, "k", transfer("cash", "hot", 1));
        assertThat(early.problem()).isEqualTo("unknown-account");
        assertThat(machine.post(ledger, "k", transfer("cash", "hot", 1)).status())
                .isEqualTo(201);
    }

    @Test
    void a_striped_account_is_not_opened_again_while_its_parts_are_being_closed() {
        var ledger = machine.ledger("cash");
        machine.open(ledger, "hot", HOT);
        machine.change(ledger, "hot", CLOSE);
        machine.faults.set(first(1, named("BatchGetItem"), (request, call) -> {
            var found = (BatchGetItemResponse) call.get();
            return BatchGetItemResponse.builder()
                    .responses(mapped(found.responses(), item -> {
                        var open = new HashMap<>(item);
                        open.remove("cl");
                        return open;
                    }))
                    .build();
        }));
        assertThat(machine.change(ledger, "hot", "{\"closed\":false}").status()).isEqualTo(200);
        for (int key = 0; key < 8; key++) {
            assertThat(machine.post(ledger, "k" + key, transfer("cash", "hot", 1))
                            .status())
                    .isEqualTo(201);
        }
    }

    @Test
    void nothing_is_called_absent_while_another_append_is_writing_it() {
        var ledger = machine.ledger("cash", "alice");
        var conflict = throwing(() -> cancelled("TransactionConflict"));
        machine.faults.set(first(2, named("TransactGetItems"), conflict));
        assertThat(machine.post(ledger, "k", transfer("cash", "nobody", 1)).problem())
                .isEqualTo("unknown-account");
        assertThat(machine.faults.count("TransactGetItems")).isEqualTo(3);
        machine.faults.set(first(Integer.MAX_VALUE, named("TransactGetItems"), conflict));
        assertThat(machine.post(ledger, "k", transfer("cash", "nobody", 1)).problem())
                .isEqualTo("contention");
    }

    @Test
    void a_reversal_that_can_be_seen_in_the_original_only_is_waited_for() {
        var ledger = machine.ledger("cash", "alice");
        var original = machine.post(ledger, "k", transfer("cash", "alice", 1)).id();
        var reversal = machine.reverse(ledger, original);
        machine.faults.set(first(1, named("TransactGetItems"), throwing(() -> cancelled("TransactionConflict"))));
        machine.faults.forget();
        assertThat(machine.reverse(ledger, original).id()).isEqualTo(reversal.id());
        assertThat(machine.faults.count("TransactGetItems")).isEqualTo(2);
    }

    @Test
    void a_reversal_is_not_refused_for_lack_of_what_a_settlement_brings_meanwhile() {
        var ledger = machine.ledger("cash", "alice", "shop");
        var hold = held(ledger);
        machine.faults.set(first(1, named("TransactGetItems"), (request, call) -> {
            machine.settle(ledger, hold);
            return call.get();
        }));
        assertThat(machine.reverse(ledger, hold).status()).isEqualTo(201);
    }

    @Test
    void nor_where_the_settlement_can_be_seen_before_the_heads_that_it_moves() {
        var ledger = machine.ledger("cash", "alice", "shop");
        var hold = held(ledger);
        var heads = new AtomicReference<Object>();
        machine.faults.set(first(1, named("BatchGetItem"), (request, call) -> {
            heads.set(call.get());
            return heads.get();
        }));
        machine.settle(ledger, hold);
        machine.faults.set(first(1, named("BatchGetItem"), (request, call) -> heads.get()));
        assertThat(machine.reverse(ledger, hold).status()).isEqualTo(201);
    }

    @Test
    void a_batch_is_refused_for_nothing_but_what_fails_on_what_others_have_written_meanwhile() {
        var ledger = machine.ledger("cash", "alice", "shop");
        var first = transfer("cash", "alice", 100);
        machine.faults.set(first(1, named("TransactGetItems"), (request, call) -> {
            machine.post(ledger, "k1", first);
            return call.get();
        }));
        var batch = "{\"atomic\":true,\"transactions\":[%s,%s,%s]}"
                .formatted(
                        keyed("k1", first),
                        keyed("k2", transfer("alice", "shop", 100)),
                        keyed("k3", transfer("nobody", "shop", 1)));
        var refused = machine.batch(ledger, batch);
        assertThat(refused.body().path("results"))
                .extracting(result -> result.path("key").asText())
                .containsExactly("k1", "k3");
        assertThat(machine.batch(ledger, batch).body()).isEqualTo(refused.body());
    }

    private static String keyed(String key, String transaction) {
        return "{\"key\":\"%s\",%s".formatted(key, transaction.substring(1));
    }

    /** A hold of all that alice has, by its id. */
    private String held(String ledger) {
        machine.post(ledger, "funds", transfer("cash", "alice", 100));
        return machine.post(ledger, "hold", transfer("alice", "shop", 100, ",\"pending\":true"))
                .id();
    }

    private static Predicate<SdkRequest> accountQuery(String ledger, String account) {
        return request -> request instanceof QueryRequest query
                && query.expressionAttributeValues().get(":pk").s().equals("a#" + ledger + "#" + account);
    }

    private static Fault seen(UnaryOperator<List<Map<String, AttributeValue>>> of) {
        return (request, call) -> {
            var found = (QueryResponse) call.get();
            return found.toBuilder().items(of.apply(found.items())).build();
        };
    }

    private static Fault partsUnseen() {
        return (request, call) -> {
            var found = (BatchGetItemResponse) call.get();
            return found.toBuilder()
                    .responses(mapped(found.responses(), item -> isPart(item) ? Map.of() : item))
                    .build();
        };
    }

    private static boolean isPart(Map<String, AttributeValue> head) {
        return head.containsKey("sp") && !head.get("sp").n().equals("0");
    }

    /** The items, each as it is changed; those that become empty are not there. */
    private static Map<String, List<Map<String, AttributeValue>>> mapped(
            Map<String, List<Map<String, AttributeValue>>> tables, UnaryOperator<Map<String, AttributeValue>> change) {
        var changed = new HashMap<>(tables);
        changed.replaceAll((table, items) ->
                items.stream().map(change).filter(item -> !item.isEmpty()).toList());
        return changed;
    }

    /** The head and the newest definition. */
    private List<Map<String, AttributeValue>> newest(String ledger, String account) {
        var found = new AtomicReference<List<Map<String, AttributeValue>>>();
        machine.faults.set(first(1, accountQuery(ledger, account), seen(items -> {
            found.set(items);
            return items;
        })));
        machine.accountNow(ledger, account);
        return found.get();
    }
}
