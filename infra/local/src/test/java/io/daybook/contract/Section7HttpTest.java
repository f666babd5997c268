package io.daybook.contract;

import static io.daybook.contract.Daybook.eventually;
import static io.daybook.contract.TestLedger.posting;
import static io.daybook.contract.TestLedger.transferring;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls, one by one; batches and problems have classes of their own. */
class Section7HttpTest {

    // PUT account.

    @Test
    void an_account_is_opened_with_all_that_is_given() {
        var ledger = TestLedger.empty();
        var opened = ledger.open(
                        "users:alice",
                        "{'asset':'USD/2','type':'liability','minimum':'-100','maximum':5000,'stripes':1,'description':'Alice','metadata':{'plan':'pro'}}")
                .is(201);
        var expected = Daybook.json("""
                {'ledger':'%s','id':'users:alice','asset':'USD/2','type':'liability','normal':'credit','stripes':1,
                 'minimum':'-100','maximum':'5000','closed':false,'description':'Alice','metadata':{'plan':'pro'},
                 'version':0,'balances':{'posted':'0','pending':'0','available':'0','debitsPosted':'0',
                 'creditsPosted':'0','debitsPending':'0','creditsPending':'0'},'openedAt':'%s','updatedAt':'%s'}""".formatted(ledger.name(), opened.text("/openedAt"), opened.text("/openedAt")));
        assertThat(opened.json()).isEqualTo(expected);
        assertThat(ledger.account("users:alice").json()).isEqualTo(expected);
        assertThat(Instant.parse(opened.text("/openedAt")))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
    }

