package io.daybook.contract;

import static io.daybook.contract.Daybook.eventually;
import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.runtime.Deployment;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class Section2BalancesTest {
    private static final String LARGEST = "9".repeat(38);

    @Test
    void the_example_of_the_contract() {
        var ledger = TestLedger.ofAlice();
        ledger.transfer("cash", "alice", 10_000).is(201);
        ledger.transfer("alice", "shop", 1000).is(201);
        ledger.hold("alice", "shop", 1000).is(201);
        assertThat(ledger.account("alice").at("/balances")).isEqualTo(Daybook.json("""
                                {'posted': '9000', 'pending': '8000', 'available': '8000', 'debitsPosted': '1000',
                                 'creditsPosted': '10000', 'debitsPending': '1000', 'creditsPending': '0'}"""));
        ledger.seen("alice");
    }

    @Test
    void posted_pending_and_available_of_a_credit_normal_account() {
        var ledger = TestLedger.ofAlice();
        ledger.transfer("cash", "alice", 1000).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("1000 / 1000 / 1000");
        ledger.transfer("alice", "cash", 100).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("900 / 900 / 900");
        ledger.hold("cash", "alice", 50).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("900 / 950 / 900");
        ledger.hold("alice", "cash", 300).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("900 / 650 / 600");
    }

    @Test
    void posted_pending_and_available_of_a_debit_normal_account_with_debit_and_credit_swapped() {
        var ledger = TestLedger.empty();
        ledger.open("till", "{'asset':'USD/2','type':'asset'}").is(201);
        ledger.open("owner", "{'asset':'USD/2','type':'equity','minimum':null}").is(201);
        ledger.transfer("till", "owner", 1000).is(201);
        assertThat(ledger.balances("till")).isEqualTo("1000 / 1000 / 1000");
        ledger.transfer("owner", "till", 100).is(201);
        assertThat(ledger.balances("till")).isEqualTo("900 / 900 / 900");
        ledger.hold("till", "owner", 50).is(201);
        assertThat(ledger.balances("till")).isEqualTo("900 / 950 / 900");
        ledger.hold("owner", "till", 300).is(201);
        assertThat(ledger.balances("till")).isEqualTo("900 / 650 / 600");
        ledger.transfer("owner", "till", 601).is(422, "insufficient-funds");
        ledger.transfer("owner", "till", 600).is(201);
        assertThat(ledger.balances("till")).isEqualTo("300 / 50 / 0");
    }

    @Test
    void limits_are_judged_on_the_state_after_the_whole_transaction_never_between_its_postings() {
        var ledger = TestLedger.ofAlice();
        ledger.post(
                        "before",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 100), posting("cash", "alice", 100)))
                .is(201);
        assertThat(ledger.balances("alice")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.balances("bob")).isEqualTo("100 / 100 / 100");
        ledger.open("small", "{'asset':'USD/2','type':'liability','maximum':'10'}")
                .is(201);
        ledger.post(
                        "through",
                        "{'postings':[%s,%s]}".formatted(posting("cash", "small", 100), posting("small", "bob", 95)))
                .is(201);
        assertThat(ledger.balances("small")).isEqualTo("5 / 5 / 5");
        ledger.post(
                        "too-much",
                        "{'postings':[%s,%s]}".formatted(posting("cash", "small", 100), posting("small", "bob", 94)))
                .is(422, "maximum-exceeded");
    }

    @Test
    void a_hold_through_an_intermediary_at_0_is_declined_although_the_plain_transaction_would_pass() {
        var ledger = TestLedger.ofAlice(100);
        var through = "'postings':[%s,%s]".formatted(posting("alice", "bob", 100), posting("bob", "shop", 100));
        ledger.post("hold", "{'pending':true,%s}".formatted(through)).is(422, "insufficient-funds");
        ledger.post("plain", "{%s}".formatted(through)).is(201);
    }

    @Test
    void the_minimum_is_0_unless_it_is_given_and_null_is_none() {
        var ledger = TestLedger.empty();
        assertThat(ledger.open("a", "{'asset':'USD/2','type':'liability'}")
                        .is(201)
                        .text("/minimum"))
                .isEqualTo("0");
        var open = ledger.open("b", "{'asset':'USD/2','type':'liability','minimum':null}")
                .is(201);
        assertThat(open.at("/minimum").isNull()).isTrue();
        assertThat(open.at("/maximum").isNull()).isTrue();
        ledger.transfer("a", "b", 1).is(422, "insufficient-funds");
        ledger.transfer("b", "a", 1_000_000).is(201);
    }

    @Test
    void available_may_not_go_below_the_minimum_and_a_decline_says_by_how_much() {
        var ledger = TestLedger.ofAlice(1000);
        ledger.hold("alice", "shop", 400).is(201);
        var declined = ledger.transfer("too-much", "alice", "shop", 601).is(422, "insufficient-funds");
        assertThat(declined.text("/account")).isEqualTo("alice");
        assertThat(declined.text("/available")).isEqualTo("600");
        assertThat(declined.text("/required")).isEqualTo("601");
        ledger.transfer("alice", "shop", 600).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("400 / 0 / 0");
        ledger.hold("alice", "shop", 1).is(422, "insufficient-funds");
    }

    @Test
    void incoming_holds_can_not_be_spent() {
        var ledger = TestLedger.ofAlice();
        ledger.hold("cash", "alice", 100).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("0 / 100 / 0");
        ledger.transfer("alice", "shop", 1).is(422, "insufficient-funds");
    }

    @Test
    void an_account_below_its_minimum_can_still_be_filled() {
        var ledger = TestLedger.ofAlice(100);
        ledger.change("alice", "{'minimum':'500'}").is(200);
        ledger.transfer("cash", "alice", 50).is(201);
        ledger.hold("cash", "alice", 50).is(201);
        ledger.post(
                        "level",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 10), posting("cash", "alice", 10)))
                .is(201);
        ledger.transfer("alice", "bob", 1).is(422, "insufficient-funds");
        assertThat(ledger.balances("alice")).isEqualTo("150 / 200 / 150");
    }

    @Test
    void the_minimum_can_be_negative() {
        var ledger = TestLedger.ofAlice();
        ledger.open("credit-line", "{'asset':'USD/2','type':'liability','minimum':-500}")
                .is(201);
        ledger.transfer("credit-line", "shop", 501).is(422, "insufficient-funds");
        ledger.transfer("credit-line", "shop", 500).is(201);
        assertThat(ledger.balances("credit-line")).isEqualTo("-500 / -500 / -500");
    }

    @Test
    void posted_and_incoming_pending_may_not_exceed_the_maximum() {
        var ledger = TestLedger.ofAlice();
        ledger.open("purse", "{'asset':'USD/2','type':'liability','maximum':'100'}")
                .is(201);
        ledger.transfer("cash", "purse", 60).is(201);
        ledger.hold("cash", "purse", 30).is(201);
        var declined = ledger.transfer("too-much", "cash", "purse", 11).is(422, "maximum-exceeded");
        assertThat(declined.text("/account")).isEqualTo("purse");
        ledger.hold("cash", "purse", 11).is(422, "maximum-exceeded");
        // What is held to go out is not out yet.
        ledger.hold("purse", "cash", 20).is(201);
        ledger.transfer("cash", "purse", 11).is(422, "maximum-exceeded");
        ledger.transfer("cash", "purse", 10).is(201);
        assertThat(ledger.balances("purse")).isEqualTo("70 / 80 / 50");
    }

    @Test
    void the_maximum_of_a_debit_normal_account_limits_its_debits() {
        var ledger = TestLedger.ofAlice();
        ledger.open("loan", "{'asset':'USD/2','type':'asset','maximum':100}").is(201);
        ledger.transfer("loan", "alice", 101).is(422, "maximum-exceeded");
        ledger.transfer("loan", "alice", 100).is(201);
    }

    @Test
    void an_account_above_its_maximum_can_still_be_emptied() {
        var ledger = TestLedger.ofAlice(100);
        ledger.change("alice", "{'maximum':'50'}").is(200);
        ledger.transfer("alice", "bob", 10).is(201);
        ledger.post(
                        "level",
                        "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 10), posting("cash", "alice", 10)))
                .is(201);
        ledger.transfer("cash", "alice", 1).is(422, "maximum-exceeded");
        assertThat(ledger.balances("alice")).isEqualTo("90 / 90 / 90");
    }

    @Test
    void the_maximum_can_be_negative() {
        var ledger = TestLedger.ofAlice();
        ledger.open("debtor", "{'asset':'USD/2','type':'liability','minimum':null,'maximum':'-100'}")
                .is(201);
        ledger.transfer("debtor", "shop", 200).is(201);
        ledger.transfer("cash", "debtor", 101).is(422, "maximum-exceeded");
        ledger.transfer("cash", "debtor", 100).is(201);
    }

    @Test
    void limits_have_up_to_38_digits() {
        var ledger = TestLedger.empty();
        var opened = ledger.open(
                        "a",
                        "{'asset':'USD/2','type':'liability','minimum':-%s,'maximum':'%s'}".formatted(LARGEST, LARGEST))
                .is(201);
        assertThat(opened.text("/minimum")).isEqualTo("-" + LARGEST);
        assertThat(opened.text("/maximum")).isEqualTo(LARGEST);
        ledger.open("b", "{'asset':'USD/2','type':'liability','minimum':'-1%1$s','maximum':1%1$s}".formatted(LARGEST))
                .invalidAt("/minimum", "/maximum");
    }

    @Test
    void a_limit_that_would_cross_the_other_is_refused_where_it_was_given() {
        var ledger = TestLedger.ofAlice();
        ledger.change("alice", "{'maximum':'-5'}").invalidAt("/maximum");
        ledger.change("alice", "{'minimum':'5','maximum':'4'}").invalidAt("/minimum");
        ledger.change("alice", "{'maximum':'10'}").is(200);
        ledger.change("alice", "{'minimum':'11'}").invalidAt("/minimum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e3", "'01'", "' 1'", "'+1'", "'-0'", "''", "true", "{}", "'none'"})
    void a_limit_in_another_form_is_refused(String limit) {
        var ledger = TestLedger.untouched();
        ledger.open("a", "{'asset':'USD/2','type':'liability','minimum':%s}".formatted(limit))
                .invalidAt("/minimum");
        ledger.open("a", "{'asset':'USD/2','type':'liability','maximum':%s}".formatted(limit))
                .invalidAt("/maximum");
        ledger.change("alice", "{'minimum':%1$s,'maximum':%1$s}".formatted(limit))
                .invalidAt("/minimum", "/maximum");
    }

    @Test
    void a_counter_that_would_pass_10_to_the_38_less_1_counts_as_maximum_exceeded() {
        var ledger = TestLedger.ofAlice();
        // As if all this had been moved to and fro, which would take more transactions than a test has time for.
        fill(ledger, "cash");
        fill(ledger, "alice");
        ledger.transfer("too-much", "cash", "alice", 10).is(422, "maximum-exceeded");
        ledger.hold("cash", "alice", 10).is(422, "maximum-exceeded");
        ledger.hold("cash", "alice", 5).is(201);
        ledger.transfer("cash", "alice", 5).is(422, "maximum-exceeded");
        var posted = ledger.transfer("cash", "alice", 4).is(201);
        assertThat(posted.text("/entries/1/balances/creditsPosted")).isEqualTo("9".repeat(37) + "4");
        ledger.seen("alice");
        // The decline is recorded and final, as any other.
        assertThat(ledger.transfer("too-much", "cash", "alice", 10)
                        .is(422, "maximum-exceeded")
                        .replayed())
                .isTrue();
    }

    @Test
    void a_decline_may_name_more_than_a_counter_holds() {
        var ledger = TestLedger.ofAlice();
        ledger.open("capped", "{'asset':'USD/2','type':'liability','maximum':'%s'}".formatted(LARGEST))
                .is(201);
        ledger.open("mint", "{'asset':'USD/2','type':'asset','minimum':null}").is(201);
        fill(ledger, "cash", LARGEST, "0");
        fill(ledger, "capped", "0", LARGEST);
        var wide = ledger.transfer("cash", "bob", 2).is(422, "maximum-exceeded");
        assertThat(wide.text("/resulting")).isEqualTo("1" + "0".repeat(37) + "1");
        var capped = ledger.transfer("mint", "capped", 2).is(422, "maximum-exceeded");
        assertThat(capped.text("/resulting")).isEqualTo("1" + "0".repeat(37) + "1");
        assertThat(capped.text("/maximum")).isEqualTo(LARGEST);
        for (var declined : List.of(wide, capped)) {
            assertThat(ledger.transaction(declined.text("/transaction")).is(200).text("/decline/resulting"))
                    .isEqualTo(declined.text("/resulting"));
        }
        eventually(() -> assertThat(
                        ledger.get("/transactions?status=declined").is(200).items("/items"))
                .hasSize(2));
    }

    private static void fill(TestLedger ledger, String account) {
        fill(ledger, account, "9".repeat(37) + "0", "9".repeat(37) + "0");
    }

    private static void fill(TestLedger ledger, String account, String debitsPosted, String creditsPosted) {
        var cloud = ledger.daybook().cloud();
        Deployment.of(cloud.environment("PostTransaction"))
                .dynamoDb()
                .updateItem(update -> update.tableName(cloud.physicalId("Journal"))
                        .key(Map.of(
                                "pk", AttributeValue.fromS("a#" + ledger.name() + "#" + account),
                                "sk", AttributeValue.fromS("head")))
                        .conditionExpression("attribute_exists(pk)")
                        .updateExpression("SET b = :b")
                        .expressionAttributeValues(Map.of(
                                ":b",
                                AttributeValue.fromL(Stream.of(debitsPosted, creditsPosted, "0", "0")
                                        .map(AttributeValue::fromN)
                                        .toList()))));
    }

    @Test
    void a_closed_account_takes_no_new_transaction_hold_or_reversal_until_it_is_opened_again() {
        var ledger = TestLedger.ofAlice();
        var deposit = ledger.transfer("cash", "alice", 100).is(201).id();
        assertThat(ledger.change("alice", "{'closed':true}")
                        .is(200)
                        .at("/closed")
                        .asBoolean())
                .isTrue();
        assertThat(ledger.transfer("alice", "bob", 1).is(422, "account-closed").text("/account"))
                .isEqualTo("alice");
        ledger.transfer("cash", "alice", 1).is(422, "account-closed");
        ledger.hold("alice", "bob", 1).is(422, "account-closed");
        ledger.hold("cash", "alice", 1).is(422, "account-closed");
        ledger.reverse(deposit).is(422, "account-closed");
        assertThat(ledger.version("alice")).isEqualTo(1);
        ledger.change("alice", "{'closed':false}").is(200);
        ledger.transfer("alice", "bob", 1).is(201);
        ledger.transfer("cash", "alice", 1).is(201);
        ledger.reverse(deposit).is(201);
    }
}
