package io.daybook.contract;

import static io.daybook.contract.Daybook.eventually;
import static io.daybook.contract.TestLedger.posting;
import static io.daybook.contract.TestLedger.transferring;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Section1WordsTest {
    private static final String TEN_TO_THE_30 = "1" + "0".repeat(30);

    private final Daybook daybook = Daybook.shared();

    @Test
    void accounts_and_transactions_of_one_ledger_never_touch_another_s() {
        var one = TestLedger.ofAlice();
        var other = TestLedger.ofAlice();
        var posted = one.transfer("same-key", "cash", "alice", 500).is(201);
        assertThat(other.balances("alice")).isEqualTo("0 / 0 / 0");
        other.transaction(posted.id()).is(404, "transaction-not-found");
        other.settle(posted.id(), null).is(404, "transaction-not-found");
        other.reverse(posted.id()).is(404, "transaction-not-found");
        assertThat(other.transfer("same-key", "cash", "alice", 7).is(201).replayed())
                .isFalse();
        assertThat(one.balances("alice")).isEqualTo("500 / 500 / 500");
        one.seen("alice");
        assertThat(other.daybook().all(other.path() + "/transactions").size()).isLessThanOrEqualTo(1);
    }

    @Test
    void a_ledger_exists_from_its_first_account_on() {
        var ledger = TestLedger.empty();
        assertThat(daybook.all("/v1/ledgers"))
                .noneMatch(it -> it.path("ledger").asText().equals(ledger.name()));
        ledger.withCash();
        eventually(() -> assertThat(daybook.all("/v1/ledgers?limit=1000"))
                .anyMatch(it -> it.path("ledger").asText().equals(ledger.name())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7",
                "main",
                "eu-cards-2",
                "a--",
                "123456789-123456789-123456789-123456789-123456789-123456789-abc"
            })
    void a_ledger_s_name_may_be(String name) {
        daybook.put("/v1/ledgers/" + name + "/accounts/cash", "{'asset':'USD/2','type':'asset'}")
                .is(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-a",
                "Main",
                "a_b",
                "a.b",
                "a:b",
                "%C3%A4",
                "a%20b",
                "a%23b",
                "123456789-123456789-123456789-123456789-123456789-123456789-abcd"
            })
    void a_ledger_s_name_may_not_be(String name) {
        daybook.put("/v1/ledgers/" + name + "/accounts/cash", "{'asset':'USD/2','type':'asset'}")
                .invalidParameter("ledger");
        daybook.get("/v1/ledgers/" + name + "/transactions").invalidParameter("ledger");
    }

    @ParameterizedTest
    @CsvSource({
        "USD/2,USD/2",
        "JPY/0,JPY/0",
        "BTC/8,BTC/8",
        "POINTS,POINTS/0",
        "X/18,X/18",
        "A1234567890123456/3,A1234567890123456/3"
    })
    void an_asset_is_a_code_with_its_scale(String asset, String shown) {
        var ledger = TestLedger.empty();
        assertThat(ledger.open("a", "{'asset':'%s','type':'asset'}".formatted(asset))
                        .is(201)
                        .text("/asset"))
                .isEqualTo(shown);
        ledger.open("a", "{'asset':'%s','type':'asset'}".formatted(shown)).is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'usd/2'",
                "'USD/19'",
                "'USD/02'",
                "'USD/-1'",
                "'USD/'",
                "'USD 2'",
                "'1USD/2'",
                "'US-D/2'",
                "''",
                "'A12345678901234567/3'",
                "'USD/2 '",
                "2",
                "null",
                "{}"
            })
    void an_asset_in_another_form_is_refused(String asset) {
        TestLedger.empty()
                .open("a", "{'asset':%s,'type':'asset'}".formatted(asset))
                .invalidAt("/asset");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5",
                "1e3",
                "-1",
                "0",
                "'01'",
                "' 1'",
                "'1 '",
                "'1.5'",
                "'1e3'",
                "'-1'",
                "'0'",
                "'+1'",
                "'-0'",
                "-0",
                "''",
                "'abc'",
                "1.0",
                "1E0",
                "1e-1",
                "1e999999999",
                "true",
                "[]",
                "{}",
                "['1']",
                "null",
                "'0x10'",
                "'1_000'",
                "'1,000'",
                "'\\uff11'",
                "'\\u0661'",
                "'1\\n'",
                "'1\\u0000'",
                "'NaN'",
                "1000000000000000000000000000001",
                "'1000000000000000000000000000001'",
                "-1000000000000000000000000000000",
                "'123456789012345678901234567890123456789012345678901234567890'",
                "123456789012345678901234567890123456789012345678901234567890"
            })
    void an_amount_in_another_form_is_refused(String amount) {
        var ledger = TestLedger.untouched();
        ledger.post("k", "{'postings':[{'debit':'cash','credit':'alice','amount':%s}]}".formatted(amount))
                .invalidAt("/postings/0/amount");
        assertThat(ledger.version("alice")).isZero();
    }

    @Test
    void an_amount_of_hundreds_of_digits_is_refused() {
        var ledger = TestLedger.untouched();
        for (var digits : new int[] {100, 999, 1001, 50_000}) {
            ledger.post(
                            "k",
                            "{'postings':[{'debit':'cash','credit':'alice','amount':'%s'}]}"
                                    .formatted("9".repeat(digits)))
                    .invalidAt("/postings/0/amount");
            ledger.post(
                            "k",
                            "{'postings':[{'debit':'cash','credit':'alice','amount':%s}]}"
                                    .formatted("9".repeat(digits)))
                    .is(400, "invalid-request");
        }
    }

    @Test
    void an_amount_is_required() {
        TestLedger.untouched()
                .post("k", "{'postings':[{'debit':'cash','credit':'alice'}]}")
                .invalidAt("/postings/0/amount");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "'1'",
                "1250",
                "'1250'",
                "1000000000000000000000000000000",
                "'1000000000000000000000000000000'",
                "9007199254740993"
            })
    void an_amount_is_a_string_or_an_integer_from_1_to_10_to_the_30_and_a_string_in_every_answer(String amount) {
        var ledger = TestLedger.ofAlice();
        var posted = ledger.post("k", "{'postings':[{'debit':'cash','credit':'alice','amount':%s}]}".formatted(amount))
                .is(201);
        var digits = amount.replace("'", "");
        assertThat(posted.at("/postings/0/amount").isTextual()).isTrue();
        assertThat(posted.text("/postings/0/amount")).isEqualTo(digits);
        var balances = ledger.account("alice").at("/balances");
        assertThat(balances.path("creditsPosted").isTextual()).isTrue();
        assertThat(TestLedger.balances(balances)).isEqualTo("%1$s / %1$s / %1$s".formatted(digits));
    }

    @Test
    void many_amounts_of_10_to_the_30_are_added_up_exactly() {
        var ledger = TestLedger.ofAlice();
        var postings = Collections.nCopies(40, posting("cash", "alice", TEN_TO_THE_30));
        ledger.post("k", "{'postings':[%s]}".formatted(String.join(",", postings)))
                .is(201);
        assertThat(ledger.account("alice").text("/balances/posted")).isEqualTo("4" + "0".repeat(31));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "users:alice:wallet", "A.b_c-d", "a..b", "1:2:3", "a-:b_:c."})
    void an_account_s_id_may_be(String account) {
        var ledger = TestLedger.empty().withCash();
        assertThat(ledger.open(account, "{'asset':'USD/2','type':'liability'}")
                        .is(201)
                        .id())
                .isEqualTo(account);
        ledger.transfer("k", "cash", account, 1).is(201);
        assertThat(ledger.account(account).id()).isEqualTo(account);
    }

    @Test
    void an_account_s_id_has_at_most_128_characters() {
        var ledger = TestLedger.empty().withCash();
        var longest = "a".repeat(63) + ":" + "b".repeat(64);
        ledger.open(longest, "{'asset':'USD/2','type':'liability'}").is(201);
        ledger.transfer("k", "cash", longest, 1).is(201);
        ledger.open(longest + "b", "{'asset':'USD/2','type':'liability'}").invalidParameter("account");
        ledger.transfer("l", "cash", longest + "b", 1).invalidAt("/postings/0/credit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a:", ":a", "a::b", "_a", "-a", ".a", "a:_b", "a:.b", "a b", "a/b", "\u00e4", "a#b", "a%b", "a~b"
            })
    void an_account_s_id_may_not_be(String account) {
        var ledger = TestLedger.untouched();
        ledger.open(Daybook.encoded(account), "{'asset':'USD/2','type':'asset'}")
                .invalidParameter("account");
        ledger.transfer("k", "cash", account, 1).invalidAt("/postings/0/credit");
        ledger.transfer("k", account, "alice", 1).invalidAt("/postings/0/debit");
    }

    @ParameterizedTest
    @CsvSource({"asset,debit", "expense,debit", "liability,credit", "equity,credit", "income,credit"})
    void an_account_s_type_tells_its_normal_side(String type, String normal) {
        var ledger = TestLedger.empty();
        ledger.open("other", "{'asset':'USD/2','type':'asset','minimum':null}").is(201);
        var opened = ledger.open("a", "{'asset':'USD/2','type':'%s','minimum':null}".formatted(type))
                .is(201);
        assertThat(opened.text("/type")).isEqualTo(type);
        assertThat(opened.text("/normal")).isEqualTo(normal);
        ledger.transfer("k", "a", "other", 5).is(201);
        assertThat(ledger.balances("a")).isEqualTo(normal.equals("debit") ? "5 / 5 / 5" : "-5 / -5 / -5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'Asset'", "'ASSET'", "'revenue'", "''", "null", "1"})
    void another_type_is_refused(String type) {
        TestLedger.empty()
                .open("a", "{'asset':'USD/2','type':%s}".formatted(type))
                .invalidAt("/type");
    }

    @Test
    void a_posting_has_two_different_accounts() {
        TestLedger.untouched().transfer("k", "alice", "alice", 1).invalidAt("/postings/0/credit");
    }

    @Test
    void a_posting_s_accounts_count_the_same_asset() {
        var ledger = TestLedger.ofAlice(100);
        ledger.open("euros", "{'asset':'EUR/2','type':'liability'}").is(201);
        ledger.open("mills", "{'asset':'USD/3','type':'liability'}").is(201);
        ledger.transfer("k", "alice", "euros", 1).is(422, "asset-mismatch");
        ledger.transfer("k", "alice", "mills", 1).is(422, "asset-mismatch");
        assertThat(ledger.version("alice")).isEqualTo(1);
    }

    @Test
    void a_transaction_has_1_to_40_postings() {
        var ledger = TestLedger.ofAlice();
        ledger.post("none", "{'postings':[]}").invalidAt("/postings");
        ledger.post("missing", "{}").invalidAt("/postings");
        ledger.post("no-list", "{'postings':{}}").invalidAt("/postings");
        ledger.post("all", postings(40)).is(201);
        ledger.post("more", postings(41)).invalidAt("/postings");
        assertThat(ledger.balances("alice")).isEqualTo("40 / 40 / 40");
    }

    @Test
    void a_transaction_of_40_postings_may_touch_80_accounts() {
        var ledger = TestLedger.empty();
        IntStream.range(0, 80)
                .forEach(i -> ledger.open("a" + i, "{'asset':'USD/2','type':'asset','minimum':null}")
                        .is(201));
        var body = IntStream.range(0, 40)
                .mapToObj(i -> posting("a" + 2 * i, "a" + (2 * i + 1), i + 1))
                .collect(Collectors.joining(",", "{'postings':[", "]}"));
        assertThat(ledger.post("k", body).is(201).items("/entries")).hasSize(80);
        assertThat(ledger.balances("a78")).isEqualTo("40 / 40 / 40");
    }

    private static String postings(int count) {
        return "{'postings':[%s]}".formatted(String.join(",", Collections.nCopies(count, posting("cash", "alice", 1))));
    }

    @Test
    void a_transaction_is_applied_as_a_whole_or_not_at_all() {
        var ledger = TestLedger.ofAlice(100);
        ledger.post(
                        "declined",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 60), posting("shop", "bob", 1)))
                .is(422, "insufficient-funds");
        ledger.post(
                        "unknown",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 60), posting("alice", "nobody", 1)))
                .is(422, "unknown-account");
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        assertThat(ledger.version("alice")).isEqualTo(1);
        assertThat(ledger.version("bob")).isZero();
        ledger.post(
                        "applied",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 60), posting("alice", "shop", 40)))
                .is(201);
        assertThat(ledger.balances("alice")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.balances("bob")).isEqualTo("60 / 60 / 60");
        assertThat(ledger.balances("shop")).isEqualTo("40 / 40 / 40");
    }

    @Test
    void a_transaction_may_span_assets_as_long_as_each_posting_has_one() {
        var ledger = TestLedger.ofAlice();
        ledger.open("points-issued", "{'asset':'POINTS','type':'expense','minimum':null}")
                .is(201);
        ledger.open("alice-points", "{'asset':'POINTS','type':'liability'}").is(201);
        ledger.post(
                        "k",
                        "{'postings':[%s,%s]}"
                                .formatted(
                                        posting("cash", "alice", 1250), posting("points-issued", "alice-points", 12)))
                .is(201);
        assertThat(ledger.balances("alice")).isEqualTo("1250 / 1250 / 1250");
        assertThat(ledger.balances("alice-points")).isEqualTo("12 / 12 / 12");
    }

    @Test
    void an_entry_is_what_one_event_did_to_one_account_the_change_of_each_counter_and_the_balances_after_it() {
        var ledger = TestLedger.ofAlice(100);
        var posted = ledger.post(
                        "k",
                        "{'postings':[%s,%s,%s]}"
                                .formatted(
                                        posting("alice", "bob", 30),
                                        posting("bob", "alice", 10),
                                        posting("alice", "bob", 5)))
                .is(201);
        assertThat(posted.items("/entries")).hasSize(2);
        assertThat(posted.at("/entries/0")).isEqualTo(Daybook.json("""
                                {'account':'alice','version':2,
                                 'balances':{'posted':'75','pending':'75','available':'75','debitsPosted':'35',
                                  'creditsPosted':'110','debitsPending':'0','creditsPending':'0'},
                                 'change':{'debitsPosted':'35','creditsPosted':'10','debitsPending':'0','creditsPending':'0'}}"""));
        assertThat(posted.text("/entries/1/account")).isEqualTo("bob");
        assertThat(posted.text("/entries/1/balances/posted")).isEqualTo("25");
    }

    @Test
    void an_account_s_entries_are_numbered_1_2_3_without_a_gap_and_the_number_is_its_version() {
        var ledger = TestLedger.ofAlice();
        for (int i = 1; i <= 4; i++) {
            assertThat(ledger.transfer("cash", "alice", 1)
                            .is(201)
                            .at("/entries/1/version")
                            .asInt())
                    .isEqualTo(i);
            assertThat(ledger.version("alice")).isEqualTo(i);
        }
        ledger.transfer("declined", "bob", "alice", 1).is(422, "insufficient-funds");
        assertThat(ledger.version("alice")).isEqualTo(4);
        assertThat(ledger.entries("alice", 4))
                .extracting(entry -> entry.path("version").asInt())
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void an_account_has_to_be_there() {
        var ledger = TestLedger.ofAlice();
        var refused = ledger.post("k", transferring("cash", "nobody", 1)).is(422, "unknown-account");
        assertThat(refused.text("/account")).isEqualTo("nobody");
        assertThat(refused.text("/errors/0/pointer")).isEqualTo("/postings/0/credit");
        TestLedger.empty().post("k", transferring("cash", "alice", 1)).is(422, "unknown-account");
    }
}