    @Test
    void the_opening_request_again_answers_200_with_the_account_as_it_is_now() {
        var ledger = TestLedger.ofAlice(100);
        ledger.change("alice", "{'description':'changed','minimum':null,'metadata':{'a':'b'}}")
                .is(200);
        for (var again : List.of(
                "{'asset':'USD/2','type':'liability'}",
                "{'type':'liability','minimum':0,'asset':'USD/2'}",
                "{'asset':'USD/2','type':'liability','minimum':'0','maximum':null,'stripes':1,'description':null,'metadata':{}}")) {
            var now = ledger.open("alice", again).is(200);
            assertThat(now.json()).isEqualTo(ledger.account("alice").json());
            assertThat(now.text("/description")).isEqualTo("changed");
            assertThat(now.text("/balances/posted")).isEqualTo("100");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'asset':'EUR/2','type':'liability'}",
                "{'asset':'USD/3','type':'liability'}",
                "{'asset':'USD/2','type':'equity'}",
                "{'asset':'USD/2','type':'liability','minimum':null}",
                "{'asset':'USD/2','type':'liability','minimum':1}",
                "{'asset':'USD/2','type':'liability','maximum':1}",
                "{'asset':'USD/2','type':'liability','description':''}",
                "{'asset':'USD/2','type':'liability','metadata':{'a':'b'}}"
            })
    void a_different_opening_request_is_refused(String other) {
        var ledger = TestLedger.ofAlice();
        var before = ledger.account("alice").json();
        ledger.open("alice", other).is(409, "account-exists");
        assertThat(ledger.account("alice").json()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "17", "-1", "1.5", "'x'", "true"})
    void an_account_has_1_to_16_stripes(String stripes) {
        TestLedger.empty()
                .open("a", "{'asset':'USD/2','type':'income','minimum':null,'stripes':%s}".formatted(stripes))
                .invalidAt("/stripes");
    }

    @Test
    void the_minimum_may_not_be_above_the_maximum() {
        var ledger = TestLedger.empty();
        ledger.open("a", "{'asset':'USD/2','type':'liability','maximum':-1}").invalidAt("/maximum");
        ledger.open("a", "{'asset':'USD/2','type':'liability','minimum':5,'maximum':4}")
                .invalidAt("/maximum");
        ledger.open("a", "{'asset':'USD/2','type':'liability','minimum':5,'maximum':5}")
                .is(201);
    }

    @Test
    void a_change_may_not_bring_the_minimum_above_the_maximum_either() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'minimum':5,'maximum':4}").is(400, "invalid-request");
        ledger.change("alice", "{'maximum':-1}").is(400, "invalid-request");
    }

    @Test
    void an_account_that_two_open_at_the_same_moment_is_opened_once() throws Exception {
        var ledger = TestLedger.empty();
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            java.util.concurrent.Callable<Integer> open =
                    () -> ledger.open("a", "{'asset':'USD/2','type':'asset'}").status();
            var statuses = new ArrayList<Integer>();
            for (var status : threads.invokeAll(List.of(open, open, open))) {
                statuses.add(status.get());
            }
            assertThat(statuses).containsExactlyInAnyOrder(201, 200, 200);
        }
    }

    // PATCH account.

    @Test
    void a_change_changes_what_is_given_and_leaves_the_rest() {
        var ledger = TestLedger.ofAlice(100);
        var before = ledger.account("alice");
        var changed = ledger.change("alice", "{'maximum':'500'}").is(200);
        assertThat(changed.text("/maximum")).isEqualTo("500");
        assertThat(changed.text("/minimum")).isEqualTo("0");
        assertThat(changed.at("/version").asInt()).isEqualTo(1);
        assertThat(changed.at("/balances")).isEqualTo(before.at("/balances"));
        assertThat(changed.text("/openedAt")).isEqualTo(before.text("/openedAt"));
        assertThat(changed.text("/updatedAt")).isGreaterThan(before.text("/updatedAt"));
        assertThat(ledger.change("alice", "{'description':'d'}").is(200).text("/maximum"))
                .isEqualTo("500");
        var cleared = ledger.change("alice", "{'description':null,'maximum':null,'minimum':null}")
                .is(200);
        assertThat(cleared.at("/description").isNull()).isTrue();
        assertThat(cleared.at("/maximum").isNull()).isTrue();
        assertThat(cleared.at("/minimum").isNull()).isTrue();
        assertThat(ledger.account("alice").json()).isEqualTo(cleared.json());
        ledger.seen("alice");
    }

    @Test
    void a_change_of_nothing_answers_with_the_account_as_it_is() {
        var ledger = TestLedger.ofAlice(100);
        var before = ledger.account("alice");
        for (var nothing : List.of("{}", "{'closed':false}", "{'metadata':{}}", "{'minimum':0,'description':null}")) {
            var same = ledger.change("alice", nothing).is(200);
            assertThat(same.json()).isEqualTo(before.json());
            assertThat(same.header("etag")).isEqualTo(before.header("etag"));
        }
    }

    @Test
    void metadata_is_merged_and_null_removes_a_key() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'metadata':{'a':'1','b':'2'}}").is(200);
        var merged = ledger.change("alice", "{'metadata':{'b':null,'c':'3','d':null}}")
                .is(200);
        assertThat(merged.at("/metadata")).isEqualTo(Daybook.json("{'a':'1','c':'3'}"));
        assertThat(ledger.change("alice", "{'metadata':{'a':''}}").is(200).at("/metadata"))
                .isEqualTo(Daybook.json("{'a':'','c':'3'}"));
    }

    @Test
    void merged_metadata_has_at_most_20_pairs() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'metadata':{%s}}".formatted(pairs(0, 20))).is(200);
        ledger.change("alice", "{'metadata':{%s}}".formatted(pairs(20, 21))).invalidAt("/metadata");
        ledger.change("alice", "{'metadata':{'k0':null,%s}}".formatted(pairs(20, 21)))
                .is(200);
        assertThat(ledger.account("alice").at("/metadata")).hasSize(20);
    }

    private static String pairs(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "'k" + i + "':'v'").collect(Collectors.joining(","));
    }

    @Test
    void asset_type_and_stripes_never_change() {
        TestLedger.ofAlice()
                .change("alice", "{'asset':'USD/2','type':'liability','stripes':1}")
                .invalidAt("/asset", "/type", "/stripes");
    }

    @Test
    void closing_needs_both_pending_counters_at_0() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 10).is(201).id();
        assertThat(ledger.change("alice", "{'closed':true}")
                        .is(409, "account-in-use")
                        .text("/account"))
                .isEqualTo("alice");
        ledger.change("shop", "{'closed':true}").is(409, "account-in-use");
        ledger.change("alice", "{'closed':true,'description':'closing'}").is(409, "account-in-use");
        assertThat(ledger.account("alice").at("/closed").asBoolean()).isFalse();
        assertThat(ledger.account("alice").at("/description").isNull()).isTrue();
        ledger.settle(hold, null).is(200);
        assertThat(ledger.change("alice", "{'closed':true}")
                        .is(200)
                        .at("/closed")
                        .asBoolean())
                .isTrue();
        ledger.change("shop", "{'closed':true}").is(200);
        ledger.seen("alice");
        assertThat(ledger.change("alice", "{'closed':false}")
                        .is(200)
                        .at("/closed")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void closed_is_true_or_false_and_null_never_opens_a_closed_account() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'closed':true}").is(200);
        ledger.change("alice", "{'closed':'false'}").invalidAt("/closed");
        ledger.change("alice", "{'closed':0}").invalidAt("/closed");
        ledger.change("alice", "{'closed':null}");
        assertThat(ledger.account("alice").at("/closed").asBoolean()).isTrue();
    }

    @Test
    void a_closed_account_can_still_be_changed() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'closed':true}").is(200);
        assertThat(ledger.change("alice", "{'description':'moved away'}")
                        .is(200)
                        .at("/closed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void what_is_to_be_changed_has_to_be_there() {
        var ledger = TestLedger.ofAlice();
        ledger.change("nobody", "{'closed':true}").is(404, "account-not-found");
        TestLedger.empty().change("alice", "{}").is(404, "account-not-found");
    }

    // POST transaction.

    @Test
    void a_posted_transaction_shows_all_that_was_asked_and_what_it_did() {
        var ledger = TestLedger.ofAlice();
        var posted = ledger.post(
                        "order-42",
                        "{'postings':[%s],'description':'d','metadata':{'a':'b'},'effectiveAt':'2026-01-02T03:04:05+01:00'}"
                                .formatted(posting("cash", "alice", 1250)))
                .is(201);
        var at = posted.text("/recordedAt");
        var expected = Daybook.json("""
                {'ledger':'%1$s','id':'%2$s','key':'order-42','status':'posted',
                 'postings':[{'debit':'cash','credit':'alice','amount':'1250'}],'settled':null,
                 'entries':[
                  {'account':'cash','version':1,
                   'balances':{'posted':'1250','pending':'1250','available':'1250','debitsPosted':'1250',
                    'creditsPosted':'0','debitsPending':'0','creditsPending':'0'},
                   'change':{'debitsPosted':'1250','creditsPosted':'0','debitsPending':'0','creditsPending':'0'}},
                  {'account':'alice','version':1,
                   'balances':{'posted':'1250','pending':'1250','available':'1250','debitsPosted':'0',
                    'creditsPosted':'1250','debitsPending':'0','creditsPending':'0'},
                   'change':{'debitsPosted':'0','creditsPosted':'1250','debitsPending':'0','creditsPending':'0'}}],
                 'description':'d','metadata':{'a':'b'},'effectiveAt':'2026-01-02T02:04:05.000000Z',
                 'recordedAt':'%3$s','updatedAt':'%3$s','expiresAt':null,'reverses':null,'reversedBy':null,
                 'decline':null}""".formatted(ledger.name(), posted.id(), at));
        assertThat(posted.json()).isEqualTo(expected);
        assertThat(ledger.transaction(posted.id()).is(200).json()).isEqualTo(expected);
    }

    @Test
    void effective_at_is_recorded_at_unless_it_is_given() {
        var posted = TestLedger.ofAlice().transfer("cash", "alice", 1).is(201);
        assertThat(posted.text("/effectiveAt")).isEqualTo(posted.text("/recordedAt"));
    }

    @Test
    void recorded_at_is_never_earlier_than_an_account_s_entry_before_it() {
        var ledger = TestLedger.ofAlice();
        for (int i = 0; i < 10; i++) {
            ledger.transfer("cash", i % 2 == 0 ? "alice" : "bob", 1).is(201);
        }
        assertThat(ledger.entries("cash", 10))
                .extracting(entry -> entry.path("recordedAt").asText())
                .isSorted();
    }

    @Test
    void the_entries_are_those_of_the_latest_event_that_has_any() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 10).is(201);
        assertThat(hold.at("/entries/0/version").asInt()).isEqualTo(2);
        var settled = ledger.settle(hold.id(), null).is(200);
        assertThat(settled.at("/entries/0/version").asInt()).isEqualTo(3);
        ledger.reverse(hold.id()).is(201);
        assertThat(ledger.transaction(hold.id()).at("/entries")).isEqualTo(settled.at("/entries"));
    }

    // Trial balance.

    @Test
    void a_trial_balance_has_per_asset_and_type_the_sums_at_a_cut_that_holds_whole_events_and_balances() {
        var ledger = TestLedger.ofAlice();
        ledger.open("yen", "{'asset':'JPY/0','type':'asset','minimum':null}").is(201);
        ledger.open("alice-yen", "{'asset':'JPY/0','type':'liability'}").is(201);
        ledger.open("fees", "{'asset':'USD/2','type':'income'}").is(201);
        ledger.open("loan", "{'asset':'USD/2','type':'asset'}").is(201);
        var events = new ArrayList<Answer>();
        events.add(ledger.transfer("cash", "alice", 10_000).is(201));
        events.add(ledger.post(
                        "k",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "fees", 30), posting("yen", "alice-yen", 7)))
                .is(201));
        var hold = ledger.hold("alice", "shop", 4000).is(201);
        events.add(hold);
        events.add(ledger.transfer("loan", "bob", 500).is(201));
        events.add(ledger.settle(hold.id(), "{'postings':[%s]}".formatted(posting("alice", "shop", 2500)))
                .is(200));
        var last = ledger.hold("bob", "shop", 200).is(201);
        events.add(last);

        // Just now is too late a cut, and the answer names the one that is safe.
        var late = ledger.get("/trial-balance?at=" + last.text("/recordedAt")).is(409, "not-yet-projected");
        assertThat(late.header("retry-after")).isPresent();
        var safe = Instant.parse(late.text("/safe"));
        assertThat(safe).isBefore(Instant.parse(last.text("/recordedAt")));
        assertThat(ledger.get("/trial-balance?at=" + safe).is(200).text("/at")).isEqualTo(late.text("/safe"));
        assertThat(ledger.get("/trial-balance?at=2100-01-01T00:00:00Z").status())
                .isEqualTo(409);

        eventually(
                () -> ledger.get("/trial-balance?at=" + last.text("/updatedAt")).is(200));
        assertThat(Instant.now())
                .isAfter(Instant.parse(last.text("/recordedAt")).plusSeconds(9));
        var now = ledger.get("/trial-balance").is(200);
        assertThat(now.text("/at")).isGreaterThanOrEqualTo(last.text("/recordedAt"));
        assertThat(now.at("/balanced").asBoolean()).isTrue();
        assertThat(sums(now))
                .containsExactlyInAnyOrder(
                        "USD/2 13030 13030 200 200",
                        "USD/2 asset 10500 0 0 0",
                        "USD/2 income 0 30 0 0",
                        "USD/2 liability 2530 13000 200 200",
                        "JPY/0 7 7 0 0",
                        "JPY/0 asset 7 0 0 0",
                        "JPY/0 liability 0 7 0 0");
    }

    private static List<String> sums(Answer balance) {
        var sums = new ArrayList<String>();
        for (var asset : balance.items("/assets")) {
            assertThat(asset.path("balanced").asBoolean()).isTrue();
            var name = asset.path("asset").asText();
            sums.add(name + " " + counters(asset));
            asset.path("types")
                    .forEach(type -> sums.add(name + " " + type.path("type").asText() + " " + counters(type)));
        }
        return sums;
    }

    private static String counters(JsonNode node) {
        return List.of("debitsPosted", "creditsPosted", "debitsPending", "creditsPending").stream()
                .map(name -> node.path(name).asText())
                .collect(Collectors.joining(" "));
    }

    @Test
    void a_trial_balance_of_a_ledger_that_does_not_exist_is_empty_and_balanced() {
        var balance =
                TestLedger.empty().get("/trial-balance?at=2026-01-01T00:00:00Z").is(200);
        assertThat(balance.at("/balanced").asBoolean()).isTrue();
        assertThat(balance.items("/assets")).isEmpty();
    }

    @Test
    void ledgers_are_listed_by_name() {
        var ledger = TestLedger.ofAlice();
        ledger.seen("alice");
        eventually(() -> assertThat(ledger.daybook().all("/v1/ledgers?order=asc"))
                .filteredOn(it -> it.path("ledger").asText().equals(ledger.name()))
                .hasSize(1));
        assertThat(ledger.daybook().all("/v1/ledgers?limit=7"))
                .extracting(it -> it.path("ledger").asText())
                .doesNotHaveDuplicates();
    }

    @Test
    void a_body_may_say_utf_8_and_its_json_may_be_of_any_case_of_media_type() {
        var ledger = TestLedger.ofAlice();
        for (var type :
                List.of("application/json; charset=utf-8", "Application/JSON", "application/json;charset=\"UTF-8\"")) {
            ledger.daybook()
                    .post(
                            ledger.path() + "/transactions",
                            transferring("cash", "alice", 1),
                            "content-type",
                            type,
                            "idempotency-key",
                            TestLedger.key())
                    .is(201);
        }
    }
}
