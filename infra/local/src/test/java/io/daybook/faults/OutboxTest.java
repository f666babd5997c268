package io.daybook.faults;

import static io.daybook.faults.Faults.named;
import static io.daybook.faults.Faults.throwing;
import static io.daybook.faults.Faults.where;
import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** On the way from the journal to the views anything may fail, and everything arrives. The queue triggers nothing here. */
class OutboxTest {
    private LocalCloud cloud;
    private Machine machine;
    private Tables tables;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    @BeforeEach
    void start() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud, now::get);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void where_publishing_fails_every_answer_is_201_and_two_relay_rounds_bring_the_views_level() {
        machine.faults.set(where(named("SendMessage"), throwing(() -> SdkClientException.create("no queue"))));
        var ledger = machine.ledger("cash", "alice");
        for (int i = 0; i < 30; i++) {
            assertThat(machine.post(ledger, "k" + i, transfer("cash", "alice", 1))
                            .status())
                    .isEqualTo(201);
        }
        assertThat(messages()).isEmpty();
        assertThat(outbox()).hasSize(32);
        machine.faults.clear();
        twoRounds();
        assertLevel(ledger, "alice", 30);
    }

    @Test
    void where_the_queue_is_purged_two_relay_rounds_bring_the_views_level() {
        var ledger = machine.ledger("cash", "alice");
        for (int i = 0; i < 30; i++) {
            machine.post(ledger, "k" + i, transfer("cash", "alice", 1));
        }
        machine.deployment.sqs().purgeQueue(purge -> purge.queueUrl(cloud.physicalId("Events")));
        assertThat(messages()).isEmpty();
        twoRounds();
        assertLevel(ledger, "alice", 30);
    }

    @Test
    void what_was_at_a_time_is_refused_until_the_view_has_all_that_was_before_it_and_never_changes_then() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "first", transfer("cash", "alice", 1));
        deliver(messages());
        machine.post(ledger, "second", transfer("cash", "alice", 1));
        var second = messages();
        now.set(now.get().plusSeconds(1));
        machine.post(ledger, "third", transfer("cash", "alice", 1));
        var third = messages();
        var between = now.get().minusMillis(500);
        // A time that is less than 10 s ago may still change.
        assertThat(machine.accountAt(ledger, "alice", between)
                        .body()
                        .path("version")
                        .asLong())
                .isEqualTo(1);
        now.set(now.get().plusSeconds(10));
        for (var lacking : List.of(List.<String>of(), third)) {
            deliver(lacking);
            var answer = machine.accountAt(ledger, "alice", between);
            assertThat(answer.problem()).isEqualTo("not-yet-projected");
            assertThat(answer.headers()).containsKey("retry-after");
        }
        deliver(second);
        assertThat(machine.accountAt(ledger, "alice", between)
                        .body()
                        .path("version")
                        .asLong())
                .isEqualTo(2);
    }

    @Test
    void a_transaction_whose_answer_was_lost_is_published_by_the_relay() {
        var ledger = machine.ledger("cash", "alice");
        deliver(messages());
        machine.faults.set(Faults.first(1, Faults::isAppend, Faults.answersLost(Faults::isAppend)));
        assertThat(machine.post(ledger, "k", transfer("cash", "alice", 1)).status())
                .isEqualTo(201);
        assertThat(outbox()).hasSize(1);
        twoRounds();
        assertLevel(ledger, "alice", 1);
    }

    @Test
    void messages_three_times_over_in_any_order_give_the_same_views_byte_by_byte() throws Exception {
        var ledger = machine.ledger("cash", "alice", "bob");
        LedgersLife.live(machine, ledger, now);
        LedgersLife.bulk(machine, ledger);
        var outbox = outbox();
        var messages = messages();
        // Among them one that is too large for a message, and names its events only.
        assertThat(messages).anyMatch(body -> body.length() < 400 && body.endsWith("\"events\":[]}"));

        assertThat(deliver(messages)).isEmpty();
        var clean = tables.dump("Views");
        assertThat(clean).hasSizeGreaterThan(300);
        assertThat(outbox()).isEmpty();

        for (int seed = 0; seed < 4; seed++) {
            tables.clear("Views");
            outbox.forEach(item -> tables.put("Journal", item));
            var random = new Random(seed);
            var shuffled = new ArrayList<String>();
            for (int copy = 0; copy < 3; copy++) {
                shuffled.addAll(messages);
            }
            Collections.shuffle(shuffled, random);
            for (int from = 0; from < shuffled.size(); ) {
                int to = Math.min(shuffled.size(), from + 1 + random.nextInt(10));
                var answer = cloud.invoke(
                        "ProjectEvents",
                        Messages.event(shuffled.subList(from, to)).toString());
                assertThat(answer).isEqualTo("{\"batchItemFailures\":[]}");
                from = to;
            }
            assertThat(tables.dump("Views")).as("seed %s", seed).isEqualTo(clean);
            assertThat(outbox()).isEmpty();
        }
    }

    @Test
    void what_dynamodb_leaves_unprocessed_is_written_all_the_same() {
        var ledger = machine.ledger("cash", "alice");
        for (int i = 0; i < 20; i++) {
            machine.post(ledger, "k" + i, transfer("cash", "alice", 1));
        }
        // Of every batch only the first write is done, thrice out of four times.
        var calls = new AtomicInteger();
        machine.faults.set((request, call) -> {
            if (!(request instanceof BatchWriteItemRequest batch) || calls.getAndIncrement() % 4 == 3) {
                return call.get();
            }
            var table = batch.requestItems().keySet().iterator().next();
            var writes = batch.requestItems().get(table);
            machine.faults.clear();
            machine.deployment
                    .dynamoDb()
                    .batchWriteItem(write -> write.requestItems(Map.of(table, writes.subList(0, 1))));
            return BatchWriteItemResponse.builder()
                    .unprocessedItems(writes.size() == 1 ? Map.of() : Map.of(table, writes.subList(1, writes.size())))
                    .build();
        });
        assertThat(deliver(messages())).isEmpty();
        assertLevel(ledger, "alice", 20);
    }

    @Test
    void where_dynamodb_leaves_writes_unprocessed_for_good_the_messages_fail_and_come_again() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "k", transfer("cash", "alice", 1));
        var messages = messages();
        machine.faults.set(where(
                named("BatchWriteItem"),
                (request, call) -> BatchWriteItemResponse.builder()
                        .unprocessedItems(((BatchWriteItemRequest) request).requestItems())
                        .build()));
        assertThat(deliver(messages)).hasSize(3);
        assertThat(outbox()).hasSize(3);
        machine.faults.clear();
        assertThat(deliver(messages)).isEmpty();
        assertLevel(ledger, "alice", 1);
    }

    @Test
    void a_poison_message_fails_alone() {
        var ledger = machine.ledger("cash", "alice");
        for (int i = 0; i < 3; i++) {
            machine.post(ledger, "k" + i, transfer("cash", "alice", 1));
        }
        var good = messages();
        var unknown = good.stream()
                .filter(body -> body.contains("\"y\":\"posted\""))
                .findFirst()
                .orElseThrow()
                .replace("\"y\":\"posted\"", "\"y\":\"vanished\"")
                .replaceAll("\"outbox\":\\{.*?\\}", "\"outbox\":{\"pk\":\"outbox#0\",\"sk\":\"none\"}");
        var poison = List.of(
                "",
                "{",
                "null",
                "[]",
                "{\"outbox\":7}",
                "{\"outbox\":{\"pk\":\"outbox#0\",\"sk\":\"x\"},\"events\":[{\"y\":7}]}",
                unknown);
        var mixed = new ArrayList<>(good);
        mixed.addAll(3, poison);
        var failed = deliver(mixed);
        assertThat(failed)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(3, 3 + poison.size())
                        .mapToObj(Integer::toString)
                        .toList());
        assertLevel(ledger, "alice", 3);
    }

    @Test
    void a_projector_that_dies_between_the_views_and_the_outbox_is_made_up_for() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "k", transfer("cash", "alice", 1));
        var messages = messages();
        machine.faults.set(where(this::deletes, throwing(() -> SdkClientException.create("gone"))));
        assertThat(deliver(messages)).hasSize(3);
        machine.faults.set(where(this::deletes, (request, call) -> {
            throw new OutOfMemoryError("the projector dies, on purpose");
        }));
        assertThatThrownBy(() -> deliver(messages)).isInstanceOf(OutOfMemoryError.class);
        assertThat(machine.versions(ledger, "alice")).containsExactly(1L);
        assertThat(outbox()).hasSize(3);
        var views = tables.dump("Views");
        machine.faults.clear();
        assertThat(deliver(messages)).isEmpty();
        assertThat(tables.dump("Views")).isEqualTo(views);
        assertLevel(ledger, "alice", 1);
    }

    @Test
    void the_relay_publishes_after_1_2_4_8_and_then_every_15_minutes() {
        machine.open(Machine.newLedger(), "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\"}");
        assertThat(messages()).hasSize(1);
        var start = now.get();
        var published = new ArrayList<Long>();
        for (long minute = 0; minute <= 62; minute++) {
            now.set(start.plus(Duration.ofMinutes(minute)));
            if (machine.relay().equals("1 published")) {
                published.add(minute);
            }
            assertThat(outbox()).hasSize(1);
        }
        assertThat(published).containsExactly(1L, 3L, 7L, 15L, 30L, 45L, 60L);
        assertThat(messages()).hasSize(published.size());
    }

    @Test
    void a_failed_send_does_not_count_and_is_tried_at_the_next_round() {
        machine.open(Machine.newLedger(), "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\"}");
        var before = outbox();
        machine.faults.set(where(named("SendMessage"), throwing(() -> SdkClientException.create("no queue"))));
        now.set(now.get().plus(Duration.ofMinutes(1)));
        assertThat(machine.relay()).isEqualTo("0 published");
        assertThat(outbox()).isEqualTo(before);
        machine.faults.clear();
        now.set(now.get().plus(Duration.ofMinutes(1)));
        assertThat(machine.relay()).isEqualTo("1 published");
    }

    @Test
    void one_message_that_the_queue_refuses_does_not_hold_up_the_others() {
        var ledger = machine.ledger("cash", "alice");
        for (int i = 0; i < 8; i++) {
            machine.post(ledger, "k" + i, transfer("cash", "alice", 1));
        }
        messages();
        var byShard = outbox().stream()
                .collect(Collectors.groupingBy(item -> item.get("pk").s()));
        var refused = byShard.values().stream()
                .max(Comparator.comparing(List::size))
                .orElseThrow()
                .getFirst()
                .get("sk")
                .s();
        machine.faults.set(where(
                request -> request instanceof SendMessageRequest send
                        && send.messageBody().contains(refused),
                throwing(() -> SdkClientException.create("not this one"))));
        twoRounds();
        assertThat(outbox()).extracting(item -> item.get("sk").s()).containsExactly(refused);
        machine.faults.clear();
        twoRounds();
        assertLevel(ledger, "alice", 8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u0000\\u0001\\u001f",
                "\\t\\r\\n\\\\ \\\"",
                "\\u007f\\u0085\\u2028",
                "\\ud83d\\ude00",
                "\\ufffe\\uffff"
            })
    void any_text_that_a_caller_may_send_reaches_the_views(String text) {
        var ledger = machine.ledger("cash", "alice");
        var body =
                transfer("cash", "alice", 1, ",\"description\":\"" + text + "\",\"metadata\":{\"k\":\"" + text + "\"}");
        var answer = machine.post(ledger, "k", body);
        assertThat(answer.status()).isIn(201, 400);
        deliver(messages());
        twoRounds();
        assertLevel(ledger, "alice", answer.status() == 201 ? 1 : 0);
    }

    @Test
    void the_relay_never_brings_back_what_the_projector_has_deleted_meanwhile() {
        machine.open(Machine.newLedger(), "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\"}");
        now.set(now.get().plus(Duration.ofMinutes(1)));
        machine.faults.set(where(named("SendMessage"), (request, call) -> {
            var sent = call.get();
            machine.faults.clear();
            assertThat(deliver(List.of(((SendMessageRequest) request).messageBody())))
                    .isEmpty();
            return sent;
        }));
        assertThat(machine.relay()).isEqualTo("1 published");
        assertThat(machine.faults.count("UpdateItem")).isEqualTo(1);
        assertThat(outbox()).isEmpty();
    }

    @Test
    void an_item_dated_more_than_a_minute_ahead_is_due_at_once_and_then_backs_off() {
        var ahead = Machine.in(cloud, () -> now.get().plus(Duration.ofDays(400)));
        ahead.open(Machine.newLedger(), "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\"}");
        var little = Machine.in(cloud, () -> now.get().plus(Duration.ofSeconds(50)));
        little.open(Machine.newLedger(), "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\"}");
        assertThat(machine.relay()).isEqualTo("1 published");
        assertThat(machine.relay()).isEqualTo("0 published");
        now.set(now.get().plus(Duration.ofMinutes(2)));
        assertThat(machine.relay()).isEqualTo("2 published");
        assertThat(deliver(messages())).isEmpty();
        assertThat(outbox()).isEmpty();
    }

    @Test
    void a_stalled_projector_gets_a_bounded_number_of_messages_in_a_round_the_oldest_first() {
        for (int i = 0; i < 230; i++) {
            tables.put(
                    "Journal",
                    Map.of(
                            "pk",
                            AttributeValue.fromS("outbox#0"),
                            "sk",
                            AttributeValue.fromS("2026-01-01T00:00:00.%06dZ#main#tx_none#0".formatted(i)),
                            "ev",
                            AttributeValue.fromL(List.of())));
        }
        assertThat(machine.relay()).isEqualTo("200 published");
        assertThat(machine.faults.requests(SendMessageRequest.class))
                .extracting(send ->
                        Answer.parse(send.messageBody()).at("/outbox/sk").asText())
                .isSorted()
                .startsWith("2026-01-01T00:00:00.000000Z#main#tx_none#0")
                .hasSize(200);
        assertThat(machine.relay()).isEqualTo("30 published");
    }

    private boolean deletes(software.amazon.awssdk.core.SdkRequest request) {
        return request instanceof BatchWriteItemRequest batch
                && batch.requestItems().containsKey(cloud.physicalId("Journal"));
    }

    /** The relay's rounds of the next two minutes, with what the queue then delivers. */
    private void twoRounds() {
        for (int round = 0; round < 2; round++) {
            now.set(now.get().plus(Duration.ofMinutes(1)));
            machine.relay();
            deliver(messages());
        }
    }

    private void assertLevel(String ledger, String account, long versions) {
        assertThat(machine.accountNow(ledger, account).body().path("version").asLong())
                .isEqualTo(versions);
        assertThat(machine.versions(ledger, account))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, versions).boxed().toList());
        var view = machine.account(ledger, account);
        assertThat(view.headers()).containsEntry("daybook-consistency", "eventual");
        assertThat(view.text()).isEqualTo(machine.accountNow(ledger, account).text());
        assertThat(outbox()).isEmpty();
    }

    private List<String> messages() {
        return Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events"));
    }

    /** Delivers them ten by ten, and says which failed, by their place. */
    private List<String> deliver(List<String> bodies) {
        var failed = new ArrayList<String>();
        for (int from = 0; from < bodies.size(); from += 10) {
            int start = from;
            machine.project(Messages.event(bodies.subList(from, Math.min(bodies.size(), from + 10)))).stream()
                    .map(place -> Integer.toString(start + Integer.parseInt(place)))
                    .forEach(failed::add);
        }
        return failed;
    }

    private List<Map<String, AttributeValue>> outbox() {
        return tables.items("Journal").stream()
                .filter(item -> item.get("pk").s().startsWith("outbox#"))
                .sorted(Comparator.comparing(item -> item.get("sk").s()))
                .toList();
    }
}
