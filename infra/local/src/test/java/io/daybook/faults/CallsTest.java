package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.local.LocalCloud;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** What a call costs: calls of AWS, bytes and write units. */
@ExtendWith(SharedCloud.class)
class CallsTest {
    /** Longer than most: an order's number, a customer's wallet, a sentence. */
    private static final String BODY = transfer(
            "assets:bank:main-account",
            "users:0193b1c2-7a52-7f3e-9d3c-5a1d2e3f4a5b:wallet",
            1_234_567_890,
            ",\"description\":\"Payment of invoice 2026-11-24/000123\",\"metadata\":{\"order\":\"o-123456789\"}");

    private static final String KEY = "0193b1c2-7a52-7f3e-9d3c-5a1d2e3f4a5b";

    private final LocalCloud cloud;
    private final Machine machine;
    private String ledger = "";

    CallsTest(LocalCloud cloud) {
        this.cloud = cloud;
        machine = Machine.in(cloud);
    }

    @BeforeEach
    void open() {
        ledger = machine.ledger("assets:bank:main-account", "users:0193b1c2-7a52-7f3e-9d3c-5a1d2e3f4a5b:wallet");
        machine.faults.forget();
    }

    @Test
    void a_transaction_takes_three_calls_and_a_replay_of_it_two() {
        assertThat(machine.post(ledger, KEY, BODY).status()).isEqualTo(201);
        assertThat(machine.faults.names()).containsExactly("BatchGetItem", "TransactWriteItems", "SendMessage");
        machine.faults.forget();
        var replay = machine.post(ledger, KEY, BODY);
        assertThat(replay.status()).isEqualTo(201);
        assertThat(replay.replayed()).isTrue();
        assertThat(machine.faults.names()).containsExactly("BatchGetItem", "TransactWriteItems");
    }

    @Test
    void a_decline_takes_three_calls_and_a_replay_of_it_two() {
        var body = transfer("users:0193b1c2-7a52-7f3e-9d3c-5a1d2e3f4a5b:wallet", "assets:bank:main-account", 1);
        assertThat(machine.post(ledger, KEY, body).status()).isEqualTo(422);
        assertThat(machine.faults.names()).containsExactly("BatchGetItem", "TransactWriteItems", "SendMessage");
        machine.faults.forget();
        assertThat(machine.post(ledger, KEY, body).replayed()).isTrue();
        assertThat(machine.faults.names()).containsExactly("BatchGetItem", "TransactWriteItems");
    }

    @Test
    void a_refusal_that_is_no_decision_takes_a_transactional_read_of_event_0_more_and_writes_nothing() {
        var body = transfer("assets:bank:main-account", "nobody", 1);
        assertThat(machine.post(ledger, KEY, body).problem()).isEqualTo("unknown-account");
        assertThat(machine.faults.names()).containsExactly("BatchGetItem", "TransactGetItems");
        assertThat(machine.faults.requests(BatchGetItemRequest.class))
                .allSatisfy(get -> assertThat(get.requestItems().values())
                        .allSatisfy(keys -> assertThat(keys.consistentRead()).isTrue()));
        assertThat(machine.faults.requests(TransactGetItemsRequest.class))
                .singleElement()
                .satisfies(read -> assertThat(read.transactItems())
                        .singleElement()
                        .satisfies(part ->
                                assertThat(part.get().key().get("pk").s()).startsWith("t#" + ledger + "#tx_")));
    }

    @Test
    void reading_an_account_or_a_transaction_takes_one_call() {
        var id = machine.post(ledger, KEY, BODY).id();
        Await.until(
                "the account is in its view",
                java.time.Duration.ofSeconds(10),
                () -> "eventual"
                        .equals(machine.account(ledger, "assets:bank:main-account")
                                .headers()
                                .get("daybook-consistency")));
        machine.faults.forget();
        assertThat(machine.account(ledger, "assets:bank:main-account").status()).isEqualTo(200);
        assertThat(machine.faults.names()).containsExactly("Query");
        machine.faults.forget();
        assertThat(machine.accountNow(ledger, "assets:bank:main-account").status())
                .isEqualTo(200);
        assertThat(machine.faults.names()).containsExactly("Query");
        machine.faults.forget();
        assertThat(machine.transaction(ledger, id).status()).isEqualTo(200);
        assertThat(machine.faults.names()).containsExactly("Query");
    }

    @Test
    void projecting_a_transaction_takes_one_batch_on_the_views_and_one_delete_on_the_journal() {
        machine.post(ledger, KEY, BODY);
        var message = machine.faults.requests(SendMessageRequest.class).getFirst();
        machine.faults.forget();
        assertThat(machine.project(Messages.event(List.of(message.messageBody()))))
                .isEmpty();
        assertThat(machine.faults.names()).containsExactly("BatchWriteItem", "BatchWriteItem");
        var batches = machine.faults.requests(BatchWriteItemRequest.class);
        assertThat(batches.getFirst().requestItems()).containsOnlyKeys(cloud.physicalId("Views"));
        assertThat(batches.getLast().requestItems()).containsOnlyKeys(cloud.physicalId("Journal"));
        assertThat(batches.getLast().requestItems().get(cloud.physicalId("Journal")))
                .singleElement()
                .satisfies(write ->
                        assertThat(write.deleteRequest().key().get("pk").s()).startsWith("outbox#"));
    }

    @Test
    void every_item_of_a_transaction_is_below_a_kilobyte_and_all_of_it_takes_twelve_write_units() {
        // As large as they get: events know their trace, too.
        var traced = Machine.in(cloud, environment -> {
            environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
            return environment;
        });
        // Not the first one: counters, versions and revisions have grown.
        for (int i = 0; i < 3; i++) {
            traced.post(ledger, "warm-" + i, BODY);
        }
        traced.faults.forget();
        traced.post(ledger, KEY, BODY);
        var message = traced.faults.requests(SendMessageRequest.class).getFirst();
        traced.project(Messages.event(List.of(message.messageBody())));

        var appended = traced.faults.requests(TransactWriteItemsRequest.class).stream()
                .flatMap(append -> append.transactItems().stream())
                .map(write -> write.put().item())
                .toList();
        assertThat(appended).hasSize(4);
        assertThat(appended.getFirst().get("tp").s()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        var batches = traced.faults.requests(BatchWriteItemRequest.class);
        var projected = batches.getFirst().requestItems().values().stream()
                .flatMap(List::stream)
                .map(write -> write.putRequest().item())
                .toList();
        assertThat(projected).hasSize(3);
        var sizes = new ArrayList<String>();
        for (var item : Stream.concat(appended.stream(), projected.stream()).toList()) {
            sizes.add(item.get("pk").s().split("#", 2)[0] + " " + ItemSize.bytes(item));
            assertThat(ItemSize.bytes(item)).as("size of %s", item).isLessThan(1024);
        }
        var deleted = appended.getLast();
        assertThat(units(appended) * 2 + units(projected) + ItemSize.units(deleted))
                .as("write units of items of %s bytes", sizes)
                .isEqualTo(12);
    }

    private static int units(List<Map<String, AttributeValue>> items) {
        return items.stream().mapToInt(ItemSize::units).sum();
    }
}
