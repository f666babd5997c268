package io.daybook.contract;

import static io.daybook.contract.Daybook.until;
import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Section4HoldsTest {

    @Test
    void the_example_of_the_contract_step_by_step() {
        var ledger = TestLedger.ofAlice();
        ledger.transfer("cash", "alice", 10_000).is(201);
        step(ledger, "10000 / 10000 / 10000", "0 / 0 / 0");
        var hold = ledger.hold("alice", "shop", 4000).is(201).id();
        step(ledger, "10000 / 6000 / 6000", "0 / 4000 / 0");
        assertThat(ledger.transfer("alice", "shop", 7000)
                        .is(422, "insufficient-funds")
                        .text("/available"))
                .isEqualTo("6000");
        step(ledger, "10000 / 6000 / 6000", "0 / 4000 / 0");
        ledger.settle(hold, "{'postings':[%s]}".formatted(posting("alice", "shop", 2500)))
                .is(200);
        step(ledger, "7500 / 7500 / 7500", "2500 / 2500 / 2500");
        var second = ledger.hold("alice", "shop", 1000).is(201).id();
        step(ledger, "7500 / 6500 / 6500", "2500 / 3500 / 2500");
        ledger.release(second).is(200);
        step(ledger, "7500 / 7500 / 7500", "2500 / 2500 / 2500");
    }

    /** In the journal, and a moment later in the view. */
    private static void step(TestLedger ledger, String alice, String shop) {
        assertThat(ledger.balances("alice")).isEqualTo(alice);
        assertThat(ledger.balances("shop")).isEqualTo(shop);
        ledger.seen("alice").seen("shop");
        assertThat(TestLedger.balances(ledger.get("/accounts/alice").at("/balances")))
                .isEqualTo(alice);
    }

    @Test
    void a_hold_is_pending_and_its_entries_change_the_pending_counters_alone() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("k", "alice", "shop", 60).is(201);
        assertThat(hold.text("/status")).isEqualTo("pending");
        assertThat(hold.at("/settled").isNull()).isTrue();
        assertThat(hold.at("/expiresAt").isNull()).isTrue();
        assertThat(hold.at("/entries/0/change"))
                .isEqualTo(Daybook.json(
                        "{'debitsPosted':'0','creditsPosted':'0','debitsPending':'60','creditsPending':'0'}"));
        assertThat(hold.at("/entries/1/change"))
                .isEqualTo(Daybook.json(
                        "{'debitsPosted':'0','creditsPosted':'0','debitsPending':'0','creditsPending':'60'}"));
    }

    @Test
    void settling_with_an_empty_body_posts_the_whole() {
        var ledger = TestLedger.ofAlice(100);
        for (var body : new String[] {null, "{}"}) {
            var hold = ledger.hold("alice", "shop", 30).is(201);
            var settled = ledger.settle(hold.id(), body).is(200);
            assertThat(settled.text("/status")).isEqualTo("posted");
            assertThat(settled.at("/settled")).isEqualTo(hold.at("/postings"));
            assertThat(settled.at("/entries/0/change"))
                    .isEqualTo(Daybook.json(
                            "{'debitsPosted':'30','creditsPosted':'0','debitsPending':'-30','creditsPending':'0'}"));
            assertThat(settled.at("/recordedAt")).isEqualTo(hold.at("/recordedAt"));
            assertThat(settled.text("/updatedAt")).isGreaterThan(hold.text("/updatedAt"));
            assertThat(ledger.transaction(hold.id()).json()).isEqualTo(settled.json());
        }
        assertThat(ledger.balances("alice")).isEqualTo("40 / 40 / 40");
    }

    @Test
    void settling_in_part_releases_the_rest_and_0_drops_a_posting() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.post(
                        "k",
                        "{'pending':true,'postings':[%s,%s]}"
                                .formatted(posting("alice", "shop", 50), posting("alice", "bob", 30)))
                .is(201);
        var settled = ledger.settle(
                        hold.id(),
                        "{'postings':[%s,{'debit':'alice','credit':'bob','amount':0}]}"
                                .formatted(posting("alice", "shop", 20)))
                .is(200);
        assertThat(settled.at("/postings")).isEqualTo(hold.at("/postings"));
        assertThat(settled.at("/settled")).isEqualTo(Daybook.json("[%s]".formatted(posting("alice", "shop", 20))));
        assertThat(ledger.balances("alice")).isEqualTo("80 / 80 / 80");
        assertThat(ledger.balances("shop")).isEqualTo("20 / 20 / 20");
        assertThat(ledger.balances("bob")).isEqualTo("0 / 0 / 0");
        // Of what was settled so, a reversal mirrors what was settled.
        assertThat(ledger.reverse(hold.id()).is(201).at("/postings"))
                .isEqualTo(Daybook.json("[%s]".formatted(posting("shop", "alice", 20))));
    }

    @Test
    void settling_needs_the_same_accounts_in_the_same_order() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.post(
                        "k",
                        "{'pending':true,'postings':[%s,%s]}"
                                .formatted(posting("alice", "shop", 50), posting("alice", "bob", 30)))
                .is(201)
                .id();
        ledger.settle(hold, "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 30), posting("alice", "shop", 50)))
                .invalidAt("/postings/0");
        ledger.settle(hold, "{'postings':[%s,%s]}".formatted(posting("alice", "shop", 50), posting("bob", "alice", 30)))
                .invalidAt("/postings/1");
        ledger.settle(hold, "{'postings':[%s]}".formatted(posting("alice", "shop", 50)))
                .is(400, "invalid-request");
        ledger.settle(
                        hold,
                        "{'postings':[%s,%s,%s]}"
                                .formatted(
                                        posting("alice", "shop", 5),
                                        posting("alice", "bob", 3),
                                        posting("alice", "bob", 3)))
                .is(400, "invalid-request");
        assertThat(ledger.transaction(hold).text("/status")).isEqualTo("pending");
    }

    @Test
    void settling_more_than_was_held_is_refused() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 50).is(201).id();
        var refused = ledger.settle(hold, "{'postings':[%s]}".formatted(posting("alice", "shop", 51)))
                .is(422, "exceeds-hold");
        assertThat(refused.text("/errors/0/pointer")).isEqualTo("/postings/0/amount");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 50 / 50");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'-1'", "1.5", "'01'", "null", "true"})
    void what_is_settled_is_an_amount_or_0(String amount) {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 50).is(201).id();
        ledger.settle(hold, "{'postings':[{'debit':'alice','credit':'shop','amount':%s}]}".formatted(amount))
                .invalidAt("/postings/0/amount");
    }

    @Test
    void not_all_may_be_0() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 50).is(201).id();
        ledger.settle(hold, "{'postings':[%s]}".formatted(posting("alice", "shop", 0)))
                .invalidAt("/postings");
        ledger.settle(hold, "{'postings':[]}").invalidAt("/postings");
        assertThat(ledger.transaction(hold).text("/status")).isEqualTo("pending");
    }

    @Test
    void voiding_releases_all_of_it() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 60).is(201).id();
        var voided = ledger.release(hold).is(200);
        assertThat(voided.text("/status")).isEqualTo("voided");
        assertThat(voided.at("/settled").isNull()).isTrue();
        assertThat(voided.text("/entries/0/change/debitsPending")).isEqualTo("-60");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        assertThat(ledger.version("alice")).isEqualTo(3);
    }

    @Test
    void asking_for_what_already_happened_in_the_same_way_answers_200_with_the_transaction_as_it_is() {
        var ledger = TestLedger.ofAlice(100);
        var whole = ledger.hold("alice", "shop", 10).is(201).id();
        var settled = ledger.settle(whole, null).is(200);
        assertThat(ledger.settle(whole, null).is(200).json()).isEqualTo(settled.json());
        assertThat(ledger.settle(whole, "{'postings':[%s]}".formatted(posting("alice", "shop", 10)))
                        .is(200)
                        .json())
                .isEqualTo(settled.json());
        var part = ledger.hold("alice", "shop", 10).is(201).id();
        ledger.settle(part, "{'postings':[{'debit':'alice','credit':'shop','amount':4}]}")
                .is(200);
        ledger.settle(part, "{'postings':[%s]}".formatted(posting("alice", "shop", 4)))
                .is(200);
        var released = ledger.hold("alice", "shop", 10).is(201).id();
        var voided = ledger.release(released).is(200);
        assertThat(ledger.release(released).is(200).json()).isEqualTo(voided.json());
        assertThat(ledger.balances("alice")).isEqualTo("86 / 86 / 86");
        assertThat(ledger.version("alice")).isEqualTo(7);
        // As it is by now.
        var reversal = ledger.reverse(whole).is(201).id();
        assertThat(ledger.settle(whole, null).is(200).text("/reversedBy")).isEqualTo(reversal);
    }

    @Test
    void asking_for_something_else_than_happened_is_refused_with_the_actual_status() {
        var ledger = TestLedger.ofAlice(100);
        var settled = ledger.hold("alice", "shop", 10).is(201).id();
        ledger.settle(settled, "{'postings':[%s]}".formatted(posting("alice", "shop", 4)))
                .is(200);
        notPending(ledger.settle(settled, null), "posted");
        notPending(ledger.settle(settled, "{'postings':[%s]}".formatted(posting("alice", "shop", 5))), "posted");
        notPending(ledger.settle(settled, "{'postings':[%s]}".formatted(posting("alice", "shop", 50))), "posted");
        notPending(ledger.release(settled), "posted");
        var voided = ledger.hold("alice", "shop", 10).is(201).id();
        ledger.release(voided).is(200);
        notPending(ledger.settle(voided, null), "voided");
        var plain = ledger.transfer("alice", "shop", 10).is(201).id();
        notPending(ledger.settle(plain, null), "posted");
        notPending(ledger.release(plain), "posted");
        var declined = ledger.hold("too-much", "alice", "shop", 1000)
                .is(422, "insufficient-funds")
                .text("/transaction");
        notPending(ledger.settle(declined, null), "declined");
        notPending(ledger.release(declined), "declined");
    }

    private static void notPending(Answer answer, String status) {
        assertThat(answer.is(409, "hold-not-pending").text("/actual")).isEqualTo(status);
    }

    @Test
    void there_has_to_be_a_transaction() {
        var ledger = TestLedger.ofAlice();
        var nobody = "tx_00000000000000000000000000";
        ledger.settle(nobody, null).is(404, "transaction-not-found");
        ledger.release(nobody).is(404, "transaction-not-found");
        ledger.reverse(nobody).is(404, "transaction-not-found");
        ledger.transaction(nobody).is(404, "transaction-not-found");
        ledger.settle("tx_1", null).invalidParameter("id");
    }

    @Test
    void exactly_one_of_settle_and_void_happens_however_they_race() throws Exception {
        var ledger = TestLedger.ofAlice(1000);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5; i++) {
                var hold = ledger.hold("alice", "shop", 10).is(201).id();
                Callable<Answer> settle = () -> ledger.settle(hold, null);
                Callable<Answer> release = () -> ledger.release(hold);
                var statuses = new java.util.TreeSet<Integer>();
                for (var answer : threads.invokeAll(List.of(settle, release))) {
                    statuses.add(answer.get().status());
                }
                assertThat(statuses).containsExactly(200, 409);
            }
        }
        var balances = ledger.account("alice").at("/balances");
        assertThat(balances.path("debitsPending").asText()).isEqualTo("0");
        assertThat(ledger.account("shop").text("/balances/posted"))
                .isEqualTo(balances.path("debitsPosted").asText());
        assertThat(ledger.version("alice")).isEqualTo(11);
    }

    @Test
    void settling_is_never_declined_for_funds() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 100).is(201).id();
        ledger.change("alice", "{'minimum':'1000'}").is(200);
        ledger.change("shop", "{'maximum':'1'}").is(200);
        ledger.settle(hold, null).is(200);
        assertThat(ledger.balances("alice")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.balances("shop")).isEqualTo("100 / 100 / 100");
    }

    @Test
    void the_expiry_is_in_the_future_and_at_most_366_days_ahead() {
        var ledger = TestLedger.ofAlice(100);
        var now = Instant.now();
        ledger.post("k", expiring(now.minusSeconds(1))).invalidAt("/expiresAt");
        ledger.post("k", expiring(now.plus(Duration.ofDays(366)).plusSeconds(60)))
                .invalidAt("/expiresAt");
        ledger.post(
                        "k",
                        "{'pending':true,'expiresAt':'tomorrow','postings':[%s]}"
                                .formatted(posting("alice", "shop", 1)))
                .invalidAt("/expiresAt");
        var ends = now.plus(Duration.ofDays(366)).minusSeconds(60);
        assertThat(Instant.parse(ledger.post("k", expiring(ends)).is(201).text("/expiresAt")))
                .isEqualTo(ends.truncatedTo(java.time.temporal.ChronoUnit.MICROS));
    }

    @Test
    void only_what_is_pending_expires() {
        TestLedger.ofAlice(100)
                .post(
                        "k",
                        "{'expiresAt':'%s','postings':[%s]}"
                                .formatted(Instant.now().plusSeconds(60), posting("alice", "shop", 1)))
                .invalidAt("/expiresAt");
    }

    private static String expiring(Instant at) {
        return "{'pending':true,'expiresAt':'%s','postings':[%s]}".formatted(at, posting("alice", "shop", 40));
    }

    @Test
    void a_hold_ends_by_itself_when_its_expiry_is_written() {
        var ledger = TestLedger.ofAlice(100);
        var soon = Instant.now().plusMillis(1500);
        var hold = ledger.post("k", expiring(soon)).is(201).id();
        var later = ledger.post("l", expiring(Instant.now().plusSeconds(600)))
                .is(201)
                .id();
        ledger.daybook().invoke("ExpireHolds");
        assertThat(ledger.transaction(hold).text("/status")).isEqualTo("pending");
        until(soon);
        assertThat(ledger.balances("alice")).isEqualTo("100 / 20 / 20");
        ledger.daybook().invoke("ExpireHolds");
        var expired = ledger.transaction(hold).is(200);
        assertThat(expired.text("/status")).isEqualTo("expired");
        assertThat(expired.text("/entries/0/change/debitsPending")).isEqualTo("-40");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 60 / 60");
        assertThat(ledger.transaction(later).text("/status")).isEqualTo("pending");
        ledger.daybook().invoke("ExpireHolds");
        assertThat(ledger.version("alice")).isEqualTo(4);
        notPending(ledger.settle(hold, null), "expired");
        notPending(ledger.release(hold), "expired");
        ledger.reverse(hold).is(409, "not-posted");
    }

    @Test
    void a_settle_or_void_that_arrives_after_the_expiry_writes_it_itself_and_answers_409_with_expired() {
        var ledger = TestLedger.ofAlice(100);
        var soon = Instant.now().plusMillis(1500);
        var first = ledger.post("k", expiring(soon)).is(201).id();
        var second = ledger.post("l", expiring(soon)).is(201).id();
        until(soon);
        // A rehearsal tells the same, and writes nothing.
        notPending(
                ledger.daybook().post(ledger.path() + "/transactions/" + first + "/settle?dryRun=true", null),
                "expired");
        assertThat(ledger.transaction(first).text("/status")).isEqualTo("pending");
        notPending(ledger.settle(first, null), "expired");
        assertThat(ledger.transaction(first).text("/status")).isEqualTo("expired");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 60 / 60");
        notPending(ledger.release(second), "expired");
        assertThat(ledger.transaction(second).text("/status")).isEqualTo("expired");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        ledger.daybook().invoke("ExpireHolds");
        assertThat(ledger.version("alice")).isEqualTo(5);
    }

    @Test
    void a_hold_that_was_settled_or_voided_in_time_does_not_expire() {
        var ledger = TestLedger.ofAlice(100);
        var soon = Instant.now().plusMillis(2000);
        var settled = ledger.post("k", expiring(soon)).is(201).id();
        var voided = ledger.post("l", expiring(soon)).is(201).id();
        ledger.settle(settled, null).is(200);
        ledger.release(voided).is(200);
        until(soon);
        ledger.daybook().invoke("ExpireHolds");
        assertThat(ledger.transaction(settled).text("/status")).isEqualTo("posted");
        assertThat(ledger.transaction(voided).text("/status")).isEqualTo("voided");
        ledger.settle(settled, null).is(200);
        ledger.release(voided).is(200);
        assertThat(ledger.version("alice")).isEqualTo(5);
    }
}
