package io.daybook.contract;

import static io.daybook.contract.TestLedger.item;
import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Section7BatchesTest {

    private static String results(Answer answer) {
        return answer.results()
                .map(result -> result.path("key").asText() + " "
                        + result.path("status").asInt())
                .collect(Collectors.joining(", "));
    }

    private static JsonNode result(Answer answer, int at) {
        return answer.at("/results/" + at);
    }

    // Independent.

    @Test
    void each_transaction_has_the_status_that_the_single_call_would_have_had_in_request_order() {
        var ledger = TestLedger.ofAlice(100);
        ledger.open("euros", "{'asset':'EUR/2','type':'liability'}").is(201);
        ledger.transfer("reused", "alice", "shop", 1).is(201);
        ledger.transfer("replayed", "alice", "shop", 1).is(201);
        var answer = ledger.batch(
                        item("posted", "alice", "shop", 10),
                        item("declined", "bob", "shop", 1),
                        item("unknown", "alice", "nobody", 1),
                        item("mixed", "alice", "euros", 1),
                        item("reused", "alice", "shop", 2),
                        item("replayed", "alice", "shop", 1),
                        "{'key':'held','pending':true,'postings':[%s]}".formatted(posting("alice", "shop", 5)),
                        "{'key':'stale','expect':{'alice':1},'postings':[%s]}".formatted(posting("alice", "shop", 5)),
                        "{'key':'expired','pending':true,'expiresAt':'2020-01-01T00:00:00Z','postings':[%s]}"
                                .formatted(posting("alice", "shop", 5)))
                .is(200);
        assertThat(results(answer))
                .isEqualTo(
                        "posted 201, declined 422, unknown 422, mixed 422, reused 422, replayed 201, held 201, stale 409, expired 400");
        var problems = answer.results()
                .map(result -> result.at("/problem/type").asText().replace("urn:daybook:", ""));
        assertThat(problems)
                .containsExactly(
                        "",
                        "insufficient-funds",
                        "unknown-account",
                        "asset-mismatch",
                        "idempotency-key-reused",
                        "",
                        "",
                        "version-mismatch",
                        "invalid-request");
        assertThat(answer.results().map(result -> result.path("replayed").asBoolean()))
                .containsExactly(false, false, false, false, false, true, false, false, false);
        assertThat(ledger.balances("alice")).isEqualTo("88 / 83 / 83");
        // Each is the transaction that the single call gives.
        for (var at : List.of(0, 5, 6)) {
            var transaction = result(answer, at).path("transaction");
            assertThat(ledger.transaction(transaction.path("id").asText())
                            .is(200)
                            .json())
                    .isEqualTo(transaction);
        }
    }

    @Test
    void later_ones_see_earlier_ones_effect() {
        var ledger = TestLedger.ofAlice(100);
        var answer = ledger.batch(
                        item("a", "alice", "bob", 100),
                        item("b", "alice", "bob", 1),
                        item("c", "bob", "shop", 100),
                        "{'key':'d','expect':{'shop':1},'postings':[%s]}".formatted(posting("shop", "alice", 100)),
                        item("e", "alice", "bob", 100))
                .is(200);
        assertThat(results(answer)).isEqualTo("a 201, b 422, c 201, d 201, e 201");
        assertThat(result(answer, 1).at("/problem/available").asText()).isEqualTo("0");
        assertThat(result(answer, 4).at("/transaction/entries/0/version").asInt())
                .isEqualTo(4);
        assertThat(ledger.balances("bob")).isEqualTo("100 / 100 / 100");
        ledger.seen("bob");
        assertThat(ledger.entries("alice", 4))
                .extracting(entry -> entry.path("version").asInt())
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void the_whole_batch_again_is_replayed_declines_included() {
        var ledger = TestLedger.ofAlice(100);
        var first = ledger.batch(item("a", "alice", "bob", 60), item("b", "alice", "bob", 60))
                .is(200);
        ledger.transfer("cash", "alice", 1000).is(201);
        var again = ledger.batch(item("a", "alice", "bob", 60), item("b", "alice", "bob", 60))
                .is(200);
        assertThat(results(again)).isEqualTo("a 201, b 422");
        assertThat(again.results().map(result -> result.path("replayed").asBoolean()))
                .containsExactly(true, true);
        assertThat(result(again, 0).path("transaction"))
                .isEqualTo(result(first, 0).path("transaction"));
        assertThat(result(again, 1).path("problem")).isEqualTo(result(first, 1).path("problem"));
        assertThat(ledger.balances("bob")).isEqualTo("60 / 60 / 60");
    }

    @Test
    void a_key_is_one_whether_it_is_used_in_a_batch_or_alone() {
        var ledger = TestLedger.ofAlice(100);
        var batched = ledger.batch(item("a", "alice", "bob", 60)).is(200);
        var alone = ledger.transfer("a", "alice", "bob", 60).is(201);
        assertThat(alone.replayed()).isTrue();
        assertThat(alone.json()).isEqualTo(result(batched, 0).path("transaction"));
        var declined = ledger.transfer("b", "alice", "bob", 60).is(422, "insufficient-funds");
        var result = result(ledger.batch(item("b", "alice", "bob", 60)).is(200), 0);
        assertThat(result.path("replayed").asBoolean()).isTrue();
        assertThat(result.path("problem")).isEqualTo(declined.json());
    }

    @Test
    void a_replay_shows_the_first_answer_whatever_has_happened_since() {
        var ledger = TestLedger.ofAlice(100);
        var hold = "{'key':'a','pending':true,'postings':[%s]}".formatted(posting("alice", "bob", 60));
        var first = ledger.batch(hold).is(200);
        ledger.settle(result(first, 0).at("/transaction/id").asText(), null).is(200);
        assertThat(result(ledger.batch(hold).is(200), 0).path("transaction"))
                .isEqualTo(result(first, 0).path("transaction"));
    }

    @Test
    void each_key_is_there_once() {
        var ledger = TestLedger.ofAlice(100);
        ledger.batch(item("a", "alice", "bob", 1), item("b", "alice", "bob", 1), item("a", "alice", "bob", 1))
                .invalidAt("/transactions/2/key");
        ledger.atomic(item("a", "alice", "bob", 1), item("a", "alice", "bob", 2))
                .invalidAt("/transactions/1/key");
        assertThat(ledger.version("alice")).isEqualTo(1);
    }

    @Test
    void each_transaction_needs_a_key() {
        var ledger = TestLedger.ofAlice(100);
        ledger.batch("{'postings':[%s]}".formatted(posting("alice", "bob", 1))).invalidAt("/transactions/0/key");
        for (var key : List.of("''", "'a b'", "1", "null", "'\\u00e4'", "'" + "k".repeat(256) + "'")) {
            ledger.batch("{'key':%s,'postings':[%s]}".formatted(key, posting("alice", "bob", 1)))
                    .invalidAt("/transactions/0/key");
        }
        assertThat(results(
                        ledger.batch(item("k".repeat(255), "alice", "bob", 1)).is(200)))
                .endsWith(" 201");
        // Its quotes are its own here.
        assertThat(result(
                                ledger.batch("{'key':'\\u0022q\\u0022','postings':[%s]}"
                                                .formatted(posting("alice", "bob", 1)))
                                        .is(200),
                                0)
                        .at("/transaction/key")
                        .asText())
                .isEqualTo("\"q\"");
    }

    @Test
    void all_faults_of_all_transactions_are_named_at_once_and_nothing_is_written() {
        var ledger = TestLedger.ofAlice(100);
        ledger.batch(
                        item("a", "alice", "bob", 1),
                        "{'key':'b','postings':[{'debit':'alice','credit':'alice','amount':0}],'descriptoin':1}",
                        "{'key':'c','postings':[]}",
                        "7")
                .is(400, "invalid-request");
        ledger.batch(
                        item("a", "alice", "bob", 1),
                        "{'key':'b','postings':[{'debit':'alice','credit':'alice','amount':0}],'descriptoin':1}",
                        "{'key':'c','postings':[]}")
                .invalidAt(
                        "/transactions/1/postings/0/credit",
                        "/transactions/1/postings/0/amount",
                        "/transactions/1/descriptoin",
                        "/transactions/2/postings");
        assertThat(ledger.version("alice")).isEqualTo(1);
        assertThat(ledger.get("/transactions?key=a").items("/items")).isEmpty();
    }

    @Test
    void a_batch_has_1_to_500_transactions() {
        var ledger = TestLedger.ofAlice();
        ledger.batch().invalidAt("/transactions");
        ledger.daybook().post(ledger.path() + "/batches", "{}").invalidAt("/transactions");
        ledger.batch(transfers(501)).invalidAt("/transactions");
        assertThat(ledger.version("alice")).isZero();
    }

    private static String[] transfers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> item("k" + i, "cash", "alice", 1))
                .toArray(String[]::new);
    }

    @Test
    void a_batch_has_at_most_2000_postings() {
        var ledger = TestLedger.ofAlice();
        var forty = String.join(",", Collections.nCopies(40, posting("cash", "alice", 1)));
        var fifty = IntStream.range(0, 50)
                .mapToObj(i -> "{'key':'k%d','postings':[%s]}".formatted(i, forty))
                .toList();
        var more = new java.util.ArrayList<>(fifty);
        more.add(item("one-more", "cash", "alice", 1));
        ledger.batch(more.toArray(String[]::new)).invalidAt("/transactions");
        assertThat(ledger.version("alice")).isZero();
        ledger.batch(fifty.toArray(String[]::new)).is(200);
        assertThat(ledger.balances("alice")).isEqualTo("2000 / 2000 / 2000");
    }

    @Test
    void a_batch_of_500_over_50_accounts_takes_few_writes_and_reaches_every_view() {
        var ledger = TestLedger.empty();
        for (int i = 0; i < 50; i++) {
            ledger.open("a" + i, "{'asset':'USD/2','type':'liability','minimum':null}")
                    .is(201);
        }
        var transfers = IntStream.range(0, 500)
                .mapToObj(i -> item("k" + i, "a" + i % 50, "a" + (i * 7 + 1 + i / 50) % 50, i + 1))
                .filter(item -> !item.matches(".*'debit':'(a\\d+)','credit':'\\1'.*"))
                .toArray(String[]::new);
        assertThat(transfers.length).isGreaterThan(480);
        int before = Daybook.batchWrites();
        var answer = ledger.batch(transfers).is(200);
        assertThat(answer.results().map(result -> result.path("status").asInt()))
                .containsOnly(201);
        assertThat(Daybook.batchWrites() - before).isBetween(1, 12);
        Daybook.eventually(() -> assertThat(ledger.daybook().all(ledger.path() + "/transactions?limit=1000"))
                .hasSize(transfers.length));
    }

    @Test
    void a_large_batch_again_is_replayed_whole() {
        var ledger = TestLedger.ofAlice();
        var transfers = transfers(500);
        assertThat(statuses(ledger.batch(transfers).is(200))).isEqualTo(Map.of("201", 500L));
        assertThat(statuses(ledger.batch(transfers).is(200))).isEqualTo(Map.of("201 replayed", 500L));
        assertThat(ledger.balances("alice")).isEqualTo("500 / 500 / 500");
    }

    @Test
    void a_large_batch_of_which_a_part_was_posted_before_is_completed() {
        var ledger = TestLedger.ofAlice();
        var transfers = transfers(500);
        ledger.batch(Arrays.copyOfRange(transfers, 100, 400)).is(200);
        var statuses = statuses(ledger.batch(transfers).is(200));
        // On a slow machine DynamoDB Local may write a chunk and not answer in time; what is found then counts as
        // replayed.
        assertThat(statuses.keySet()).containsExactlyInAnyOrder("201", "201 replayed");
        assertThat(statuses.get("201 replayed")).isGreaterThanOrEqualTo(300L);
        assertThat(statuses.get("201") + statuses.get("201 replayed")).isEqualTo(500L);
        assertThat(ledger.balances("alice")).isEqualTo("500 / 500 / 500");
    }

    private static Map<String, Long> statuses(Answer answer) {
        return answer.results()
                .map(result -> result.path("status").asText()
                        + (result.path("replayed").asBoolean() ? " replayed" : ""))
                .collect(Collectors.groupingBy(status -> status, Collectors.counting()));
    }

    // Atomic.

    @Test
    void an_atomic_batch_is_posted_as_a_whole() {
        var ledger = TestLedger.ofAlice(100);
        var answer = ledger.atomic(
                        item("a", "alice", "bob", 100),
                        item("b", "bob", "shop", 100),
                        "{'key':'c','pending':true,'postings':[%s]}".formatted(posting("shop", "alice", 40)))
                .is(200);
        assertThat(results(answer)).isEqualTo("a 201, b 201, c 201");
        assertThat(answer.results().map(result -> result.path("replayed").asBoolean()))
                .containsOnly(false);
        assertThat(ledger.balances("shop")).isEqualTo("100 / 60 / 60");
        for (int i = 0; i < 3; i++) {
            var transaction = result(answer, i).path("transaction");
            assertThat(ledger.transaction(transaction.path("id").asText())
                            .is(200)
                            .json())
                    .isEqualTo(transaction);
        }
        // One write, one moment.
        assertThat(answer.results()
                        .map(result -> result.at("/transaction/recordedAt").asText())
                        .distinct())
                .hasSizeLessThanOrEqualTo(3);
        ledger.seen("shop");
    }

    @Test
    void an_atomic_batch_is_all_or_none_and_says_which_failed_and_no_key_is_used_up() {
        var ledger = TestLedger.ofAlice(100);
        var declined = ledger.atomic(
                        item("a", "alice", "bob", 60),
                        item("b", "alice", "bob", 60),
                        item("c", "alice", "nobody", 1),
                        item("d", "alice", "bob", 10))
                .is(422, "batch-declined");
        assertThat(results(declined)).isEqualTo("b 422, c 422");
        assertThat(result(declined, 0).at("/problem/type").asText()).isEqualTo("urn:daybook:insufficient-funds");
        assertThat(result(declined, 0).at("/problem/available").asText()).isEqualTo("40");
        assertThat(result(declined, 1).at("/problem/type").asText()).isEqualTo("urn:daybook:unknown-account");
        assertThat(ledger.version("alice")).isEqualTo(1);
        for (var key : List.of("a", "b", "c", "d")) {
            assertThat(ledger.get("/transactions?key=" + key).is(200).items("/items"))
                    .isEmpty();
        }
        assertThat(ledger.transfer("b", "alice", "shop", 1).is(201).replayed()).isFalse();
        assertThat(results(ledger.atomic(item("a", "alice", "bob", 60), item("d", "alice", "bob", 10))
                        .is(200)))
                .isEqualTo("a 201, d 201");
    }

    @Test
    void an_atomic_batch_whose_keys_were_all_used_by_the_same_requests_is_replayed() {
        var ledger = TestLedger.ofAlice(100);
        var items = new String[] {
            item("a", "alice", "bob", 100),
            "{'key':'b','pending':true,'postings':[%s]}".formatted(posting("bob", "shop", 100))
        };
        var first = ledger.atomic(items).is(200);
        ledger.settle(result(first, 1).at("/transaction/id").asText(), null).is(200);
        ledger.change("alice", "{'closed':true}").is(200);
        var again = ledger.atomic(items).is(200);
        assertThat(results(again)).isEqualTo("a 201, b 201");
        assertThat(again.results().map(result -> result.path("replayed").asBoolean()))
                .containsOnly(true);
        for (int i = 0; i < 2; i++) {
            assertThat(result(again, i).path("transaction"))
                    .isEqualTo(result(first, i).path("transaction"));
        }
        assertThat(ledger.balances("shop")).isEqualTo("100 / 100 / 100");
    }

    @Test
    void an_atomic_batch_of_which_only_some_keys_were_used_is_refused_naming_them() {
        var ledger = TestLedger.ofAlice(100);
        ledger.transfer("a", "alice", "bob", 10).is(201);
        ledger.transfer("d", "alice", "bob", 10).is(201);
        var refused = ledger.atomic(
                        item("a", "alice", "bob", 10), item("b", "alice", "bob", 10), item("d", "alice", "bob", 11))
                .is(422, "batch-declined");
        assertThat(refused.results().map(result -> result.path("key").asText())).containsExactly("a", "d");
        assertThat(refused.results().map(result -> result.at("/problem/type").asText()))
                .containsOnly("urn:daybook:idempotency-key-reused");
        assertThat(result(refused, 0).at("/problem/detail").asText()).startsWith("The same request");
        assertThat(result(refused, 1).at("/problem/detail").asText()).startsWith("A different request");
        assertThat(ledger.balances("bob")).isEqualTo("20 / 20 / 20");
        assertThat(ledger.get("/transactions?key=b").items("/items")).isEmpty();
    }

    @Test
    void an_atomic_batch_whose_keys_were_all_used_one_by_another_request_is_refused() {
        var ledger = TestLedger.ofAlice(100);
        ledger.transfer("a", "alice", "bob", 10).is(201);
        ledger.transfer("b", "alice", "bob", 10).is(201);
        var refused = ledger.atomic(item("a", "alice", "bob", 10), item("b", "alice", "bob", 11))
                .is(422, "batch-declined");
        assertThat(refused.results().map(result -> result.path("key").asText())).contains("b");
        assertThat(ledger.balances("bob")).isEqualTo("20 / 20 / 20");
    }

    @Test
    void what_does_not_fit_one_atomic_write_is_refused_before_anything_is_written() {
        var ledger = TestLedger.ofAlice();
        // An event for each, two heads and the outbox: 97 fit.
        ledger.atomic(transfers(98)).is(422, "batch-too-large");
        assertThat(ledger.version("alice")).isZero();
        assertThat(ledger.get("/transactions?key=k0").items("/items")).isEmpty();
        ledger.daybook()
                .post(
                        ledger.path() + "/batches?dryRun=true",
                        "{'atomic':true,'transactions':[%s]}".formatted(String.join(",", transfers(98))))
                .is(422, "batch-too-large");
        assertThat(ledger.atomic(transfers(97)).is(200).results()).hasSize(97);
        assertThat(ledger.balances("alice")).isEqualTo("97 / 97 / 97");
    }

    @Test
    void a_hold_that_expires_takes_one_more_of_an_atomic_batch_s_writes() {
        var holds = IntStream.range(0, 60)
                .mapToObj(i -> "{'key':'h%d','pending':true,'expiresAt':'%s','postings':[%s]}"
                        .formatted(i, Instant.now().plusSeconds(3600), posting("cash", "alice", 1)))
                .toArray(String[]::new);
        var refused = TestLedger.ofAlice().atomic(holds).is(422, "batch-too-large");
        assertThat(refused.text("/detail"))
                .contains("It takes 123 writes")
                .contains("one for each transaction, each account and each hold with expiresAt, and one more");
    }

    @Test
    void an_atomic_batch_too_large_is_refused_as_such_even_if_some_of_it_would_be_declined() {
        var ledger = TestLedger.ofAlice();
        var items = new java.util.ArrayList<>(List.of(transfers(99)));
        items.add(item("declined", "bob", "shop", 1));
        ledger.atomic(items.toArray(String[]::new)).is(422, "batch-too-large");
        assertThat(ledger.version("alice")).isZero();
    }

    @Test
    void an_atomic_batch_too_large_for_one_write_is_replayed_if_its_keys_were_all_used_by_the_same_requests() {
        var ledger = TestLedger.ofAlice();
        ledger.batch(transfers(98)).is(200);
        assertThat(statuses(ledger.atomic(transfers(98)).is(200))).isEqualTo(Map.of("201 replayed", 98L));
        // Too large but for what is used, it is only some of it.
        var refused = ledger.atomic(transfers(100)).is(422, "batch-declined");
        assertThat(refused.results()).hasSize(98);
        ledger.atomic(transfers(200)).is(422, "batch-too-large");
        assertThat(ledger.balances("alice")).isEqualTo("98 / 98 / 98");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'true'", "1", "{}"})
    void atomic_is_true_or_false(String atomic) {
        var ledger = TestLedger.ofAlice();
        ledger.daybook()
                .post(
                        ledger.path() + "/batches",
                        "{'atomic':%s,'transactions':[%s]}".formatted(atomic, item("a", "cash", "alice", 1)))
                .invalidAt("/atomic");
    }
}
