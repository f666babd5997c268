package io.daybook.contract;

import static io.daybook.contract.Daybook.eventually;
import static io.daybook.contract.TestLedger.item;
import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Section9HotAccountsTest {
    private static final String STRIPED = "{'asset':'USD/2','type':'liability','minimum':null,'stripes':%d}";
    private static final String ALWAYS = "from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";

    /** With cash, shop, and hot, a liability in so many parts. */
    private static TestLedger ofHot(int stripes) {
        var ledger = TestLedger.empty().withCash().with("shop", "liability");
        ledger.open("hot", STRIPED.formatted(stripes)).is(201);
        return ledger;
    }

    private static TestLedger filled(int stripes, int transfers) {
        var ledger = ofHot(stripes);
        for (int i = 1; i <= transfers; i++) {
            ledger.transfer("k" + i, "cash", "hot", i).is(201);
        }
        return ledger;
    }

    @Test
    void it_is_opened_with_2_to_16_stripes_and_without_limits() {
        var ledger = ofHot(16);
        assertThat(ledger.account("hot").at("/stripes").asInt()).isEqualTo(16);
        ledger.open("hot", STRIPED.formatted(16)).is(200);
        ledger.open("hot", STRIPED.formatted(8)).is(409, "account-exists");
        ledger.open("a", "{'asset':'USD/2','type':'liability','stripes':2}").invalidAt("/minimum");
        ledger.open("a", "{'asset':'USD/2','type':'liability','minimum':'-5','maximum':'5','stripes':2}")
                .invalidAt("/minimum", "/maximum");
        ledger.change("hot", "{'minimum':'0'}").invalidAt("/minimum");
        ledger.change("hot", "{'maximum':'9'}").invalidAt("/maximum");
        ledger.change("hot", "{'minimum':null,'maximum':null}").is(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16})
    void its_balances_and_version_are_the_sums_over_its_parts(int stripes) {
        var ledger = filled(stripes, 20);
        assertThat(ledger.balances("hot")).isEqualTo("210 / 210 / 210");
        assertThat(ledger.version("hot")).isEqualTo(20);
        eventually(() -> {
            var seen = ledger.get("/accounts/hot").is(200);
            assertThat(seen.header("daybook-consistency")).contains("eventual");
            assertThat(seen.json()).isEqualTo(ledger.account("hot").json());
        });
        eventually(() -> assertThat(ledger.get("/accounts?prefix=hot").is(200).at("/items/0"))
                .isEqualTo(ledger.account("hot").json()));
    }

    @Test
    void an_entry_names_its_stripe_and_has_the_versions_and_balances_of_that_part() {
        var ledger = filled(3, 12);
        var entries = ledger.entries("hot", 12);
        var versions = new HashMap<Integer, Integer>();
        var balances = new HashMap<Integer, BigInteger>();
        for (var entry : entries) {
            int stripe = entry.path("stripe").asInt();
            assertThat(stripe).isBetween(1, 3);
            assertThat(entry.path("version").asInt()).isEqualTo(versions.merge(stripe, 1, Integer::sum));
            var credit = new BigInteger(entry.at("/change/creditsPosted").asText());
            assertThat(entry.at("/balances/posted").asText())
                    .isEqualTo(balances.merge(stripe, credit, BigInteger::add).toString());
        }
        assertThat(versions).hasSize(3);
        assertThat(ledger.entries("cash", 12))
                .allSatisfy(entry -> assertThat(entry.has("stripe")).isFalse());
        var posted = ledger.get("/transactions?key=k1").is(200).at("/items/0/entries/1");
        assertThat(posted.path("stripe").asInt()).isBetween(1, 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void its_list_of_entries_is_whole_and_in_order_however_it_is_paged(int limit) {
        var ledger = filled(4, 12);
        ledger.entries("hot", 12);
        for (var order : List.of("asc", "desc")) {
            var entries = ledger.daybook().all(ledger.path("hot") + "/entries?order=" + order + "&limit=" + limit);
            assertThat(entries)
                    .hasSize(12)
                    .extracting(it -> it.path("transaction").asText())
                    .doesNotHaveDuplicates();
            var times =
                    entries.stream().map(it -> it.path("recordedAt").asText()).toList();
            assertThat(order.equals("asc") ? times : times.reversed()).isSorted();
        }
        var times = ledger.entries("hot", 12).stream()
                .map(it -> it.path("recordedAt").asText())
                .toList();
        assertThat(ledger.daybook()
                        .all(ledger.path("hot")
                                + "/entries?order=asc&limit=%d&from=%s&to=%s"
                                        .formatted(limit, times.get(3), times.get(8))))
                .hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void its_statement_is_complete_however_it_is_paged(int limit) {
        var ledger = filled(4, 25);
        var times = ledger.entries("hot", 25).stream()
                .map(it -> it.path("recordedAt").asText())
                .toList();
        eventually(() -> ledger.get("/accounts/hot/statement?" + ALWAYS).is(200));
        var next =
                ledger.path("hot") + "/statement?from=%s&to=%s&limit=%d".formatted(times.get(5), times.get(15), limit);
        var cursor = "";
        var entries = new ArrayList<JsonNode>();
        do {
            var page = ledger.daybook().get(next + cursor).is(200);
            assertThat(page.text("/opening/balances/posted")).isEqualTo("15");
            assertThat(page.at("/opening/version").asInt()).isEqualTo(5);
            assertThat(page.text("/closing/balances/posted")).isEqualTo("120");
            assertThat(page.at("/closing/version").asInt()).isEqualTo(15);
            assertThat(page.text("/totals/creditsPosted")).isEqualTo("105");
            entries.addAll(page.items("/entries/items"));
            cursor = "&cursor=" + page.text("/entries/next");
        } while (!cursor.equals("&cursor=") && !cursor.equals("&cursor=null"));
        assertThat(entries)
                .extracting(it -> it.path("recordedAt").asText())
                .containsExactlyElementsOf(times.subList(5, 15));
        var csv = ledger.get("/accounts/hot/statement?" + ALWAYS, "accept", "text/csv")
                .is(200);
        assertThat(csv.body().lines().skip(1).map(line -> line.split(",")[3])).allMatch(it -> it.matches("[1-4]"));
    }

    @Test
    void its_balances_at_a_time_are_the_sums_at_that_instant() {
        var ledger = filled(4, 10);
        var times = ledger.entries("hot", 10).stream()
                .map(it -> it.path("recordedAt").asText())
                .toList();
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += i + 1;
            var then = ledger.get("/accounts/hot?at=" + times.get(i)).is(200);
            assertThat(then.at("/version").asInt()).isEqualTo(i + 1);
            assertThat(then.text("/balances/posted")).isEqualTo(String.valueOf(sum));
        }
        assertThat(ledger.get("/accounts/hot?at=2020-01-01T00:00:00Z")
                        .is(200)
                        .at("/version")
                        .asInt())
                .isZero();
    }

    @Test
    void any_at_least_is_answered_by_the_journal_and_expect_is_refused() {
        var ledger = filled(4, 3);
        eventually(() -> assertThat(
                        ledger.get("/accounts/hot").is(200).at("/version").asInt())
                .isEqualTo(3));
        for (int version = 0; version <= 3; version++) {
            assertThat(ledger.get("/accounts/hot?atLeast=" + version).is(200).header("daybook-consistency"))
                    .contains("strong");
        }
        ledger.get("/accounts/hot?atLeast=4").is(409, "version-mismatch");
        ledger.post("k", "{'expect':{'hot':3},'postings':[%s]}".formatted(posting("cash", "hot", 1)))
                .invalidAt("/expect/hot");
        ledger.transfer("k", "cash", "hot", 1).is(201);
    }

    @Test
    void holds_and_reversals_work_as_for_any_account() {
        var ledger = ofHot(16);
        for (int i = 0; i < 10; i++) {
            var settled = ledger.hold("hot", "shop", 10).is(201).id();
            ledger.settle(settled, "{'postings':[%s]}".formatted(posting("hot", "shop", 4)))
                    .is(200);
            ledger.release(ledger.hold("hot", "shop", 10).is(201).id()).is(200);
            ledger.reverse(settled).is(201);
        }
        assertThat(ledger.balances("hot")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.balances("shop")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.version("hot")).isEqualTo(50);
    }

    @Test
    void it_is_closed_as_a_whole_and_only_without_holds() {
        var ledger = ofHot(8);
        var hold = ledger.hold("cash", "hot", 10).is(201).id();
        ledger.change("hot", "{'closed':true}").is(409, "account-in-use");
        ledger.release(hold).is(200);
        ledger.change("hot", "{'closed':true}").is(200);
        for (int i = 0; i < 10; i++) {
            ledger.transfer("cash", "hot", 1).is(422, "account-closed");
        }
        ledger.change("hot", "{'closed':false}").is(200);
        ledger.transfer("cash", "hot", 1).is(201);
    }

    @Test
    void a_batch_sees_its_own_effect_on_it_and_a_replay_writes_nothing() {
        var ledger = ofHot(4);
        var items = IntStream.range(0, 30)
                .mapToObj(i -> item("b" + i, "cash", "hot", 1))
                .toArray(String[]::new);
        assertThat(ledger.batch(items)
                        .is(200)
                        .results()
                        .map(it -> it.path("status").asInt()))
                .containsOnly(201);
        assertThat(ledger.batch(items)
                        .is(200)
                        .results()
                        .map(it -> it.path("replayed").asBoolean()))
                .containsOnly(true);
        assertThat(ledger.balances("hot")).isEqualTo("30 / 30 / 30");
        ledger.atomic(item("a1", "cash", "hot", 1), item("a2", "hot", "shop", 2))
                .is(200);
        assertThat(ledger.balances("hot")).isEqualTo("29 / 29 / 29");
    }

    @Test
    void a_lot_of_writers_at_once_lose_nothing() throws Exception {
        var ledger = ofHot(16);
        ledger.open("float", STRIPED.formatted(16)).is(201);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var posts = IntStream.range(0, 60)
                    .mapToObj(i -> threads.submit(() -> eventually(
                            () -> ledger.transfer("k" + i, "float", "hot", 1).is(201))))
                    .toList();
            for (var post : posts) {
                post.get();
            }
        }
        for (var account : List.of("hot", "float")) {
            assertThat(ledger.version(account)).isEqualTo(60);
        }
        assertThat(ledger.balances("hot")).isEqualTo("60 / 60 / 60");
        assertThat(ledger.balances("float")).isEqualTo("-60 / -60 / -60");
    }

    @Test
    void its_etag_changes_with_every_entry() {
        var ledger = ofHot(2);
        var etag = ledger.account("hot").header("etag").orElseThrow();
        ledger.get("/accounts/hot?consistency=strong", "if-none-match", etag).is(304);
        for (int i = 0; i < 6; i++) {
            ledger.transfer("cash", "hot", 1).is(201);
            var now = ledger.get("/accounts/hot?consistency=strong", "if-none-match", etag)
                    .is(200);
            etag = now.header("etag").orElseThrow();
        }
    }

    @Test
    void the_trial_balance_counts_all_its_parts() {
        var ledger = filled(5, 10);
        var last = Instant.parse(
                ledger.entries("hot", 10).getLast().path("recordedAt").asText());
        Daybook.until(last.plusSeconds(10));
        eventually(() -> {
            var balance = ledger.get("/trial-balance?at=" + last).is(200);
            assertThat(balance.at("/balanced").asBoolean()).isTrue();
            assertThat(balance.text("/assets/0/creditsPosted")).isEqualTo("55");
        });
    }
}
