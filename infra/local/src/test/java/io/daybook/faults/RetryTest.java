package io.daybook.faults;

import static io.daybook.faults.Faults.answersLost;
import static io.daybook.faults.Faults.callsLost;
import static io.daybook.faults.Faults.cancelled;
import static io.daybook.faults.Faults.first;
import static io.daybook.faults.Faults.named;
import static io.daybook.faults.Faults.throwing;
import static io.daybook.faults.Faults.where;
import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** Lost answers, time-outs, conflicts and throttles: what was answered stays true, and nothing happens twice. */
@ExtendWith(SharedCloud.class)
class RetryTest {
    /** So many transactions between the same two accounts fit into one append: with two heads and the outbox item, 100. */
    private static final int CHUNK = 97;

    private static final String DEPOSIT = transfer("cash", "alice", 100);

    private final LocalCloud cloud;
    private final Machine machine;
    private final Machine other;

    RetryTest(LocalCloud cloud) {
        this.cloud = cloud;
        machine = Machine.in(cloud);
        other = Machine.in(cloud);
    }

    @Test
    void a_transaction_whose_write_worked_without_an_answer_is_answered_201_and_there_once() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.set(first(1, Faults::isAppend, answersLost(Faults::isAppend)));
        var answer = machine.post(ledger, "k", DEPOSIT);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().path("entries").path(1).path("version").asLong())
                .isEqualTo(1);
        assertThat(other.accountNow(ledger, "alice")
                        .body()
                        .at("/balances/posted")
                        .asText())
                .isEqualTo("100");
        assertThat(other.post(ledger, "k", DEPOSIT).text()).isEqualTo(answer.text());
    }

    @Test
    void so_are_holds_settled_voided_and_reversed_accounts_opened_and_batches_whose_writes_got_no_answer() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "deposit", DEPOSIT);
        var settled = machine.post(ledger, "h1", transfer("alice", "cash", 10, ",\"pending\":true"));
        var voided = machine.post(ledger, "h2", transfer("alice", "cash", 20, ",\"pending\":true"));
        machine.faults.set(lostOnce());
        assertThat(machine.settle(ledger, settled.id()).body().path("status").asText())
                .isEqualTo("posted");
        machine.faults.set(lostOnce());
        assertThat(machine.release(ledger, voided.id()).body().path("status").asText())
                .isEqualTo("voided");
        machine.faults.set(lostOnce());
        assertThat(machine.reverse(ledger, settled.id()).status()).isBetween(200, 201);
        machine.faults.set(lostOnce());
        assertThat(machine.open(ledger, "bob", "{\"asset\":\"USD/2\",\"type\":\"liability\"}")
                        .status())
                .isBetween(200, 201);
        machine.faults.set(lostOnce());
        var batch = machine.batch(ledger, batch(item("b1", DEPOSIT), item("b2", transfer("alice", "bob", 30))));
        assertThat(statuses(batch)).containsExactly(201, 201);
        machine.faults.set(lostOnce());
        var atomic = machine.batch(
                ledger,
                batch(item("b3", DEPOSIT), item("b4", transfer("alice", "bob", 30)))
                        .replaceFirst("\\{", "{\"atomic\":true,"));
        assertThat(statuses(atomic)).containsExactly(201, 201);
        machine.faults.clear();
        assertThat(posted(ledger, "alice")).isEqualTo(100 + 100 + 100 - 60);
        assertThat(posted(ledger, "bob")).isEqualTo(60);
    }

    @Test
    void without_any_answer_the_outcome_is_unknown_and_the_same_call_tells_it_later() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.set((request, call) -> Faults.isAppend(request)
                ? answersLost(Faults::isAppend).on(request, call)
                : callsLost(named("TransactGetItems")).on(request, call));
        var answer = machine.post(ledger, "k", DEPOSIT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("outcome-unknown");
        assertThat(answer.headers()).containsKey("retry-after");
        machine.faults.clear();
        var again = machine.post(ledger, "k", DEPOSIT);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.replayed()).isTrue();
        assertThat(posted(ledger, "alice")).isEqualTo(100);
    }

    @Test
    void where_only_the_writes_get_no_answer_the_read_of_event_0_tells() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.set(answersLost(Faults::isAppend));
        assertThat(machine.post(ledger, "k", DEPOSIT).status()).isEqualTo(201);
        machine.faults.clear();
        assertThat(posted(ledger, "alice")).isEqualTo(100);
    }

    @Test
    void a_retry_after_a_lost_201_is_201_though_the_version_expected_has_passed_and_the_funds_are_gone() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "deposit", DEPOSIT);
        var body = transfer("alice", "cash", 100, ",\"expect\":{\"alice\":1}");
        var lost = machine.post(ledger, "spend", body);
        assertThat(lost.status()).isEqualTo(201);
        var again = other.post(ledger, "spend", body);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(lost.text());
        assertThat(again.replayed()).isTrue();
        assertThat(posted(ledger, "alice")).isZero();
    }

    @Test
    void a_retry_after_a_lost_201_is_201_though_the_accounts_have_been_closed() {
        var ledger = machine.ledger("cash", "alice");
        var lost = machine.post(ledger, "k", DEPOSIT);
        for (var account : List.of("cash", "alice")) {
            assertThat(machine.change(ledger, account, "{\"closed\":true}").status())
                    .isEqualTo(200);
        }
        assertThat(machine.post(ledger, "k2", DEPOSIT).problem()).isEqualTo("account-closed");
        var again = machine.post(ledger, "k", DEPOSIT);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(lost.text());
    }

    @Test
    void a_retry_after_a_lost_201_is_201_though_the_hold_has_expired_meanwhile() {
        var clock = new AtomicReference<>(Instant.now());
        var machine = Machine.in(cloud, clock::get);
        var ledger = machine.ledger("cash", "alice");
        var body = transfer(
                "cash",
                "alice",
                100,
                ",\"pending\":true,\"expiresAt\":\"" + clock.get().plusSeconds(60) + "\"");
        var lost = machine.post(ledger, "k", body);
        assertThat(lost.status()).isEqualTo(201);
        clock.set(clock.get().plusSeconds(61));
        assertThat(machine.post(ledger, "k", body).text()).isEqualTo(lost.text());
        assertThat(machine.settle(ledger, lost.id()).body().path("actual").asText())
                .isEqualTo("expired");
        var again = machine.post(ledger, "k", body);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text()).isEqualTo(lost.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"time-out", "connection", "5xx", "in progress", "throttled"})
    void what_failed_before_it_worked_is_tried_again_and_happens_once(String fault) {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.set(first(2, Faults::isAppend, throwing(() -> switch (fault) {
            case "time-out" -> Faults.timeout();
            case "connection" -> SdkClientException.create("Connection reset");
            case "5xx" -> InternalServerErrorException.builder().statusCode(500).build();
            case "in progress" ->
                TransactionInProgressException.builder().statusCode(400).build();
            default -> throttled();
        })));
        var answer = machine.post(ledger, "k", DEPOSIT);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.replayed()).isFalse();
        assertThat(machine.faults.count("TransactWriteItems")).isEqualTo(3 + 2);
        assertThat(posted(ledger, "alice")).isEqualTo(100);
        assertThat(machine.versions(ledger, "alice")).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void conflicts_and_throttles_of_single_writes_are_tried_again() {
        var ledger = machine.ledger("cash", "alice");
        var reasons = new ArrayList<>(List.of(
                cancelled("None", "TransactionConflict", "None", "None"),
                cancelled("None", "None", "ThrottlingError", "None"),
                cancelled("ProvisionedThroughputExceeded", "TransactionConflict", "None", "ConditionalCheckFailed")));
        machine.faults.set(first(3, Faults::isAppend, throwing(reasons::removeFirst)));
        assertThat(machine.post(ledger, "k", DEPOSIT).status()).isEqualTo(201);
        assertThat(posted(ledger, "alice")).isEqualTo(100);
    }

    @Test
    void what_another_append_had_in_hand_is_read_before_the_next_try() {
        var ledger = machine.ledger("cash", "alice");
        var inHand = first(1, Faults::isAppend, (request, call) -> {
            other.post(ledger, "meanwhile", DEPOSIT);
            throw cancelled("None", "TransactionConflict", "TransactionConflict", "None");
        });
        machine.faults.forget();
        machine.faults.set(inHand);
        var answer = machine.post(ledger, "k", transfer("cash", "alice", 70));
        assertThat(answer.body().at("/entries/0/version").asLong()).isEqualTo(2);
        assertThat(machine.faults.names())
                .containsExactly(
                        "BatchGetItem", "TransactWriteItems", "BatchGetItem", "TransactWriteItems", "SendMessage");
    }

    @Test
    void so_it_is_for_batches() {
        var ledger = machine.ledger("cash", "alice");
        for (var atomic : List.of("", "\"atomic\":true,")) {
            machine.faults.forget();
            machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
                other.post(ledger, "meanwhile " + atomic.length(), DEPOSIT);
                throw cancelled("None", "TransactionConflict", "TransactionConflict", "None");
            }));
            var item = item("b" + atomic.length(), transfer("cash", "alice", 70));
            assertThat(statuses(machine.batch(ledger, batch(item).replaceFirst("\\{", "{" + atomic))))
                    .containsExactly(201);
            assertThat(machine.faults.names())
                    .containsExactly(
                            "BatchGetItem", "TransactWriteItems", "BatchGetItem", "TransactWriteItems", "SendMessage");
        }
    }

    @Test
    void a_cancellation_that_another_try_can_not_overcome_is_a_fault_of_ours_and_leaves_nothing_half_done() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.forget();
        machine.faults.set(where(
                Faults::isAppend,
                throwing(() -> cancelled("TransactionConflict", "ConditionalCheckFailed", "ValidationError", "None"))));
        var answer = machine.post(ledger, "k", DEPOSIT);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.problem()).isEqualTo("internal");
        assertThat(answer.text()).doesNotContain("Exception", "ValidationError", "on purpose");
        assertThat(machine.faults.count("TransactWriteItems")).isEqualTo(1);
        assertThat(machine.faults.count("SendMessage")).isZero();
        machine.faults.clear();
        assertThat(machine.accountNow(ledger, "alice").body().path("version").asLong())
                .isZero();
        assertThat(machine.post(ledger, "k", DEPOSIT).replayed()).isFalse();
    }

    @Test
    void who_loses_every_race_is_told_so_and_keeps_the_key() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.forget();
        machine.faults.set(
                where(Faults::isAppend, throwing(() -> cancelled("None", "TransactionConflict", "None", "None"))));
        var start = Instant.now();
        var answer = machine.post(ledger, "k", DEPOSIT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("contention");
        assertThat(answer.headers()).containsKey("retry-after");
        assertThat(machine.faults.count("TransactWriteItems")).isBetween(5L, 10L);
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
        machine.faults.clear();
        // The key is free, for another request even.
        assertThat(machine.post(ledger, "k", transfer("cash", "alice", 7)).status())
                .isEqualTo(201);
        assertThat(posted(ledger, "alice")).isEqualTo(7);
    }

    @Test
    void a_head_that_moves_between_read_and_write_costs_no_read_and_the_second_try_rests_on_it() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "deposit", DEPOSIT);
        machine.faults.forget();
        machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
            other.post(ledger, "meanwhile", transfer("alice", "cash", 30));
            return call.get();
        }));
        var answer = machine.post(ledger, "k", transfer("alice", "cash", 70));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(machine.faults.names())
                .containsExactly("BatchGetItem", "TransactWriteItems", "TransactWriteItems", "SendMessage");
        assertThat(answer.body().at("/entries/0/version").asLong()).isEqualTo(3);
        assertThat(answer.body().at("/entries/0/balances/posted").asText()).isEqualTo("0");
    }

    @Test
    void a_decline_after_a_lost_race_rests_on_the_head_that_won_it() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "deposit", DEPOSIT);
        machine.faults.forget();
        machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
            other.post(ledger, "meanwhile", transfer("alice", "cash", 31));
            return call.get();
        }));
        var answer = machine.post(ledger, "k", transfer("alice", "cash", 70));
        assertThat(answer.problem()).isEqualTo("insufficient-funds");
        assertThat(answer.body().path("available").asText()).isEqualTo("69");
        assertThat(machine.faults.count("BatchGetItem")).isEqualTo(1);
    }

    @Test
    void a_limit_that_is_changed_meanwhile_makes_the_transaction_lose_its_race() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "deposit", DEPOSIT);
        machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
            assertThat(other.change(ledger, "alice", "{\"minimum\":\"50\"}").status())
                    .isEqualTo(200);
            return call.get();
        }));
        var answer = machine.post(ledger, "k", transfer("alice", "cash", 70));
        assertThat(answer.problem()).isEqualTo("insufficient-funds");
        assertThat(answer.body().path("minimum").asText()).isEqualTo("50");
    }

    @Test
    void what_may_still_be_under_way_is_never_called_refused() {
        var ledger = machine.ledger("cash", "alice");
        var body = transfer("cash", "alice", 5, ",\"expect\":{\"alice\":0}");
        machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
            other.post(ledger, "meanwhile", DEPOSIT);
            throw Faults.timeout();
        }));
        assertThat(machine.post(ledger, "k", body).problem()).isEqualTo("outcome-unknown");
        assertThat(machine.post(ledger, "k", body).problem()).isEqualTo("version-mismatch");
        assertThat(posted(ledger, "alice")).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "batch", "atomic"})
    void a_call_that_gets_no_answer_of_dynamodb_ends_before_the_api_s_30_seconds(String kind) {
        var now = new AtomicReference<>(Instant.now());
        var machine = Machine.in(cloud, now::get);
        var ledger = machine.ledger("cash", "alice");
        var start = now.get();
        machine.faults.set(where(Faults::isAppend, (request, call) -> {
            now.updateAndGet(time -> time.plusSeconds(3));
            throw Faults.timeout();
        }));
        var items = batch(item("k1", DEPOSIT), item("k2", DEPOSIT));
        var answer = switch (kind) {
            case "single" -> machine.post(ledger, "k1", DEPOSIT);
            case "batch" -> machine.batch(ledger, items);
            default -> machine.batch(ledger, items.replaceFirst("\\{", "{\"atomic\":true,"));
        };
        assertThat(answer.text()).contains("urn:daybook:outcome-unknown");
        assertThat(Duration.between(start, now.get())).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_chunk_of_a_batch_that_loses_its_race_is_decided_again() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.forget();
        machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
            other.post(ledger, "meanwhile", transfer("cash", "alice", 1000));
            return call.get();
        }));
        var answer = machine.batch(ledger, deposits(CHUNK + 3));
        assertThat(statuses(answer)).hasSize(CHUNK + 3).containsOnly(201);
        assertThat(machine.faults.count("BatchGetItem")).isEqualTo(1);
        assertThat(machine.faults.count("TransactWriteItems")).isEqualTo(3);
        assertThat(posted(ledger, "alice")).isEqualTo(1000 + CHUNK + 3);
        assertThat(answer.body().at("/results/0/transaction/entries/1/version").asLong())
                .isEqualTo(2);
    }

    @Test
    void a_batch_is_halved_where_its_first_half_does_not_need_the_heads_that_were_in_its_way() {
        var ledger = machine.ledger("cash", "alice", "bob");
        for (var busy : Map.of("bob", 3L, "cash", 2L).entrySet()) {
            machine.faults.forget();
            machine.faults.set(first(1, Faults::isAppend, (request, call) -> {
                throw cancelled(((TransactWriteItemsRequest) request)
                        .transactItems().stream()
                                .map(write -> write.put().item().get("pk").s())
                                .map(pk -> pk.endsWith("#" + busy.getKey()) ? "TransactionConflict" : "None")
                                .toArray(String[]::new));
            }));
            var items = Stream.of("alice", "alice", "bob", "bob")
                    .map(to -> item(busy.getKey() + UUID.randomUUID(), transfer("cash", to, 1)));
            assertThat(statuses(machine.batch(ledger, batch(items.toArray(String[]::new)))))
                    .containsOnly(201);
            assertThat(machine.faults.count("TransactWriteItems"))
                    .as("appends where %s is busy", busy.getKey())
                    .isEqualTo(busy.getValue());
        }
    }

    @Test
    void a_machine_that_dies_between_two_chunks_leaves_whole_transactions_and_the_same_batch_does_the_rest() {
        var ledger = machine.ledger("cash", "alice");
        var body = deposits(2 * CHUNK + 6);
        var appends = new AtomicInteger();
        machine.faults.set(where(Faults::isAppend, (request, call) -> {
            if (appends.incrementAndGet() == 2) {
                throw new OutOfMemoryError("the machine dies, on purpose");
            }
            return call.get();
        }));
        assertThatThrownBy(() -> machine.batch(ledger, body)).isInstanceOf(OutOfMemoryError.class);
        assertThat(posted(ledger, "alice")).isEqualTo(CHUNK);
        assertThat(posted(ledger, "cash")).isEqualTo(CHUNK);
        machine.faults.clear();
        var again = machine.batch(ledger, body);
        assertThat(statuses(again)).hasSize(2 * CHUNK + 6).containsOnly(201);
        var replayed = results(again).stream()
                .map(result -> result.path("replayed").asBoolean())
                .toList();
        assertThat(replayed.subList(0, CHUNK)).containsOnly(true);
        assertThat(replayed.subList(CHUNK, replayed.size())).containsOnly(false);
        assertThat(posted(ledger, "alice")).isEqualTo(2 * CHUNK + 6);
        assertThat(machine.accountNow(ledger, "alice").body().path("version").asLong())
                .isEqualTo(2 * CHUNK + 6);
    }

    @Test
    void what_comes_after_a_chunk_whose_answer_was_lost_rests_on_what_it_wrote() {
        var ledger = machine.ledger("cash", "alice", "bob");
        machine.faults.set(lostOnce());
        var items = new ArrayList<String>();
        for (int i = 0; i < CHUNK; i++) {
            items.add(item("d" + i, transfer("cash", "alice", 1)));
        }
        items.add(item("spend", transfer("alice", "bob", CHUNK)));
        var answer = machine.batch(ledger, batch(items.toArray(String[]::new)));
        // Where the chunk is known to be written, what it paid in is there to be spent; else nothing is decided on it.
        assertThat(statuses(answer).subList(0, CHUNK)).containsOnly(201);
        assertThat(statuses(answer).getLast()).isIn(201, 503);
        machine.faults.clear();
        assertThat(machine.post(ledger, "spend", transfer("alice", "bob", CHUNK))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void after_what_could_not_be_decided_nothing_is_decided_on_its_accounts_nor_on_those_of_what_was_left_with_it() {
        var ledger = machine.ledger("cash", "alice", "bob", "carol");
        machine.faults.set(first(1, Faults::isAppend, callsLost(Faults::isAppend)));
        var items = new ArrayList<String>();
        for (int i = 0; i < CHUNK; i++) {
            items.add(item("d" + i, transfer("cash", "alice", 1)));
        }
        items.add(item("on", transfer("alice", "bob", 10)));
        items.add(item("further", transfer("bob", "carol", 10)));
        var answer = machine.batch(ledger, batch(items.toArray(String[]::new)));
        assertThat(statuses(answer)).containsOnly(503);
        machine.faults.clear();
        var again = machine.batch(ledger, batch(items.toArray(String[]::new)));
        assertThat(statuses(again)).containsOnly(201);
        assertThat(posted(ledger, "carol")).isEqualTo(10);
    }

    @Test
    void a_batch_sent_twice_at_once_declines_nothing_that_its_earlier_items_pay_for() {
        var ledger = machine.ledger("cash", "alice", "bob");
        var items = new ArrayList<String>();
        for (int i = 0; i < CHUNK; i++) {
            items.add(item("d" + i, transfer("cash", "alice", 1)));
        }
        items.add(item("refused", transfer("nobody", "bob", 1)));
        items.add(item("spend", transfer("alice", "bob", CHUNK)));
        var body = batch(items.toArray(String[]::new));
        // The first sending dies behind its first chunk, which the second one reads after it has read the heads.
        var appends = new AtomicInteger();
        other.faults.set(where(Faults::isAppend, (request, call) -> {
            if (appends.incrementAndGet() == 2) {
                throw new OutOfMemoryError("the machine dies, on purpose");
            }
            return call.get();
        }));
        machine.faults.set(first(1, named("BatchGetItem"), (request, call) -> {
            var heads = call.get();
            assertThatThrownBy(() -> other.batch(ledger, body)).isInstanceOf(OutOfMemoryError.class);
            return heads;
        }));
        var answer = machine.batch(ledger, body);
        assertThat(statuses(answer).subList(0, CHUNK)).containsOnly(201);
        assertThat(statuses(answer).subList(CHUNK, CHUNK + 2)).containsExactly(422, 201);
        assertThat(posted(ledger, "bob")).isEqualTo(CHUNK);
    }

    @Test
    void an_append_whose_last_attempt_was_throttled_may_have_been_written_by_an_earlier_one() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.set(where(Faults::isAppend, (request, call) -> {
            throw ((DynamoDbException) throttled()).toBuilder().numAttempts(3).build();
        }));
        var answer = machine.post(ledger, "k", DEPOSIT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("urn:daybook:outcome-unknown");
    }

    private static Faults.Fault lostOnce() {
        return first(1, Faults::isAppend, answersLost(Faults::isAppend));
    }

    private static RuntimeException throttled() {
        return DynamoDbException.builder()
                .statusCode(400)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode("ThrottlingException")
                        .build())
                .build();
    }

    private static String deposits(int count) {
        return batch(IntStream.range(0, count)
                .mapToObj(i -> item("d" + i, transfer("cash", "alice", 1)))
                .toArray(String[]::new));
    }

    private static String item(String key, String transaction) {
        return transaction.replaceFirst("\\{", "{\"key\":\"" + key + "\",");
    }

    private static String batch(String... items) {
        return "{\"transactions\":[" + String.join(",", items) + "]}";
    }

    private static List<JsonNode> results(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.body().path("results").valueStream().toList();
    }

    private static List<Integer> statuses(Answer answer) {
        return results(answer).stream()
                .map(result -> result.path("status").asInt())
                .toList();
    }

    /** What is posted to an account in its own sense, as the journal has it. */
    private long posted(String ledger, String account) {
        return other.accountNow(ledger, account).body().at("/balances/posted").asLong();
    }
}
