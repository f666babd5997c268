package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** What runs each minute goes on where a part of it fails, and then fails itself, so that somebody hears of it. */
class BackgroundTest {
    private static final String GONE = "gone on purpose";

    private static LocalCloud cloud;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private Machine machine;
    private Tables tables;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @BeforeEach
    void clear() {
        machine = Machine.in(cloud, now::get);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
        tables.clear("Journal");
    }

    @Test
    void where_a_shard_cannot_be_read_the_relay_publishes_the_others_tells_their_age_and_fails() {
        IntStream.range(0, 4).forEach(shard -> append(shard, "2026-01-01T00:00:0%d.000000Z".formatted(shard)));
        // Each of them is the first one once, and all are due each time.
        for (int run = 0; run < 4; run++) {
            now.set(Instant.parse("2026-01-01T01:00:00Z").plus(Duration.ofMinutes(21L * run)));
            machine.faults.forget();
            fail(queries("outbox#1"));
            var said = Said.during(() -> assertThatThrownBy(machine::relay).hasMessage(GONE));
            assertThat(machine.faults.count("SendMessage")).isEqualTo(3);
            assertThat(said.sum("Republished")).isEqualTo(3);
            assertThat(said.sum("OutboxAge"))
                    .isCloseTo(
                            Duration.between(Instant.parse("2026-01-01T00:00:00Z"), now.get())
                                    .toMillis(),
                            within(1.0));
            machine.faults.clear();
        }
    }

    @Test
    void an_item_that_fails_holds_up_no_other_of_its_shard_and_the_relay_fails() {
        for (int i = 0; i < 5; i++) {
            append(0, "2026-01-01T00:00:0%d.000000Z".formatted(i));
        }
        fail(request -> request instanceof UpdateItemRequest update
                && update.key().get("sk").s().startsWith("2026-01-01T00:00:01"));
        var said = Said.during(() -> assertThatThrownBy(machine::relay).hasMessage(GONE));
        assertThat(said.sum("Republished")).isEqualTo(4);
        assertThat(said.sum("OutboxAge")).isPositive();
    }

    @Test
    void where_no_shard_can_be_read_the_relay_does_not_say_that_the_outbox_is_empty() {
        fail(request -> request instanceof QueryRequest);
        var said = Said.during(() -> assertThatThrownBy(machine::relay).hasMessage(GONE));
        assertThat(said.metrics()).singleElement().satisfies(line -> {
            assertThat(line.has("Republished")).isTrue();
            assertThat(line.has("OutboxAge")).isFalse();
        });
    }

    @Test
    void a_shard_or_a_hold_that_fails_holds_up_no_other_and_expiring_fails() {
        var ledger = machine.ledger("cash", "alice");
        var end = now.get().plusSeconds(30);
        var holds = IntStream.range(0, 24)
                .mapToObj(i -> machine.post(
                                ledger,
                                "h" + i,
                                transfer("cash", "alice", 1, ",\"pending\":true,\"expiresAt\":\"" + end + "\""))
                        .id())
                .toList();
        now.set(end.plusSeconds(1));
        var hold = dueUnder("due#0").getFirst();
        var left = dueUnder("due#1");
        assertThat(left).isNotEmpty();
        fail(queries("due#1")
                .or(request -> Faults.isAppend(request) && request.toString().contains(hold)));
        var said = Said.during(() -> assertThatThrownBy(machine::expireHolds).hasMessage(GONE));
        var expired = holds.size() - left.size() - 1;
        assertThat(said.sum("Expired")).isEqualTo(expired);
        assertThat(said.lines())
                .anySatisfy(
                        line -> assertThat(line.path("transaction").asText()).isEqualTo(hold));
        machine.faults.clear();
        assertThat(machine.expireHolds()).isEqualTo(left.size() + 1 + " expired");
    }

    /** The ids of the holds of a shard. */
    private List<String> dueUnder(String pk) {
        return tables.items("Journal").stream()
                .filter(item -> item.get("pk").s().equals(pk))
                .map(item -> item.get("sk").s().split("#")[2])
                .toList();
    }

    private void append(int shard, String time) {
        tables.put(
                "Journal",
                Map.of(
                        "pk", AttributeValue.fromS("outbox#" + shard),
                        "sk", AttributeValue.fromS(time + "#main#tx_none#0"),
                        "ev", AttributeValue.fromL(List.of())));
    }

    private void fail(Predicate<SdkRequest> which) {
        machine.faults.set(Faults.where(which, Faults.throwing(() -> SdkClientException.create(GONE))));
    }

    private static Predicate<SdkRequest> queries(String pk) {
        return request -> request instanceof QueryRequest query
                && query.expressionAttributeValues().get(":pk").s().equals(pk);
    }
}
