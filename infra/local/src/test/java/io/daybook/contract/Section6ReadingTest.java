package io.daybook.contract;

import static io.daybook.contract.Daybook.eventually;
import static io.daybook.contract.Daybook.query;
import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.ledger.Fingerprint;
import io.daybook.local.SuiteCloud;
import io.daybook.runtime.Deployment;
import io.daybook.views.Range;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

class Section6ReadingTest {

    @Test
    void a_write_is_seen_in_every_view_a_moment_later() {
        var ledger = TestLedger.ofAlice();
        var posted = ledger.transfer("cash", "alice", 100).is(201);
        eventually(() -> assertThat(
                        ledger.get("/accounts/alice").is(200).at("/version").asInt())
                .isEqualTo(1));
        eventually(
                () -> assertThat(ledger.get("/accounts/alice/entries").is(200).each("transaction"))
                        .containsExactly(posted.id()));
        eventually(
                () -> assertThat(ledger.get("/transactions").is(200).each("id")).containsExactly(posted.id()));
        eventually(() -> assertThat(ledger.get("/accounts?prefix=alice").is(200).text("/items/0/balances/posted"))
                .isEqualTo("100"));
    }

    @Test
    void a_page_that_would_not_fit_into_one_answer_is_cut_short_and_goes_on() {
        var ledger = TestLedger.empty();
        var pairs = IntStream.range(0, 20)
                .mapToObj(i -> "'k%d':'%s'".formatted(i, "\uD83D\uDCB0".repeat(512)))
                .collect(Collectors.joining(","));
        var ids = IntStream.range(0, 90).mapToObj("large:%02d"::formatted).toList();
        ids.forEach(id -> ledger.open(id, "{'asset':'USD/2','type':'asset','metadata':{%s}}".formatted(pairs))
                .is(201));
        eventually(() -> {
            var first = ledger.get("/accounts?order=asc&limit=1000").is(200);
            assertThat(first.items("/items")).hasSizeBetween(1, 89);
            assertThat(ledger.daybook().all(ledger.path() + "/accounts?order=asc&limit=1000"))
                    .extracting(account -> account.path("id").asText())
                    .containsExactlyElementsOf(ids);
        });
    }

    @Test
    void a_read_at_least_at_a_version_never_shows_an_older_state() {
        var ledger = TestLedger.ofAlice();
        for (int i = 1; i <= 15; i++) {
            ledger.transfer("cash", "alice", 1).is(201);
            var read = ledger.get("/accounts/alice?atLeast=" + i).is(200);
            assertThat(read.at("/version").asInt()).isEqualTo(i);
            assertThat(read.text("/balances/posted")).isEqualTo(String.valueOf(i));
            assertThat(read.header("daybook-consistency")).get().isIn("eventual", "strong");
        }
    }

