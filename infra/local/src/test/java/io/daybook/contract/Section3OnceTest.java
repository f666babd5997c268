package io.daybook.contract;

import static io.daybook.contract.Daybook.query;
import static io.daybook.contract.Daybook.quoted;
import static io.daybook.contract.TestLedger.item;
import static io.daybook.contract.TestLedger.posting;
import static io.daybook.contract.TestLedger.transferring;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.ledger.Names;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Section3OnceTest {
    private static final String VISIBLE = "!#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~\"";

    @Test
    void a_transaction_needs_an_idempotency_key() {
        var ledger = TestLedger.untouched();
        ledger.daybook()
                .post(ledger.path() + "/transactions", transferring("cash", "alice", 1))
                .is(400, "idempotency-key-missing");
        assertThat(ledger.version("alice")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a b", "a\tb", "\"\"", "\"a b\"", "\"abc", "\"a\"b\"", "\"a\\b\"", "\"abc\\\"", "\"", "\"a\";p=1"
            })
    void a_key_that_is_not_1_to_255_visible_characters_is_malformed(String key) {
        var ledger = TestLedger.untouched();
        ledger.post(key, transferring("cash", "alice", 1)).is(400, "idempotency-key-missing");
        assertThat(ledger.version("alice")).isZero();
    }

    @Test
    void a_key_of_other_than_ASCII_characters_is_malformed() throws IOException {
        var ledger = TestLedger.untouched();
        var body = quoted(transferring("cash", "alice", 1));
        var uri = ledger.daybook().cloud().uri();
        // The JDK's client would send a question mark instead.
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream()
                    .write(
                            "POST %s/transactions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIdempotency-Key: k\u00e4\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(ledger.path(), body.length(), body)
                                    .getBytes(StandardCharsets.ISO_8859_1));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("urn:daybook:idempotency-key-missing");
        }
        assertThat(ledger.version("alice")).isZero();
    }

    @Test
    void a_key_has_at_most_255_characters() {
        var ledger = TestLedger.ofAlice();
        var longest = "k".repeat(255);
        assertThat(ledger.post(longest, transferring("cash", "alice", 1))
                        .is(201)
                        .text("/key"))
                .isEqualTo(longest);
        assertThat(ledger.post('"' + longest + '"', transferring("cash", "alice", 1))
                        .is(201)
                        .replayed())
                .isTrue();
        ledger.post(longest + "k", transferring("cash", "alice", 1)).is(400, "idempotency-key-missing");
        ledger.post('"' + longest + "k\"", transferring("cash", "alice", 1)).is(400, "idempotency-key-missing");
    }

    @Test
    void the_quotes_are_not_part_of_the_key() {
        var ledger = TestLedger.ofAlice();
        assertThat(ledger.transfer("order-42", "cash", "alice", 1).is(201).replayed())
                .isFalse();
        var quoted = ledger.transfer("\"order-42\"", "cash", "alice", 1).is(201);
        assertThat(quoted.replayed()).isTrue();
        assertThat(quoted.text("/key")).isEqualTo("order-42");
        assertThat(ledger.transfer("\"a\\\"b\\\\c\"", "cash", "alice", 1)
                        .is(201)
                        .text("/key"))
                .isEqualTo("a\"b\\c");
        assertThat(ledger.transfer("a\"b\\c", "cash", "alice", 1).is(201).replayed())
                .isTrue();
    }

    @Test
    void a_key_may_hold_any_visible_character() {
        var ledger = TestLedger.ofAlice();
        var posted = ledger.transfer(VISIBLE, "cash", "alice", 1).is(201);
        assertThat(posted.text("/key")).isEqualTo(VISIBLE);
        assertThat(ledger.get("/transactions" + query(Map.of("key", VISIBLE)))
                        .is(200)
                        .each("id"))
                .containsExactly(posted.id());
    }

    @Test
    void the_id_is_a_function_of_ledger_and_key_known_before_the_call() {
        var ledger = TestLedger.ofAlice();
        var known = Names.transactionOf(ledger.name(), "order-42");
        assertThat(known).matches("tx_[0-9a-hjkmnp-tv-z]{26}");
        assertThat(ledger.transfer("order-42", "cash", "alice", 1).is(201).id()).isEqualTo(known);
        var other = TestLedger.ofAlice();
        assertThat(other.transfer("order-42", "cash", "alice", 1).is(201).id()).isNotEqualTo(known);
    }

    @Test
    void the_same_key_and_request_give_the_first_answer_again_with_idempotency_replayed() {
        var ledger = TestLedger.ofAlice();
        var first = ledger.transfer("k", "cash", "alice", 5).is(201);
        assertThat(first.header("idempotency-replayed")).isEmpty();
        var replay = ledger.transfer("k", "cash", "alice", 5);
        sameAnswer(replay, first);
        assertThat(ledger.balances("alice")).isEqualTo("5 / 5 / 5");
    }

    private static void sameAnswer(Answer replay, Answer first) {
        assertThat(replay.status()).as(replay.body()).isEqualTo(first.status());
        assertThat(replay.json()).isEqualTo(first.json());
        assertThat(replay.header("idempotency-replayed")).contains("true");
        assertThat(replay.header("content-type")).isEqualTo(first.header("content-type"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'metadata':{'a':'1','b':'2'},'description':'rent','effectiveAt':'2026-01-02T03:04:05Z','postings':[{'amount':'5','credit':'alice','debit':'cash'}]}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':5}],'description':'rent','effectiveAt':'2026-01-02T03:04:05Z','metadata':{'b':'2','a':'1'}}",
                "\n{ 'postings' : [ { 'debit' :\t'cash', 'credit':'alice', 'amount':  5 } ] , 'description':'rent','effectiveAt':'2026-01-02T03:04:05Z','metadata':{'b':'2','a':'1'}}\r\n",
                "{'postings':[{'debit':'c\\u0061sh','credit':'alice','amount':'\\u0035'}],'description':'\\u0072ent','effectiveAt':'2026-01-02T03:04:05Z','metadata':{'b':'2','a':'1'}}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'5'}],'description':'rent','effectiveAt':'2026-01-02T04:04:05.000000+01:00','metadata':{'b':'2','a':'1'},'pending':false,'expect':{}}"
            })
    void requests_are_compared_by_meaning(String again) {
        var ledger = TestLedger.ofAlice();
        var first = ledger.post(
                        "k",
                        "{'postings':[{'debit':'cash','credit':'alice','amount':'5'}],'description':'rent','effectiveAt':'2026-01-02T03:04:05Z','metadata':{'a':'1','b':'2'}}")
                .is(201);
        sameAnswer(ledger.post("k", again), first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'postings':[{'debit':'cash','credit':'alice','amount':'6'}]}",
                "{'postings':[{'debit':'cash','credit':'bob','amount':'5'}]}",
                "{'postings':[{'debit':'shop','credit':'alice','amount':'5'}]}",
                "{'postings':[{'debit':'alice','credit':'cash','amount':'5'}]}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'5'},{'debit':'cash','credit':'alice','amount':'5'}]}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'5'}],'description':''}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'5'}],'metadata':{'a':''}}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'5'}],'pending':true}",
                "{'postings':[{'debit':'cash','credit':'alice','amount':'5'}],'effectiveAt':'2026-01-02T03:04:05Z'}",
                "{'postings':[{'debit':'cash','credit':'nobody','amount':'5'}]}"
            })
    void the_same_key_with_another_request_is_refused_and_nothing_is_written(String other) {
        var ledger = TestLedger.ofAlice();
        var first = ledger.transfer("k", "cash", "alice", 5).is(201);
        ledger.post("k", other).is(422, "idempotency-key-reused");
        assertThat(ledger.balances("alice")).isEqualTo("5 / 5 / 5");
        assertThat(ledger.version("cash")).isEqualTo(1);
        sameAnswer(ledger.transfer("k", "cash", "alice", 5), first);
    }

    @Test
    void a_hold_s_replay_shows_the_first_answer_whatever_has_happened_to_it_since() {
        var ledger = TestLedger.ofAlice(100);
        var first = ledger.hold("k", "alice", "shop", 60).is(201);
        assertThat(first.text("/status")).isEqualTo("pending");
        sameAnswer(ledger.hold("k", "alice", "shop", 60), first);
        ledger.settle(first.id(), null).is(200);
        sameAnswer(ledger.hold("k", "alice", "shop", 60), first);
        ledger.reverse(first.id()).is(201);
        sameAnswer(ledger.hold("k", "alice", "shop", 60), first);
        assertThat(ledger.transaction(first.id()).text("/status")).isEqualTo("posted");
    }

    @Test
    void a_transaction_s_replay_shows_the_first_answer_although_it_has_been_reversed() {
        var ledger = TestLedger.ofAlice(100);
        var first = ledger.transfer("k", "alice", "shop", 60).is(201);
        ledger.reverse(first.id()).is(201);
        sameAnswer(ledger.transfer("k", "alice", "shop", 60), first);
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
    }

    @Test
    void a_used_key_answers_before_any_check_against_the_present() {
        var ledger = TestLedger.ofAlice(100);
        var expecting = "{'postings':[%s],'expect':{'alice':1}}".formatted(posting("alice", "shop", 100));
        var expected = ledger.post("expecting", expecting).is(201);
        var soon = Instant.now().plus(Duration.ofMillis(1500));
        var expiring = "{'postings':[%s],'pending':true,'expiresAt':'%s'}".formatted(posting("cash", "bob", 10), soon);
        var expires = ledger.post("expiring", expiring).is(201);
        Daybook.until(soon);
        // Version, funds, the expiry and the accounts have changed since.
        ledger.release(expires.id()).is(409, "hold-not-pending");
        ledger.change("alice", "{'closed':true}").is(200);
        ledger.change("bob", "{'closed':true}").is(200);
        sameAnswer(ledger.post("expecting", expecting), expected);
        sameAnswer(ledger.post("expiring", expiring), expires);
    }

    @Test
    void a_decline_is_recorded_and_final_even_if_the_money_has_come_in_since() {
        var ledger = TestLedger.ofAlice();
        var declined = ledger.transfer("k", "alice", "shop", 10).is(422, "insufficient-funds");
        assertThat(declined.replayed()).isFalse();
        ledger.transfer("cash", "alice", 100).is(201);
        sameAnswer(ledger.transfer("k", "alice", "shop", 10), declined);
        ledger.transfer("k", "alice", "shop", 11).is(422, "idempotency-key-reused");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        assertThat(ledger.balances("shop")).isEqualTo("0 / 0 / 0");
        var recorded =
                ledger.transaction(Names.transactionOf(ledger.name(), "k")).is(200);
        assertThat(recorded.text("/status")).isEqualTo("declined");
        assertThat(recorded.items("/entries")).isEmpty();
        assertThat(recorded.text("/decline/type")).isEqualTo("urn:daybook:insufficient-funds");
        assertThat(recorded.text("/decline/available")).isEqualTo("0");
    }

    @Test
    void maximum_and_closed_account_are_declines_too() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'maximum':5}").is(200);
        var exceeded = ledger.transfer("exceeded", "cash", "alice", 10).is(422, "maximum-exceeded");
        ledger.change("alice", "{'maximum':null,'closed':true}").is(200);
        var closed = ledger.hold("closed", "cash", "alice", 10).is(422, "account-closed");
        ledger.change("alice", "{'closed':false}").is(200);
        sameAnswer(ledger.transfer("exceeded", "cash", "alice", 10), exceeded);
        sameAnswer(ledger.hold("closed", "cash", "alice", 10), closed);
        assertThat(ledger.get("/transactions?key=closed").is(200).each("status"))
                .containsExactly("declined");
    }

    @Test
    void a_request_that_was_never_decided_leaves_the_key_free() {
        var ledger = TestLedger.ofAlice(100);
        ledger.open("euros", "{'asset':'EUR/2','type':'liability'}").is(201);
        ledger.post("k", "{'postings':[").is(400, "invalid-request");
        ledger.post("k", "{'postings':[],'descriptoin':''}").is(400, "invalid-request");
        ledger.transfer("k", "alice", "nobody", 1).is(422, "unknown-account");
        ledger.transfer("k", "alice", "euros", 1).is(422, "asset-mismatch");
        ledger.post("k", "{'postings':[%s],'expect':{'alice':7}}".formatted(posting("alice", "shop", 1)))
                .is(409, "version-mismatch");
        ledger.post(
                        "k",
                        "{'postings':[%s],'pending':true,'expiresAt':'2020-01-01T00:00:00Z'}"
                                .formatted(posting("alice", "shop", 1)))
                .invalidAt("/expiresAt");
        assertThat(ledger.get("/transactions?key=k").is(200).items("/items")).isEmpty();
        assertThat(ledger.transfer("k", "alice", "shop", 2).is(201).replayed()).isFalse();
    }

    @Test
    void of_two_requests_with_one_key_at_the_same_moment_one_is_applied_and_both_get_the_same_answer()
            throws Exception {
        var ledger = TestLedger.ofAlice(100);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5; i++) {
                var key = "k" + i;
                Callable<Answer> call = () -> ledger.transfer(key, "alice", "shop", 10);
                var answers = new ArrayList<Answer>();
                for (var answer : threads.invokeAll(List.of(call, call, call))) {
                    answers.add(answer.get().is(201));
                }
                assertThat(answers)
                        .extracting(Answer::json)
                        .containsOnly(answers.getFirst().json());
                assertThat(answers).filteredOn(Answer::replayed).hasSize(2);
            }
        }
        assertThat(ledger.balances("alice")).isEqualTo("50 / 50 / 50");
    }

    @Test
    void a_transaction_with_expect_is_only_applied_if_the_account_is_still_at_that_version() {
        var ledger = TestLedger.ofAlice(100);
        var body = "{'postings':[%s],'expect':{%s}}";
        var stale = ledger.post("k", body.formatted(posting("alice", "shop", 1), "'alice':0"))
                .is(409, "version-mismatch");
        assertThat(stale.at("/actual").asLong()).isEqualTo(1);
        assertThat(stale.text("/account")).isEqualTo("alice");
        ledger.post("k", body.formatted(posting("alice", "shop", 1), "'alice':1,'shop':2"))
                .is(409, "version-mismatch");
        assertThat(ledger.version("alice")).isEqualTo(1);
        ledger.post("k", body.formatted(posting("alice", "shop", 1), "'alice':1,'shop':0"))
                .is(201);
        assertThat(ledger.version("alice")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'cash':0",
                "'nobody':0",
                "'alice':-1",
                "'alice':1.5",
                "'alice':'x'",
                "'alice':true",
                "'alice':9223372036854775808"
            })
    void expect_names_versions_of_the_postings_accounts_only(String expect) {
        var ledger = TestLedger.untouched();
        var account = expect.substring(1, expect.indexOf(':') - 1);
        ledger.post("k", "{'postings':[%s],'expect':{%s}}".formatted(posting("alice", "shop", 1), expect))
                .invalidAt("/expect/" + account);
    }

    @Test
    void an_expected_version_of_null_is_not_a_version() {
        var ledger = TestLedger.ofAlice(100);
        ledger.post("k", "{'postings':[%s],'expect':{'alice':null}}".formatted(posting("alice", "shop", 1)))
                .invalidAt("/expect/alice");
    }

    @Test
    void expect_is_an_object() {
        TestLedger.untouched()
                .post("k", "{'postings':[%s],'expect':[1]}".formatted(posting("alice", "shop", 1)))
                .invalidAt("/expect");
    }

    @Test
    void a_dry_run_of_a_transaction_answers_as_the_call_would_and_writes_nothing() {
        var ledger = TestLedger.ofAlice(100);
        var body = transferring("alice", "shop", 60);
        var rehearsed = ledger.dryRun(body).is(200);
        assertThat(rehearsed.header("location")).isEmpty();
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        assertThat(ledger.version("alice")).isEqualTo(1);
        // The key is neither looked at nor used up.
        ledger.daybook()
                .post(ledger.path() + "/transactions?dryRun=true", body, "idempotency-key", "opening-money")
                .is(200);
        ledger.daybook()
                .post(ledger.path() + "/transactions?dryRun=true", body, "idempotency-key", "k")
                .is(200);
        assertThat(ledger.get("/transactions?key=k").is(200).items("/items")).isEmpty();
        var posted = ledger.post("k", body).is(201);
        assertThat(posted.replayed()).isFalse();
        assertThat(timeless(rehearsed)).isEqualTo(timeless(posted));
        assertThat(ledger.daybook()
                        .post(ledger.path() + "/transactions?dryRun=false", body, "idempotency-key", "k")
                        .is(201)
                        .replayed())
                .isTrue();
    }

    /** What a rehearsal can know. */
    private static ObjectNode timeless(Answer answer) {
        var node = (ObjectNode) answer.json();
        node.remove(List.of("id", "key", "recordedAt", "updatedAt", "effectiveAt"));
        return node;
    }

    @Test
    void a_dry_run_is_refused_and_declined_as_the_call_would_be_and_records_no_decline() {
        var ledger = TestLedger.ofAlice(100);
        assertThat(ledger.dryRun(transferring("alice", "shop", 101))
                        .is(422, "insufficient-funds")
                        .text("/available"))
                .isEqualTo("100");
        ledger.dryRun(transferring("alice", "nobody", 1)).is(422, "unknown-account");
        ledger.dryRun("{'postings':[%s],'expect':{'alice':9}}".formatted(posting("alice", "shop", 1)))
                .is(409, "version-mismatch");
        ledger.dryRun("{'postings':[]}").invalidAt("/postings");
        ledger.daybook()
                .post(ledger.path() + "/transactions?dryRun=yes", transferring("alice", "shop", 1))
                .invalidParameter("dryRun");
        ledger.seen("alice");
        assertThat(ledger.daybook().all(ledger.path() + "/transactions?status=declined"))
                .isEmpty();
    }

    @Test
    void a_dry_run_of_a_settlement_a_void_and_a_reversal_writes_nothing() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("k", "alice", "shop", 60).is(201).id();
        var path = ledger.path() + "/transactions/" + hold;
        var settled = ledger.daybook()
                .post(path + "/settle?dryRun=true", "{'postings':[%s]}".formatted(posting("alice", "shop", 25)))
                .is(200);
        assertThat(settled.text("/status")).isEqualTo("posted");
        assertThat(settled.text("/settled/0/amount")).isEqualTo("25");
        assertThat(TestLedger.balances(settled.at("/entries/0/balances"))).isEqualTo("75 / 75 / 75");
        ledger.daybook()
                .post(path + "/settle?dryRun=true", "{'postings':[%s]}".formatted(posting("alice", "shop", 61)))
                .is(422, "exceeds-hold");
        assertThat(ledger.daybook()
                        .post(path + "/void?dryRun=true", null)
                        .is(200)
                        .text("/status"))
                .isEqualTo("voided");
        ledger.daybook().post(path + "/reverse?dryRun=true", null).is(409, "not-posted");
        assertThat(ledger.transaction(hold).text("/status")).isEqualTo("pending");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 40 / 40");
        assertThat(ledger.version("alice")).isEqualTo(2);

        ledger.settle(hold, null).is(200);
        var rehearsed =
                ledger.daybook().post(path + "/reverse?dryRun=true", null).is(200);
        assertThat(rehearsed.text("/reverses")).isEqualTo(hold);
        assertThat(rehearsed.at("/postings")).isEqualTo(Daybook.json("[%s]".formatted(posting("shop", "alice", 60))));
        assertThat(ledger.transaction(hold).at("/reversedBy").isNull()).isTrue();
        assertThat(ledger.version("alice")).isEqualTo(3);
        assertThat(timeless(ledger.reverse(hold).is(201))).isEqualTo(timeless(rehearsed));
    }

    @Test
    void a_dry_run_of_a_batch_neither_needs_keys_nor_looks_at_them() {
        var ledger = TestLedger.ofAlice(100);
        var item = "{%s'postings':[{'debit':'alice','credit':'shop','amount':'60'}]}";
        var keyless = ledger.daybook()
                .post(
                        ledger.path() + "/batches?dryRun=true",
                        "{'transactions':[%s,%s]}"
                                .formatted(item.formatted(""), item.formatted("'key':'opening-money',")))
                .is(200);
        assertThat(keyless.results().map(result -> result.path("status").asInt()))
                .containsExactly(200, 422);
        assertThat(keyless.results().map(result -> result.path("key").asText()))
                .containsExactly("null", "opening-money");
        for (var noKey : List.of("''", "'a b'", "1", "null", "{}")) {
            var result = ledger.daybook()
                    .post(
                            ledger.path() + "/batches?dryRun=true",
                            "{'transactions':[%s]}".formatted(item.formatted("'key':" + noKey + ",")))
                    .is(200)
                    .at("/results/0");
            assertThat(result.path("key").isNull()).isTrue();
            assertThat(result.path("status").asInt()).isEqualTo(200);
        }
    }

    @Test
    void a_dry_run_of_an_atomic_batch_says_which_failed() {
        var ledger = TestLedger.ofAlice(100);
        var declined = ledger.daybook()
                .post(
                        ledger.path() + "/batches?dryRun=true",
                        "{'atomic':true,'transactions':[%s,%s,%s]}"
                                .formatted(
                                        item("a", "alice", "bob", 60),
                                        item("b", "alice", "bob", 60),
                                        item("c", "alice", "nobody", 1)))
                .is(422, "batch-declined");
        assertThat(declined.results().map(result -> result.path("key").asText()))
                .containsExactly("b", "c");
    }

    @Test
    void a_dry_run_of_a_batch_writes_nothing_and_uses_up_no_key() {
        var ledger = TestLedger.ofAlice(100);
        for (var atomic : List.of(false, true)) {
            var path = ledger.path() + "/batches?dryRun=true";
            var body = "{'atomic':%s,'transactions':[%s,%s]}"
                    .formatted(atomic, item("a", "alice", "bob", 100), item("b", "bob", "shop", 100));
            var rehearsed = ledger.daybook().post(path, body).is(200);
            assertThat(rehearsed.results().map(result -> result.path("status").asInt()))
                    .containsExactly(200, 200);
            assertThat(rehearsed.text("/results/1/transaction/entries/1/balances/posted"))
                    .isEqualTo("100");
            // Nor is a used one looked at.
            ledger.daybook()
                    .post(
                            path,
                            "{'atomic':%s,'transactions':[%s]}"
                                    .formatted(atomic, item("opening-money", "alice", "bob", 1)))
                    .is(200);
        }
        assertThat(ledger.version("alice")).isEqualTo(1);
        var declined = "{'atomic':true,'transactions':[%s]}".formatted(item("a", "bob", "shop", 1));
        ledger.daybook().post(ledger.path() + "/batches?dryRun=true", declined).is(422, "batch-declined");
        assertThat(ledger.get("/transactions?key=a").is(200).items("/items")).isEmpty();
        ledger.transfer("a", "alice", "bob", 1).is(201);
    }
}
