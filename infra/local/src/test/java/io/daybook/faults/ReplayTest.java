package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static io.daybook.items.Deviation.Rule.READABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.background.ReplayJournal;
import io.daybook.items.Backoff;
import io.daybook.items.Deviation;
import io.daybook.items.Item;
import io.daybook.local.LocalCloud;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

/** Section 8, 6: dropping all views and replaying the journal gives the same views. The queue triggers nothing here. */
class ReplayTest {
    private static final String KEPT = "(run|runs|audit)#.*";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private LocalCloud cloud;
    private Machine machine;
    private Tables tables;
    private ReplayJournal replay;
    private String ledger;

    @BeforeEach
    void live() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud, now::get);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
        replay = new ReplayJournal(machine.deploymentOf(cloud, "ReplayJournal"));
        ledger = machine.ledger("cash", "alice", "bob");
        LedgersLife.live(machine, ledger, now);
        LedgersLife.bulk(machine, ledger);
        machine.project(Messages.event(Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events"))));
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void what_is_replayed_is_what_was_projected() {
        var projected = views("Views");
        assertThat(projected).hasSizeGreaterThan(300);
        tables.clear("Views");
        var run = begin("{\"segments\":3}");
        var parts = parts();
        assertThat(parts).hasSize(3);
        parts.forEach(this::deliver);
        assertThat(views("Views")).isEqualTo(projected);
        var told = tell(run);
        assertThat(told.path("parts").asInt()).isEqualTo(3);
        assertThat(told.path("done").asInt()).isEqualTo(3);
        assertThat(told.path("deviations").asInt()).isZero();
        assertThat(told.path("items").asLong()).isEqualTo(events());
    }

    @Test
    void replaying_over_live_views_changes_nothing_and_takes_nothing_newer_back() {
        var before = begin("{}");
        var parts = parts();
        machine.post(ledger, "later", transfer("cash", "bob", 1));
        machine.change(ledger, "bob", "{\"description\":\"newer\"}");
        machine.project(Messages.event(Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events"))));
        var projected = views("Views");
        parts.forEach(this::deliver);
        parts.reversed().forEach(this::deliver);
        assertThat(views("Views")).isEqualTo(projected);
        assertThat(tell(before).path("done").asInt()).isEqualTo(parts.size());
    }

    @Test
    void a_part_that_dies_on_its_way_is_done_again_and_no_other_is() {
        var projected = views("Views");
        tables.clear("Views");
        var run = begin("{\"segments\":2}");
        var parts = parts();
        deliver(parts.getFirst());
        var calls = new AtomicInteger();
        machine.faults.set((request, call) -> {
            if (request instanceof BatchWriteItemRequest && calls.incrementAndGet() > 2) {
                throw SdkClientException.create("gone");
            }
            return call.get();
        });
        assertThatThrownBy(() -> deliver(parts.getLast())).isInstanceOf(SdkClientException.class);
        machine.faults.clear();
        assertThat(tell(run).path("done").asInt()).isEqualTo(1);
        assertThat(tell(run).path("parts").asInt()).isEqualTo(2);
        assertThat(views("Views")).isNotEqualTo(projected);
        deliver(parts.getLast());
        assertThat(tell(run).path("done").asInt()).isEqualTo(2);
        assertThat(views("Views")).isEqualTo(projected);
    }

    @Test
    void a_part_waits_where_dynamodb_takes_no_more_for_a_while() {
        var projected = views("Views");
        tables.clear("Views");
        begin("{\"segments\":1}");
        var calls = new AtomicInteger();
        machine.faults.set((request, call) -> {
            if (!(request instanceof BatchWriteItemRequest batch) || calls.incrementAndGet() > 30) {
                return call.get();
            }
            return switch (calls.get() % 3) {
                case 0 -> throw throttled();
                case 1 -> throw Faults.timeout();
                default ->
                    BatchWriteItemResponse.builder()
                            .unprocessedItems(batch.requestItems())
                            .build();
            };
        });
        withoutWaiting(() -> deliver(parts().getFirst()));
        assertThat(calls.get()).isGreaterThan(30);
        assertThat(views("Views")).isEqualTo(projected);
    }

    @Test
    void a_part_fails_where_dynamodb_takes_no_more_for_good() {
        begin("{\"segments\":1}");
        var part = parts().getFirst();
        machine.faults.set(Faults.where(Faults.named("BatchWriteItem"), Faults.throwing(ReplayTest::throttled)));
        withoutWaiting(() -> assertThatThrownBy(() -> deliver(part)).isInstanceOf(SdkClientException.class));
    }

    private static void withoutWaiting(Runnable part) {
        ScopedValue.where(Backoff.SIMULATED, most -> {}).run(part);
    }

    private static RuntimeException throttled() {
        return ProvisionedThroughputExceededException.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode("ProvisionedThroughputExceededException")
                        .build())
                .build();
    }

    @Test
    void the_views_can_be_rebuilt_in_an_empty_table() {
        var projected = views("Views");
        var dynamoDb = machine.deployment.dynamoDb();
        var table = dynamoDb.describeTable(describe -> describe.tableName(cloud.physicalId("Views")))
                .table();
        dynamoDb.createTable(create -> create.tableName("daybook-views-2")
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(table.keySchema())
                .attributeDefinitions(table.attributeDefinitions()));
        begin("{\"table\":\"daybook-views-2\"}");
        parts().forEach(this::deliver);
        assertThat(tables.dump("daybook-views-2")).isEqualTo(projected);
    }

    @Test
    void a_table_that_cannot_be_written_is_refused_before_any_part_is_sent() {
        for (var none : List.of("null", "7", "{}", "\"\"", "\"ab\"", "\"views 2\"", "\"" + "v".repeat(256) + "\"")) {
            assertThatThrownBy(() -> begin("{\"table\":" + none + "}"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("table is the name of a table");
        }
        assertThatThrownBy(() -> begin("{\"table\":\"daybook-veiws-2\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no table daybook-veiws-2 that can be written.");
        assertThat(parts()).isEmpty();
        assertThat(tables.dump("Views").keySet()).noneMatch(key -> key.startsWith("run"));
    }

    @Test
    void an_event_that_cannot_be_read_is_named_and_passed_over() {
        var projected = views("Views");
        tables.change(
                "Journal",
                "a#" + ledger + "#alice e#0000000001",
                item -> item.put("y", AttributeValue.fromS("vanished")));
        tables.clear("Views");
        var run = begin("{}");
        parts().forEach(this::deliver);
        var told = tell(run);
        assertThat(told.path("deviations").asInt()).isEqualTo(1);
        var first = told.path("first").path(0);
        assertThat(first.path("rule").asText()).isEqualTo("READABLE");
        assertThat(first.path("item").asText()).isEqualTo("a#" + ledger + "#alice e#0000000001");
        assertThat(first.path("detail").asText()).isEqualTo("unknown kind of event: vanished");
        var missing = new HashMap<>(projected);
        missing.keySet().removeAll(views("Views").keySet());
        assertThat(missing.keySet()).containsExactly("accounts#" + ledger + " alice");
    }

    @Test
    void where_much_is_wrong_some_is_named_and_the_rest_is_counted() {
        var run = begin("{\"segments\":20}");
        var deviation = new Deviation(READABLE, "t#main#tx_1 0", "none");
        var runs = machine.deployment.runs("replay");
        for (int part = 0; part < 20; part++) {
            var number = "%06d".formatted(part);
            var found = Collections.nCopies(30, deviation);
            var soFar = runs.part(run, number).plus(1, found, Optional.of(Item.keyed("a", "b")));
            runs.keep(run, number, soFar);
            runs.keep(run, number, soFar.plus(1, found, Optional.empty()));
        }
        var told = tell(run);
        assertThat(told.path("deviations").asInt()).isEqualTo(1200);
        assertThat(told.path("first")).hasSize(500);
        assertThat(told.path("notShown").asInt()).isEqualTo(700);
    }

    private Map<String, String> views(String table) {
        var dump = tables.dump(table);
        dump.keySet().removeIf(key -> key.matches(KEPT));
        return dump;
    }

    private long events() {
        return tables.items("Journal").stream()
                .filter(item -> item.containsKey("y"))
                .count();
    }

    private String begin(String request) {
        return replay.handle(Answer.parse(request), Machine.CONTEXT).path("run").asText();
    }

    private JsonNode tell(String run) {
        return replay.handle(Answer.parse("{\"run\":\"" + run + "\"}"), Machine.CONTEXT);
    }

    private List<String> parts() {
        return Messages.drain(machine.deployment.sqs(), cloud.physicalId("ReplayParts")).stream()
                .sorted()
                .toList();
    }

    private void deliver(String part) {
        replay.handle(Messages.event(List.of(part)), Machine.CONTEXT);
    }
}
