package io.daybook.contract;

import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class Section5ReversalTest {

    @Test
    void a_reversal_posts_the_mirror_of_what_was_posted() {
        var ledger = TestLedger.ofAlice(100);
        var original = ledger.post(
                        "k", "{'postings':[%s,%s]}".formatted(posting("alice", "bob", 60), posting("bob", "shop", 50)))
                .is(201)
                .id();
        var reversal = ledger.reverse(original).is(201);
        assertThat(reversal.text("/status")).isEqualTo("posted");
        assertThat(reversal.at("/postings"))
                .isEqualTo(Daybook.json("[%s,%s]".formatted(posting("bob", "alice", 60), posting("shop", "bob", 50))));
        assertThat(reversal.at("/key").isNull()).isTrue();
        assertThat(reversal.at("/description").isNull()).isTrue();
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        assertThat(ledger.balances("bob")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.balances("shop")).isEqualTo("0 / 0 / 0");
        assertThat(ledger.transaction(reversal.id()).is(200).json()).isEqualTo(reversal.json());
    }

    @Test
    void of_a_hold_it_posts_the_mirror_of_what_was_settled() {
        var ledger = TestLedger.ofAlice(100);
        var hold = ledger.hold("alice", "shop", 60).is(201).id();
        ledger.settle(hold, "{'postings':[%s]}".formatted(posting("alice", "shop", 25)))
                .is(200);
        assertThat(ledger.reverse(hold).is(201).at("/postings"))
                .isEqualTo(Daybook.json("[%s]".formatted(posting("shop", "alice", 25))));
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
    }

    @Test
    void the_two_name_each_other() {
        var ledger = TestLedger.ofAlice(100);
        var original = ledger.transfer("alice", "shop", 60).is(201);
        var reversal = ledger.reverse(original.id()).is(201);
        assertThat(reversal.text("/reverses")).isEqualTo(original.id());
        assertThat(reversal.at("/reversedBy").isNull()).isTrue();
        var reversed = ledger.transaction(original.id()).is(200);
        assertThat(reversed.text("/reversedBy")).isEqualTo(reversal.id());
        assertThat(reversed.at("/reverses").isNull()).isTrue();
        assertThat(reversed.text("/status")).isEqualTo("posted");
        assertThat(reversed.at("/entries")).isEqualTo(original.at("/entries"));
        assertThat(reversed.at("/updatedAt")).isEqualTo(reversal.at("/recordedAt"));
        Daybook.eventually(() -> assertThat(ledger.daybook().all(ledger.path() + "/transactions"))
                .anyMatch(it -> it.path("reverses").asText().equals(original.id()))
                .anyMatch(it -> it.path("reversedBy").asText().equals(reversal.id())));
    }

    @Test
    void asking_again_returns_the_same_reversal() {
        var ledger = TestLedger.ofAlice(100);
        var original = ledger.transfer("alice", "shop", 60).is(201).id();
        var reversal = ledger.reverse(original, "{'description':'wrong shop'}").is(201);
        assertThat(ledger.reverse(original, "{'description':'wrong shop'}")
                        .is(200)
                        .json())
                .isEqualTo(reversal.json());
        assertThat(ledger.reverse(original).is(200).json()).isEqualTo(reversal.json());
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        assertThat(ledger.version("alice")).isEqualTo(3);
        // Whatever the present is like.
        ledger.change("alice", "{'closed':true}").is(200);
        assertThat(ledger.reverse(original).is(200).id()).isEqualTo(reversal.id());
    }

    @Test
    void it_happens_once_however_many_ask_at_the_same_moment() throws Exception {
        var ledger = TestLedger.ofAlice(100);
        var original = ledger.transfer("alice", "shop", 60).is(201).id();
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Answer> reverse = () -> ledger.reverse(original);
            for (var answer : threads.invokeAll(List.of(reverse, reverse, reverse))) {
                statuses.add(answer.get().status());
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(201, 200, 200);
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
    }

    @Test
    void its_body_may_have_a_description_and_metadata() {
        var ledger = TestLedger.ofAlice(100);
        var original = ledger.transfer("alice", "shop", 60).is(201).id();
        ledger.reverse(original, "{'description':1,'metadata':{'a':1},'reason':''}")
                .invalidAt("/description", "/metadata/a", "/reason");
        var reversal = ledger.reverse(original, "{'description':'wrong shop','metadata':{'ticket':'7'}}")
                .is(201);
        assertThat(reversal.text("/description")).isEqualTo("wrong shop");
        assertThat(reversal.text("/metadata/ticket")).isEqualTo("7");
    }

    @Test
    void limits_apply_and_a_decline_is_not_final_and_not_recorded_since_the_money_may_come() {
        var ledger = TestLedger.ofAlice(100);
        var original = ledger.transfer("alice", "shop", 60).is(201).id();
        ledger.transfer("shop", "bob", 60).is(201);
        var declined = ledger.reverse(original).is(422, "insufficient-funds");
        assertThat(declined.text("/account")).isEqualTo("shop");
        assertThat(declined.text("/available")).isEqualTo("0");
        assertThat(declined.text("/required")).isEqualTo("60");
        ledger.change("alice", "{'maximum':50}").is(200);
        ledger.transfer("bob", "shop", 60).is(201);
        ledger.reverse(original).is(422, "maximum-exceeded");
        ledger.change("alice", "{'maximum':null}").is(200);
        assertThat(ledger.version("alice")).isEqualTo(2);
        ledger.reverse(original).is(201);
        assertThat(ledger.balances("alice")).isEqualTo("100 / 100 / 100");
        ledger.seen("alice");
        assertThat(ledger.daybook().all(ledger.path() + "/transactions?status=declined"))
                .isEmpty();
    }

    @Test
    void what_is_not_posted_or_is_itself_a_reversal_can_not_be_reversed() {
        var ledger = TestLedger.ofAlice(100);
        var pending = ledger.hold("alice", "shop", 10).is(201).id();
        notPosted(ledger.reverse(pending), "pending");
        ledger.release(pending).is(200);
        notPosted(ledger.reverse(pending), "voided");
        var declined = ledger.transfer("too-much", "alice", "shop", 1000)
                .is(422, "insufficient-funds")
                .text("/transaction");
        notPosted(ledger.reverse(declined), "declined");
        var original = ledger.transfer("alice", "shop", 10).is(201).id();
        var reversal = ledger.reverse(original).is(201).id();
        notPosted(ledger.reverse(reversal), "posted");
    }

    private static void notPosted(Answer answer, String status) {
        assertThat(answer.is(409, "not-posted").text("/actual")).isEqualTo(status);
    }
}