    @Test
    void where_the_journal_is_behind_that_version_too_it_is_a_mismatch() {
        var ledger = TestLedger.ofAlice(100);
        var mismatch = ledger.get("/accounts/alice?atLeast=2").is(409, "version-mismatch");
        assertThat(mismatch.at("/actual").asInt()).isEqualTo(1);
        ledger.get("/accounts/nobody?atLeast=2").is(404, "account-not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"atLeast=-1", "atLeast=x", "atLeast=", "atLeast=1.0", "atLeast=99999999999999999999"})
    void at_least_is_a_version(String query) {
        TestLedger.untouched().get("/accounts/alice?" + query).invalidParameter("atLeast");
    }

    @Test
    void strong_asks_the_journal_straight_away_and_sees_what_was_just_changed() {
        var ledger = TestLedger.ofAlice();
        for (int i = 0; i < 5; i++) {
            ledger.change("alice", "{'description':'%d'}".formatted(i)).is(200);
            var read = ledger.get("/accounts/alice?consistency=strong").is(200);
            assertThat(read.text("/description")).isEqualTo(String.valueOf(i));
            assertThat(read.header("daybook-consistency")).contains("strong");
        }
        ledger.seen("alice");
        assertThat(ledger.get("/accounts/alice?consistency=eventual").is(200).header("daybook-consistency"))
                .contains("eventual");
        assertThat(ledger.get("/accounts/alice").is(200).header("daybook-consistency"))
                .contains("eventual");
        ledger.get("/accounts/alice?consistency=weak").invalidParameter("consistency");
    }

    @Test
    void an_account_missing_from_the_view_is_looked_up_in_the_journal_before_it_is_a_404() {
        var ledger = TestLedger.empty();
        for (int i = 0; i < 5; i++) {
            ledger.with("a" + i, "liability");
            ledger.get("/accounts/a" + i).is(200);
            ledger.get("/accounts/a" + i + "/entries").is(200);
            ledger.get("/accounts/a" + i + "?at=2026-01-01T00:00:00Z").is(200);
        }
        assertThat(ledger.get("/accounts/b").is(404, "account-not-found").text("/account"))
                .isEqualTo("b");
        ledger.get("/accounts/b?consistency=strong").is(404, "account-not-found");
        ledger.get("/accounts/b?at=2026-01-01T00:00:00Z").is(404, "account-not-found");
        ledger.get("/accounts/b/entries").is(404, "account-not-found");
        ledger.get("/accounts/b/statement?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")
                .is(404, "account-not-found");
    }

    @Test
    void while_the_views_stand_still_the_journal_answers_and_what_needs_them_is_refused() {
        try (var daybook = Daybook.start(SuiteCloud.options().withoutTriggers().deployments(environment -> {
            var deployment = Deployment.of(environment);
            // Were it an hour later, only what has not been projected would still hold back the safe cut.
            return environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "").endsWith("ReadTrialBalance")
                    ? new Deployment(
                            environment,
                            deployment.dynamoDb(),
                            deployment.sqs(),
                            InstantSource.offset(InstantSource.system(), Duration.ofHours(1)))
                    : deployment;
        }))) {
            var ledger = TestLedger.empty(daybook).withCash().with("alice", "liability");
            var posted = ledger.transfer("cash", "alice", 100).is(201);
            for (var read : List.of("", "?atLeast=1", "?consistency=strong")) {
                var account = ledger.get("/accounts/alice" + read).is(200);
                assertThat(account.header("daybook-consistency")).contains("strong");
                assertThat(account.text("/balances/posted")).isEqualTo("100");
            }
            assertThat(ledger.transaction(posted.id()).is(200).json()).isEqualTo(posted.json());
            assertThat(ledger.get("/transactions?key=nothing").is(200).items("/items"))
                    .isEmpty();
            assertThat(ledger.get("/transactions").is(200).items("/items")).isEmpty();
            var statement = ledger.get("/accounts/alice/statement?from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")
                    .is(409, "not-yet-projected");
            assertThat(statement.header("retry-after")).isPresent();
            // As far as the views know, entry 1 may have been recorded then.
            ledger.get("/accounts/alice/statement?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")
                    .is(409, "not-yet-projected");
            var late = ledger.get("/trial-balance?at=" + posted.text("/recordedAt"))
                    .is(409, "not-yet-projected");
            assertThat(late.header("retry-after")).isPresent();
            assertThat(late.text("/safe")).isLessThan(posted.text("/recordedAt"));
            assertThat(ledger.get("/trial-balance").is(200).text("/at")).isLessThan(posted.text("/recordedAt"));
        }
    }

    @Test
    void a_transaction_is_readable_the_moment_its_post_was_answered() {
        var ledger = TestLedger.ofAlice();
        for (int i = 0; i < 5; i++) {
            var posted = ledger.transfer("k" + i, "cash", "alice", 1).is(201);
            assertThat(posted.header("location")).contains(ledger.path() + "/transactions/" + posted.id());
            assertThat(ledger.daybook()
                            .get(posted.header("location").orElseThrow())
                            .is(200)
                            .json())
                    .isEqualTo(posted.json());
            assertThat(ledger.get("/transactions?key=k" + i).is(200).at("/items/0"))
                    .isEqualTo(posted.json());
        }
    }

    @Test
    void balances_at_a_time_are_those_after_the_last_entry_recorded_at_or_before_that_instant() {
        var ledger = TestLedger.ofAlice();
        var times = new ArrayList<Instant>();
        for (int i = 1; i <= 3; i++) {
            times.add(Instant.parse(ledger.transfer("cash", "alice", i).is(201).text("/recordedAt")));
        }
        ledger.seen("alice");
        at(ledger, times.get(0).minusNanos(1000), 0, "0 / 0 / 0");
        at(ledger, times.get(0), 1, "1 / 1 / 1");
        at(ledger, times.get(1).minusNanos(1000), 1, "1 / 1 / 1");
        at(ledger, times.get(1), 2, "3 / 3 / 3");
        at(ledger, times.get(2), 3, "6 / 6 / 6");
        at(ledger, times.get(2).plusSeconds(60), 3, "6 / 6 / 6");
        at(ledger, Instant.parse("2000-01-01T00:00:00Z"), 0, "0 / 0 / 0");
    }

    private static void at(TestLedger ledger, Instant instant, int version, String balances) {
        var account = ledger.get("/accounts/alice?at=" + instant).is(200);
        assertThat(account.at("/version").asInt()).as("at %s", instant).isEqualTo(version);
        assertThat(TestLedger.balances(account.at("/balances"))).isEqualTo(balances);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999Z",
                "2026-11-01T00:00:00%2B01:00",
                "2026-11-01t00:00:00.123456789z"
            })
    void every_rfc_3339_time_is_taken(String time) {
        var ledger = TestLedger.ofAlice(5).seen("alice");
        assertThat(ledger.get("/accounts/alice?at=" + time).is(200).text("/balances/posted"))
                .isEqualTo(time.startsWith("9999") ? "5" : "0");
        ledger.get("/accounts/alice/entries?from=" + time).is(200);
        ledger.get("/accounts/alice/entries?to=" + time).is(200);
        ledger.get("/transactions?from=" + time).is(200);
        ledger.get("/transactions?to=" + time).is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "now",
                "",
                "2026-11-01",
                "1793404800",
                "2026-13-01T00:00:00Z",
                "2026-11-01T00:00:00",
                "10000-01-01T00:00:00Z"
            })
    void another_time_is_refused(String time) {
        var ledger = TestLedger.untouched();
        ledger.get("/accounts/alice?at=" + time).invalidParameter("at");
        ledger.get("/accounts/alice/entries?from=" + time).invalidParameter("from");
        ledger.get("/transactions?to=" + time).invalidParameter("to");
        ledger.get("/trial-balance?at=" + time).invalidParameter("at");
    }

    // Lists.

    @Test
    void lists_have_a_limit_from_1_to_1000_and_100_unless_it_is_given() {
        var ledger = TestLedger.ofAlice();
        ledger.batch(IntStream.range(0, 101)
                        .mapToObj(i -> TestLedger.item("k" + i, "cash", "alice", 1))
                        .toArray(String[]::new))
                .is(200);
        eventually(
                () -> assertThat(ledger.get("/transactions?limit=1000").is(200).items("/items"))
                        .hasSize(101));
        ledger.entries("alice", 101);
        for (var list : List.of("/transactions", "/accounts/alice/entries")) {
            var page = ledger.get(list).is(200);
            assertThat(page.items("/items")).hasSize(100);
            assertThat(page.at("/next").isTextual()).isTrue();
            assertThat(ledger.get(list + "?limit=1").is(200).items("/items")).hasSize(1);
            var whole = ledger.get(list + "?limit=1000").is(200);
            assertThat(whole.items("/items")).hasSize(101);
            assertThat(whole.at("/next").isNull()).isTrue();
            for (var limit : List.of("0", "-1", "1001", "x", "", "1.5", "01", "99999999999999999999")) {
                ledger.get(list + "?limit=" + limit).invalidParameter("limit");
            }
        }
        ledger.get("/accounts?limit=0").invalidParameter("limit");
        ledger.daybook().get("/v1/ledgers?limit=1001").invalidParameter("limit");
    }

    @Test
    void lists_are_descending_unless_ascending_is_asked_for() {
        var ledger = TestLedger.ofAlice();
        for (int i = 1; i <= 3; i++) {
            ledger.transfer("k" + i, "cash", "alice", i).is(201);
        }
        ledger.entries("alice", 3);
        eventually(() -> assertThat(ledger.get("/transactions").each("key")).containsExactly("k3", "k2", "k1"));
        assertThat(ledger.get("/transactions?order=desc").each("key")).containsExactly("k3", "k2", "k1");
        assertThat(ledger.get("/transactions?order=asc").each("key")).containsExactly("k1", "k2", "k3");
        assertThat(ledger.get("/accounts/alice/entries").each("version")).containsExactly("3", "2", "1");
        assertThat(ledger.get("/accounts/alice/entries?order=asc").each("version"))
                .containsExactly("1", "2", "3");
        eventually(
                () -> assertThat(ledger.get("/accounts").each("id")).containsExactly("shop", "cash", "bob", "alice"));
        assertThat(ledger.get("/accounts?order=asc").each("id")).containsExactly("alice", "bob", "cash", "shop");
        for (var list : List.of("/transactions", "/accounts", "/accounts/alice/entries")) {
            ledger.get(list + "?order=down").invalidParameter("order");
        }
        var names = ledger.daybook().all("/v1/ledgers?order=asc").stream()
                .map(it -> it.path("ledger").asText())
                .toList();
        assertThat(names).isSorted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"asc", "desc"})
    void following_next_to_the_end_yields_every_item_once_in_order_whatever_is_written_meanwhile(String order) {
        var ledger = TestLedger.ofAlice();
        for (int i = 10; i < 20; i++) {
            ledger.transfer("k" + i, "cash", "alice", 1).is(201);
        }
        ledger.entries("alice", 10);
        eventually(() -> assertThat(ledger.get("/transactions").items("/items")).hasSize(10));
        eventually(() -> assertThat(ledger.get("/accounts").items("/items")).hasSize(4));
        var keys = IntStream.range(10, 20).mapToObj(i -> "k" + i).toList();
        followed(ledger, "/transactions?limit=3&order=" + order, "key", order, keys);
        var versions = IntStream.rangeClosed(1, 10).mapToObj(String::valueOf).toList();
        followed(ledger, "/accounts/alice/entries?limit=4&order=" + order, "version", order, versions);
        followed(ledger, "/accounts?limit=1&order=" + order, "id", order, List.of("alice", "bob", "cash", "shop"));
    }

    private static void followed(TestLedger ledger, String list, String member, String order, List<String> atTheStart) {
        var seen = new ArrayList<String>();
        var next = list;
        while (true) {
            var page = ledger.get(next).is(200);
            seen.addAll(page.each(member));
            if (page.at("/next").isNull() || seen.size() > 100) {
                break;
            }
            if (seen.size() < 20) {
                ledger.transfer("cash", "alice", 1).is(201);
                ledger.with("later" + ledger.version("alice"), "liability").seen("alice");
            }
            next = list + "&cursor=" + page.text("/next");
        }
        var expected = new ArrayList<>(atTheStart);
        if (order.equals("desc")) {
            Collections.reverse(expected);
        }
        assertThat(seen).as(list).doesNotHaveDuplicates();
        assertThat(seen.stream().filter(atTheStart::contains)).as(list).containsExactlyElementsOf(expected);
    }

    @Test
    void only_next_null_ends_though_a_page_may_be_short_or_empty() {
        var ledger = TestLedger.ofAlice();
        var transfers = IntStream.range(0, 30)
                .mapToObj(i -> TestLedger.item("k" + i, i == 0 ? "bob" : "cash", "alice", 1))
                .toArray(String[]::new);
        ledger.batch(transfers).is(200);
        eventually(() -> assertThat(ledger.daybook().all(ledger.path() + "/transactions"))
                .hasSize(30));
        assertThat(ledger.daybook().all(ledger.path() + "/transactions?limit=1&status=declined"))
                .extracting(it -> it.path("key").asText())
                .containsExactly("k0");
        assertThat(ledger.daybook().all(ledger.path() + "/transactions?limit=2&status=posted"))
                .hasSize(29);
        assertThat(ledger.daybook().all(ledger.path() + "/transactions?limit=2&status=expired"))
                .isEmpty();
    }

    /** Lists of which a page of one item has a next. */
    private static final List<String> LISTS = List.of(
            "/v1/ledgers?limit=1",
            "%s/accounts?limit=1",
            "%s/accounts?limit=1&prefix=a",
            "%s/accounts/alice/entries?limit=1",
            "%s/accounts/bob/entries?limit=1",
            "%s/accounts/alice/entries?limit=1&from=2020-01-01T00:00:00Z",
            "%s/accounts/alice/entries?limit=1&from=2020-01-01T00:00:00Z&order=asc",
            "%s/accounts/alice/statement?limit=1&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
            "%s/accounts/alice/statement?limit=1&from=2021-01-01T00:00:00Z&to=2100-01-01T00:00:00Z",
            "%s/transactions?limit=1",
            "%s/transactions?limit=1&order=asc",
            "%s/transactions?limit=1&status=posted",
            "%s/transactions?limit=1&to=2100-01-01T00:00:00Z");

    private static TestLedger listed() {
        var ledger = TestLedger.ofAlice().with("alice2", "liability");
        for (int i = 0; i < 3; i++) {
            ledger.post(
                            "k" + i,
                            "{'postings':[%s,%s]}".formatted(posting("cash", "alice", 1), posting("cash", "bob", 1)))
                    .is(201);
        }
        ledger.entries("alice", 3);
        ledger.entries("bob", 3);
        eventually(() -> assertThat(ledger.get("/transactions").items("/items")).hasSize(3));
        eventually(() -> assertThat(ledger.get("/accounts").items("/items")).hasSize(5));
        return ledger;
    }

    private static String next(TestLedger ledger, String list) {
        var page = ledger.daybook().get(list.formatted(ledger.path())).is(200);
        var entries = page.at("/entries/next");
        return entries.isTextual() ? entries.asText() : page.text("/next");
    }

    @Test
    void a_cursor_of_another_list_ledger_order_or_filter_is_refused() {
        var ledger = listed();
        var other = listed();
        for (var list : LISTS) {
            var path = list.formatted(ledger.path());
            ledger.daybook().get(path + "&cursor=" + next(ledger, list)).is(200);
            for (var another : LISTS) {
                if (!another.equals(list)) {
                    ledger.daybook()
                            .get(path + "&cursor=" + next(ledger, another))
                            .is(400, "invalid-cursor");
                }
            }
            if (list.contains("%s")) {
                ledger.daybook().get(path + "&cursor=" + next(other, list)).is(400, "invalid-cursor");
            }
        }
    }

    @Test
    void a_broken_or_tampered_cursor_is_refused() {
        var ledger = listed();
        for (var list : LISTS) {
            var path = list.formatted(ledger.path()) + "&cursor=";
            var cursor = next(ledger, list);
            for (var broken :
                    List.of("", "x", "!!!", "%00", "null", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAA", "%F0%9F%8D%8F")) {
                ledger.daybook().get(path + broken).is(400, "invalid-cursor");
            }
            ledger.daybook().get(path + cursor.substring(1)).is(400, "invalid-cursor");
            ledger.daybook()
                    .get(path + cursor.substring(0, cursor.length() - 4))
                    .is(400, "invalid-cursor");
            ledger.daybook().get(path + cursor + "AAAA").is(400, "invalid-cursor");
            var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            for (int at : new int[] {0, text.length() / 2, text.length() - 1}) {
                var tampered = text.substring(0, at) + (text.charAt(at) == 'x' ? 'y' : 'x') + text.substring(at + 1);
                ledger.daybook()
                        .get(path
                                + Base64.getUrlEncoder()
                                        .withoutPadding()
                                        .encodeToString(tampered.getBytes(StandardCharsets.UTF_8)))
                        .is(400, "invalid-cursor");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-01T00:00:00.000000Z#000000000000,200",
        "2025-12-31T23:59:59.999999Z#000000000000,400",
        "2027-01-01T00:00:00.000000Z#000000000000,400",
        "2026-13-32T25:61:61.000000Z#000000000001,400",
        "...........................#000000000001,400",
        "somewhere,400"
    })
    void a_forged_cursor_is_refused_unless_there_is_such_a_place(String place, int status) {
        var ledger = TestLedger.untouched();
        var year = new Range(
                Optional.of(Instant.parse("2026-01-01T00:00:00Z")), Optional.of(Instant.parse("2027-01-01T00:00:00Z")));
        for (var list : List.of("entries,desc", "statement,asc")) {
            var kind = list.split(",");
            var cursor = forged(place, kind[1], kind[0], ledger.name(), "alice", year.toString());
            ledger.get("/accounts/alice/%s?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&cursor=%s"
                            .formatted(kind[0], cursor))
                    .is(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-06-01T00:00:00.000000Z#tx_00000000000000000000000000,200",
        "2025-06-01T00:00:00.000000Z#tx_00000000000000000000000000,400",
        "2026-06-01T00:00:00.0-01:00#tx_00000000000000000000000000,400",
        "2026-06-01T00:00:00.000000Z#tx_0,400",
        "2026-06-01T00:00:00.000000Z,400",
        "users:a,400"
    })
    void so_it_is_in_a_list_of_transactions(String place, int status) {
        var ledger = TestLedger.untouched();
        var year = new Range(
                Optional.of(Instant.parse("2026-01-01T00:00:00Z")), Optional.of(Instant.parse("2027-01-01T00:00:00Z")));
        var cursor = forged(place, "desc", "transactions", ledger.name(), year.toString(), "Optional.empty");
        ledger.get("/transactions?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&cursor=" + cursor)
                .is(status);
    }

    @ParameterizedTest
    @CsvSource({"users:a,200", "cash,400", "users:a#1,400", "users: a,400"})
    void and_of_accounts(String place, int status) {
        var ledger = TestLedger.untouched();
        var cursor = forged(place, "desc", "accounts", ledger.name(), "users:");
        ledger.get("/accounts?prefix=users:&cursor=" + cursor).is(status);
    }

    private static String forged(String place, String order, String... list) {
        var check = Fingerprint.of(String.join("\n", list), place, order).substring(0, 10);
        return Base64.getUrlEncoder().withoutPadding().encodeToString((check + place).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void lists_of_a_ledger_that_does_not_exist_are_empty() {
        var ledger = TestLedger.empty();
        for (var list : List.of("/accounts", "/transactions", "/transactions?key=k", "/accounts?prefix=a")) {
            var page = ledger.get(list).is(200);
            assertThat(page.items("/items")).isEmpty();
            assertThat(page.at("/next").isNull()).isTrue();
        }
    }

    // ETags.

    @Test
    void an_account_s_etag_changes_with_version_and_definition_and_if_none_match_gives_304() {
        var ledger = TestLedger.ofAlice();
        var opened = ledger.account("alice").header("etag").orElseThrow();
        unchanged(ledger, "/accounts/alice?consistency=strong", opened);
        ledger.transfer("cash", "alice", 1).is(201);
        var moved = changed(ledger, "/accounts/alice?consistency=strong", opened);
        var patched = ledger.change("alice", "{'description':'x'}").is(200).header("etag");
        assertThat(changed(ledger, "/accounts/alice?consistency=strong", moved)).isEqualTo(patched.orElseThrow());
        ledger.seen("alice");
        unchanged(ledger, "/accounts/alice", patched.orElseThrow());
    }

    @Test
    void a_transaction_s_etag_changes_with_its_events() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 10).is(201).id();
        var path = "/transactions/" + hold;
        var pending = ledger.get(path).header("etag").orElseThrow();
        unchanged(ledger, path, pending);
        ledger.settle(hold, null).is(200);
        var settled = changed(ledger, path, pending);
        unchanged(ledger, path, settled);
        ledger.reverse(hold).is(201);
        unchanged(ledger, path, changed(ledger, path, settled));
    }

    // Answers to keep.

    @Test
    void a_transaction_may_be_kept_once_nothing_can_happen_to_it() {
        var ledger = TestLedger.ofAlice(100);
        var declined = ledger.transfer("alice", "shop", 101).is(422).text("/transaction");
        var voided = ledger.hold("alice", "shop", 10).is(201).id();
        assertThat(kept(ledger, "/transactions/" + voided)).isFalse();
        ledger.release(voided).is(200);
        var settled = ledger.hold("alice", "shop", 10).is(201).id();
        ledger.settle(settled, null).is(200);
        assertThat(kept(ledger, "/transactions/" + settled)).isFalse();
        var reversed = ledger.transfer("alice", "shop", 10).is(201).id();
        assertThat(kept(ledger, "/transactions/" + reversed)).isFalse();
        var reversal = ledger.reverse(reversed).is(201).id();
        for (var id : List.of(declined, voided, reversed, reversal)) {
            var path = "/transactions/" + id;
            assertThat(kept(ledger, path)).isTrue();
            var etag = ledger.get(path).header("etag").orElseThrow();
            assertThat(ledger.get(path, "if-none-match", etag).is(304).header("cache-control"))
                    .isEqualTo(ledger.get(path).header("cache-control"));
        }
    }

    @Test
    void a_statement_may_be_kept_if_its_end_is_long_enough_ago_and_nothing_else_of_an_account_may() {
        var ledger = TestLedger.ofAlice(100).seen("alice");
        var past = "/accounts/alice/statement?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z";
        assertThat(kept(ledger, past)).isTrue();
        assertThat(ledger.get(past, "accept", "text/csv").is(200).header("cache-control"))
                .contains("private, max-age=31536000, immutable");
        var now = Instant.now();
        assertThat(kept(ledger, "/accounts/alice/statement?from=2020-01-01T00:00:00Z&to=" + now.minusSeconds(5)))
                .isFalse();
        assertThat(kept(ledger, "/accounts/alice/statement?" + ALWAYS)).isFalse();
        // It has the limits and the description of now.
        assertThat(kept(ledger, "/accounts/alice?at=2021-01-01T00:00:00Z")).isFalse();
        assertThat(kept(ledger, "/accounts/alice")).isFalse();
        assertThat(kept(ledger, "/accounts/alice/entries?to=2021-01-01T00:00:00Z"))
                .isFalse();
    }

    private static boolean kept(TestLedger ledger, String path) {
        var leave = ledger.get(path).is(200).header("cache-control");
        leave.ifPresent(text -> assertThat(text).isEqualTo("private, max-age=31536000, immutable"));
        return leave.isPresent();
    }

    private static void unchanged(TestLedger ledger, String path, String etag) {
        for (var known : List.of(etag, "W/" + etag, "\"other\", " + etag, "*")) {
            var answer = ledger.get(path, "if-none-match", known).is(304);
            assertThat(answer.body()).isEmpty();
            assertThat(answer.header("etag")).contains(etag);
        }
    }

    private static String changed(TestLedger ledger, String path, String etag) {
        var now = ledger.get(path, "if-none-match", etag).is(200).header("etag").orElseThrow();
        assertThat(now).isNotEqualTo(etag);
        return now;
    }

    // Statements.

    private static final String ALWAYS = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";

    @Test
    void a_statement_has_opening_and_closing_balances_totals_and_the_entries_of_a_half_open_stretch() {
        var ledger = TestLedger.ofAlice();
        var times = new ArrayList<String>();
        for (int i = 1; i <= 5; i++) {
            times.add(ledger.transfer("cash", "alice", 10 * i).is(201).text("/recordedAt"));
        }
        ledger.transfer("alice", "shop", 5).is(201);
        ledger.seen("alice");
        // From the second on, up to but without the fourth.
        var statement = ledger.get(
                        "/accounts/alice/statement" + query(Map.of("from", times.get(1), "to", times.get(3))))
                .is(200);
        assertThat(statement.at("/opening/version").asInt()).isEqualTo(1);
        assertThat(TestLedger.balances(statement.at("/opening/balances"))).isEqualTo("10 / 10 / 10");
        assertThat(statement.at("/closing/version").asInt()).isEqualTo(3);
        assertThat(TestLedger.balances(statement.at("/closing/balances"))).isEqualTo("60 / 60 / 60");
        assertThat(statement.at("/totals"))
                .isEqualTo(Daybook.json(
                        "{'debitsPosted':'0','creditsPosted':'50','debitsPending':'0','creditsPending':'0'}"));
        assertThat(statement.items("/entries/items"))
                .extracting(entry -> entry.path("version").asInt())
                .containsExactly(2, 3);
        var whole = ledger.get("/accounts/alice/statement?" + ALWAYS).is(200);
        assertThat(whole.text("/totals/debitsPosted")).isEqualTo("5");
        assertThat(whole.text("/totals/creditsPosted")).isEqualTo("150");
        assertThat(whole.items("/entries/items")).hasSize(6);
        assertThat(whole.text("/asset")).isEqualTo("USD/2");
    }

    @Test
    void totals_are_differences_of_counters_of_which_the_pending_ones_may_fall() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 40).is(201);
        var ended = ledger.release(hold.id()).is(200);
        ledger.seen("alice");
        var statement = ledger.get("/accounts/alice/statement"
                        + query(Map.of("from", ended.text("/updatedAt"), "to", "2100-01-01T00:00:00Z")))
                .is(200);
        assertThat(statement.at("/totals"))
                .isEqualTo(Daybook.json(
                        "{'debitsPosted':'0','creditsPosted':'0','debitsPending':'-40','creditsPending':'0'}"));
        assertThat(TestLedger.balances(statement.at("/opening/balances"))).isEqualTo("100 / 60 / 60");
    }

    @Test
    void a_statement_of_a_stretch_without_entries_closes_as_it_opens() {
        var ledger = TestLedger.ofAlice(100).seen("alice");
        var before = ledger.get("/accounts/alice/statement?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z")
                .is(200);
        assertThat(before.at("/opening")).isEqualTo(before.at("/closing"));
        assertThat(before.at("/opening/version").asInt()).isZero();
        var after = ledger.get("/accounts/alice/statement?from=2099-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")
                .is(200);
        assertThat(after.at("/opening")).isEqualTo(after.at("/closing"));
        assertThat(after.at("/opening/version").asInt()).isEqualTo(1);
        assertThat(after.items("/entries/items")).isEmpty();
        assertThat(ledger.get("/accounts/shop/statement?" + ALWAYS)
                        .is(200)
                        .at("/closing/version")
                        .asInt())
                .isZero();
    }

    @Test
    void a_statement_s_entries_come_in_pages_and_each_page_has_the_same_totals() {
        var ledger = TestLedger.ofAlice();
        for (int i = 1; i <= 5; i++) {
            ledger.transfer("cash", "alice", i).is(201);
        }
        ledger.seen("alice");
        var versions = new ArrayList<Integer>();
        var path = "/accounts/alice/statement?" + ALWAYS + "&limit=2";
        var next = path;
        for (int page = 1; page <= 3; page++) {
            var statement = ledger.get(next).is(200);
            assertThat(statement.text("/totals/creditsPosted")).isEqualTo("15");
            assertThat(statement.at("/opening/version").asInt()).isZero();
            assertThat(statement.at("/closing/version").asInt()).isEqualTo(5);
            statement
                    .items("/entries/items")
                    .forEach(it -> versions.add(it.path("version").asInt()));
            assertThat(statement.at("/entries/next").isNull()).isEqualTo(page == 3);
            next = path + "&cursor=" + statement.at("/entries/next").asText();
        }
        assertThat(versions).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void a_statement_s_opening_is_complete_on_every_page() {
        var ledger = TestLedger.ofAlice();
        var times = new ArrayList<String>();
        for (int i = 1; i <= 4; i++) {
            times.add(ledger.transfer("cash", "alice", i).is(201).text("/recordedAt"));
        }
        ledger.seen("alice");
        ledger.entries("alice", 4);
        var first = "/accounts/alice/statement?to=2100-01-01T00:00:00Z&limit=1&from=" + times.get(2);
        var second = first + "&cursor="
                + ledger.get(first).is(200).at("/entries/next").asText();
        assertThat(ledger.get(second).is(200).text("/opening/balances/posted")).isEqualTo("3");
        // As if it had not been projected yet.
        var cloud = ledger.daybook().cloud();
        var dynamoDb = Deployment.of(cloud.environment("ReadStatement")).dynamoDb();
        var views = cloud.physicalId("Views");
        var key = Map.of(
                "pk", AttributeValue.fromS("e#" + ledger.name() + "#alice"),
                "sk", AttributeValue.fromS(times.get(1) + "#000000000002"));
        var missing = dynamoDb.deleteItem(
                        delete -> delete.tableName(views).key(key).returnValues(ReturnValue.ALL_OLD))
                .attributes();
        ledger.get(first).is(409, "not-yet-projected");
        ledger.get(second).is(409, "not-yet-projected");
        dynamoDb.putItem(put -> put.tableName(views).item(missing));
        assertThat(ledger.get(second).is(200).text("/opening/balances/posted")).isEqualTo("3");
    }

    @Test
    void a_statement_needs_a_from_before_its_to() {
        var ledger = TestLedger.untouched();
        ledger.get("/accounts/alice/statement?to=2026-01-01T00:00:00Z").invalidParameter("from");
        ledger.get("/accounts/alice/statement?from=2026-01-01T00:00:00Z").invalidParameter("to");
        ledger.get("/accounts/alice/statement?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")
                .invalidParameter("to");
        ledger.get("/accounts/alice/statement?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")
                .invalidParameter("to");
    }

    @Test
    void a_statement_is_csv_if_that_is_asked_for() {
        var ledger = TestLedger.ofAlice();
        ledger.post(
                        "k",
                        "{'description':'say \\u0022hi\\u0022, \\u00e4\\r\\nbye','effectiveAt':'2026-01-02T03:04:05Z','postings':[%s]}"
                                .formatted(posting("cash", "alice", 1250)))
                .is(201);
        ledger.seen("alice");
        var entry = ledger.entries("alice", 1).getFirst();
        var csv = ledger.get("/accounts/alice/statement?" + ALWAYS, "accept", "text/csv")
                .is(200);
        assertThat(csv.header("content-type").orElseThrow()).startsWith("text/csv");
        assertThat(csv.header("link")).isEmpty();
        assertThat(csv.body())
                .isEqualTo(
                        "recordedAt,effectiveAt,transaction,stripe,version,debitsPosted,creditsPosted,debitsPending,creditsPending,posted,pending,available,description\r\n"
                                + "%s,2026-01-02T03:04:05.000000Z,%s,,1,0,1250,0,0,1250,1250,1250,\"say \"\"hi\"\", \u00e4\r\nbye\"\r\n"
                                        .formatted(
                                                entry.path("recordedAt").asText(),
                                                entry.path("transaction").asText()));
        assertThat(ledger.get("/accounts/alice/statement?" + ALWAYS, "accept", "application/json")
                        .is(200)
                        .text("/entries/items/0/description"))
                .isEqualTo("say \"hi\", \u00e4\r\nbye");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/csv | text/csv",
                "Text/CSV | text/csv",
                "text/csv; header=present; Q=0.5 | text/csv",
                "text/csv, application/json | text/csv",
                "application/json, text/csv | application/json",
                "application/json;q=0.1, text/csv;q=1 | text/csv",
                "application/json;q=0.1, text/csv | text/csv",
                "text/csv;q=0.3, application/json ; q=0.7 | application/json",
                "text/csv;q=0.5, */* | application/json",
                "text/csv;q=0.5, */*;q=0.1 | text/csv",
                "application/json;q=0, text/csv;q=0.1 | text/csv",
                "application/problem+json, text/csv | text/csv",
                "text/csv;q=0 | application/json",
                "text/csv;q=0.000 | application/json",
                "text/csvx | application/json",
                "text/html, */* | application/json"
            })
    void a_statement_is_csv_or_json_as_accept_weighs_them(String accept, String type) {
        var answer = TestLedger.untouched()
                .get("/accounts/alice/statement?" + ALWAYS, "accept", accept)
                .is(200);
        assertThat(answer.header("content-type").orElseThrow()).startsWith(type);
    }

    @Test
    void csv_names_the_next_page_in_a_link() {
        var ledger = TestLedger.ofAlice();
        for (int i = 1; i <= 5; i++) {
            ledger.transfer("cash", "alice", i).is(201);
        }
        ledger.seen("alice");
        var versions = new ArrayList<String>();
        var next = ledger.path("alice") + "/statement?" + ALWAYS + "&limit=2";
        for (int page = 1; page <= 3; page++) {
            var csv = ledger.daybook().get(next, "accept", "text/csv").is(200);
            csv.body().lines().skip(1).forEach(line -> versions.add(line.split(",")[4]));
            var link = csv.header("link").orElse("");
            assertThat(link.isEmpty()).isEqualTo(page == 3);
            if (page < 3) {
                assertThat(link).matches("<[^>]+>; rel=\"next\"");
                next = link.substring(1, link.indexOf('>'));
            }
        }
        assertThat(versions).containsExactly("1", "2", "3", "4", "5");
    }

    // Entries and transactions by time, status and key.

    @Test
    void entries_are_listed_by_recorded_at_half_open_each_with_its_transaction_and_times() {
        var ledger = TestLedger.ofAlice();
        var posted = new ArrayList<Answer>();
        for (int i = 1; i <= 4; i++) {
            posted.add(ledger.post(
                            "k" + i,
                            "{'description':'d%d','effectiveAt':'2026-01-0%dT00:00:00Z','postings':[%s]}"
                                    .formatted(i, i, posting("cash", "alice", i)))
                    .is(201));
        }
        ledger.entries("alice", 4);
        var entries = ledger.get("/accounts/alice/entries?order=asc&from=%s&to=%s"
                        .formatted(
                                posted.get(1).text("/recordedAt"), posted.get(3).text("/recordedAt")))
                .is(200);
        assertThat(entries.each("version")).containsExactly("2", "3");
        var second = entries.at("/items/0");
        assertThat(second.path("transaction").asText()).isEqualTo(posted.get(1).id());
        assertThat(second.path("recordedAt")).isEqualTo(posted.get(1).at("/recordedAt"));
        assertThat(second.path("effectiveAt").asText()).isEqualTo("2026-01-02T00:00:00.000000Z");
        assertThat(second.path("description").asText()).isEqualTo("d2");
        for (var member : List.of("account", "version", "balances", "change")) {
            assertThat(second.path(member)).isEqualTo(posted.get(1).at("/entries/1/" + member));
        }
        ledger.get("/accounts/alice/entries?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")
                .invalidParameter("to");
    }

    @Test
    void transactions_are_listed_by_their_first_event_s_recorded_at_half_open() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("hold", "alice", "shop", 10).is(201);
        var second = ledger.transfer("second", "alice", "shop", 1).is(201);
        var third = ledger.transfer("third", "alice", "shop", 1).is(201);
        // However late it ends, its place is where it began.
        ledger.settle(hold.id(), null).is(200);
        eventually(() -> assertThat(ledger.get("/transactions?status=pending").items("/items"))
                .isEmpty());
        eventually(() -> assertThat(ledger.get("/transactions").items("/items")).hasSize(4));
        assertThat(ledger.get("/transactions?from=%s&to=%s"
                                .formatted(hold.text("/recordedAt"), third.text("/recordedAt")))
                        .each("id"))
                .containsExactly(second.id(), hold.id());
        assertThat(ledger.get("/transactions?to=" + hold.text("/recordedAt")).each("key"))
                .containsExactly("opening-money");
        assertThat(ledger.get("/transactions?from=" + third.text("/recordedAt")).each("key"))
                .containsExactly("third");
    }

    @Test
    void transactions_are_listed_by_status_as_they_are_now() {
        var ledger = TestLedger.ofAlice(100);
        ledger.hold("pending", "alice", "shop", 10).is(201);
        ledger.settle(ledger.hold("settled", "alice", "shop", 10).is(201).id(), null)
                .is(200);
        ledger.release(ledger.hold("voided", "alice", "shop", 10).is(201).id()).is(200);
        ledger.transfer("declined", "alice", "shop", 1000).is(422, "insufficient-funds");
        var soon = Instant.now().plusMillis(1200);
        var expired = ledger.post(
                        "expired",
                        "{'pending':true,'expiresAt':'%s','postings':[%s]}".formatted(soon, posting("alice", "bob", 1)))
                .is(201)
                .id();
        Daybook.until(soon);
        ledger.release(expired).is(409, "hold-not-pending");
        var expected = Map.of(
                "pending", List.of("pending"),
                "posted", List.of("settled", "opening-money"),
                "voided", List.of("voided"),
                "declined", List.of("declined"),
                "expired", List.of("expired"));
        expected.forEach((status, keys) -> {
            eventually(() -> assertThat(
                            ledger.get("/transactions?status=" + status).is(200).each("key"))
                    .isEqualTo(keys));
            assertThat(ledger.get("/transactions?status=" + status).each("status"))
                    .containsOnly(status);
        });
        var listed = ledger.daybook().all(ledger.path() + "/transactions");
        assertThat(listed).hasSize(6);
        for (JsonNode it : listed) {
            assertThat(it).isEqualTo(ledger.transaction(it.path("id").asText()).json());
        }
        ledger.get("/transactions?status=settled").invalidParameter("status");
        ledger.get("/transactions?status=").invalidParameter("status");
    }

    @Test
    void a_key_alone_finds_the_one_transaction_of_it_or_none() {
        var ledger = TestLedger.ofAlice(100);
        var posted = ledger.transfer("a/b?c=d&e%20f", "alice", "shop", 1).is(201);
        var found = ledger.get("/transactions" + query(Map.of("key", "a/b?c=d&e%20f")))
                .is(200);
        assertThat(found.at("/items/0")).isEqualTo(posted.json());
        assertThat(found.items("/items")).hasSize(1);
        assertThat(found.at("/next").isNull()).isTrue();
        assertThat(ledger.get("/transactions?key=other").is(200).items("/items"))
                .isEmpty();
        ledger.get("/transactions?key=a&status=posted").invalidParameter("status");
        ledger.get("/transactions?key=a&limit=1&order=asc").invalidParameter("limit", "order");
        ledger.get("/transactions?key=").invalidParameter("key");
        ledger.get("/transactions?key=a%20b").invalidParameter("key");
    }

    @Test
    void accounts_are_listed_with_balances_by_id_and_prefix() {
        var ledger = TestLedger.empty().withCash();
        for (var account : List.of("users:alice", "users:bob", "users", "users2", "Users:eve", "users:alice:wallet")) {
            ledger.with(account, "liability");
        }
        ledger.transfer("cash", "users:alice", 7).is(201);
        eventually(() -> assertThat(
                        ledger.get("/accounts?prefix=users:&order=asc").is(200).each("id"))
                .containsExactly("users:alice", "users:alice:wallet", "users:bob"));
        assertThat(ledger.get("/accounts?prefix=users:&order=desc").each("id"))
                .containsExactly("users:bob", "users:alice:wallet", "users:alice");
        assertThat(ledger.get("/accounts?prefix=users&order=asc").each("id"))
                .containsExactly("users", "users2", "users:alice", "users:alice:wallet", "users:bob");
        assertThat(ledger.get("/accounts?prefix=&order=asc").items("/items")).hasSize(7);
        assertThat(ledger.get("/accounts?prefix=nobody").is(200).items("/items"))
                .isEmpty();
        ledger.seen("users:alice");
        assertThat(ledger.get("/accounts?prefix=users:alice&order=asc&limit=1").at("/items/0"))
                .isEqualTo(ledger.account("users:alice").json());
        ledger.get("/accounts?prefix=" + Daybook.encoded("a b")).invalidParameter("prefix");
        ledger.get("/accounts?prefix=" + Daybook.encoded("~")).invalidParameter("prefix");
    }
}
