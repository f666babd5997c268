package io.daybook.ledger;

import static io.daybook.ledger.AccountType.ASSET;
import static io.daybook.ledger.AccountType.LIABILITY;
import static io.daybook.ledger.Scribe.hold;
import static io.daybook.ledger.Scribe.id;
import static io.daybook.ledger.Scribe.post;
import static io.daybook.ledger.Scribe.postings;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Decision STANDS = new Decision.Stands();

    private final Scribe scribe = new Scribe();

    @BeforeEach
    void open_accounts() {
        scribe.open("cash", ASSET, null, null);
        scribe.open("alice", LIABILITY, 0L, null);
        scribe.open("shop", LIABILITY, 0L, null);
    }

    private void settle(String key, String... lines) {
        assertThat(scribe.ask(new Command.SettleHold("main", id(key), lines.length == 0 ? null : postings(lines))))
                .isEqualTo(STANDS);
    }

    private Transaction.Status status(String key) {
        return scribe.transaction(key).status();
    }

    @Test
    void the_worked_example_of_section_4() {
        scribe.ask(post("deposit", "10000 cash > alice"));
        assertThat(scribe.balances("alice")).isEqualTo("10000 / 10000 / 10000");
        assertThat(scribe.balances("shop")).isEqualTo("0 / 0 / 0");

        scribe.ask(hold("hold", null, "4000 alice > shop"));
        assertThat(scribe.balances("alice")).isEqualTo("10000 / 6000 / 6000");
        assertThat(scribe.balances("shop")).isEqualTo("0 / 4000 / 0");

        scribe.ask(post("transfer", "7000 alice > shop"));
        assertThat(((Event.Declined) scribe.transaction("transfer").placed()).reason())
                .isEqualTo(new Refusal.InsufficientFunds("alice", big(6000), big(7000), big(0)));

        settle("hold", "2500 alice > shop");
        assertThat(scribe.balances("alice")).isEqualTo("7500 / 7500 / 7500");
        assertThat(scribe.balances("shop")).isEqualTo("2500 / 2500 / 2500");

        scribe.ask(hold("second", null, "1000 alice > shop"));
        scribe.ask(new Command.VoidHold("main", id("second")));
        assertThat(scribe.balances("alice")).isEqualTo("7500 / 7500 / 7500");
        assertThat(scribe.balances("shop")).isEqualTo("2500 / 2500 / 2500");
    }

    @Nested
    class Section_2_limits {
        @Test
        void are_judged_after_the_whole_transaction_not_between_its_postings() {
            scribe.ask(post("through", "500 alice > shop", "500 cash > alice"));
            assertThat(status("through")).isEqualTo(Transaction.Status.POSTED);
            assertThat(scribe.balances("alice")).isEqualTo("0 / 0 / 0");
        }

        @Test
        void an_account_below_its_minimum_can_still_be_filled() {
            scribe.ask(post("deposit", "100 cash > alice"));
            scribe.ask(new Command.ChangeAccount("main", "alice", List.of(new Command.Amendment.Minimum(big(1000)))));
            scribe.ask(post("more", "1 cash > alice"));
            assertThat(status("more")).isEqualTo(Transaction.Status.POSTED);
            scribe.ask(post("less", "1 alice > shop"));
            assertThat(status("less")).isEqualTo(Transaction.Status.DECLINED);
        }

        @Test
        void a_negative_minimum_is_an_overdraft() {
            scribe.open("credit", LIABILITY, -300L, null);
            scribe.ask(post("within", "300 credit > shop"));
            assertThat(status("within")).isEqualTo(Transaction.Status.POSTED);
            scribe.ask(post("beyond", "1 credit > shop"));
            assertThat(((Event.Declined) scribe.transaction("beyond").placed()).reason())
                    .isEqualTo(new Refusal.InsufficientFunds("credit", big(-300), big(1), big(-300)));
        }

        @Test
        void the_maximum_counts_what_holds_may_still_bring_and_only_what_raises_it() {
            scribe.open("capped", LIABILITY, 0L, 1000L);
            scribe.ask(hold("hold", null, "600 cash > capped"));
            scribe.ask(post("too-much", "401 cash > capped"));
            assertThat(((Event.Declined) scribe.transaction("too-much").placed()).reason())
                    .isEqualTo(new Refusal.MaximumExceeded("capped", big(1000), big(1001)));
            scribe.ask(post("fits", "400 cash > capped"));
            assertThat(status("fits")).isEqualTo(Transaction.Status.POSTED);
            settle("hold");
            scribe.ask(new Command.ChangeAccount("main", "capped", List.of(new Command.Amendment.Maximum(big(10)))));
            scribe.ask(post("out", "1 capped > shop"));
            assertThat(status("out")).isEqualTo(Transaction.Status.POSTED);
        }

        @Test
        void a_counter_that_would_pass_its_width_counts_as_maximum_exceeded() {
            scribe.open("wide", ASSET, null, null);
            scribe.books = scribe.books.with(List.of(full("wide")));
            scribe.ask(post("fits", "1 wide > cash"));
            assertThat(status("fits")).isEqualTo(Transaction.Status.POSTED);
            scribe.ask(post("over", "1 wide > cash"));
            assertThat(((Event.Declined) scribe.transaction("over").placed()).reason())
                    .isEqualTo(new Refusal.MaximumExceeded("wide", null, Amount.COUNTER_MAX.add(BigInteger.ONE)));
        }

        private Account full(String account) {
            var head = scribe.books.account(account).orElseThrow();
            var almost = Amount.COUNTER_MAX.subtract(BigInteger.ONE);
            var counters = new Counters(almost, almost, BigInteger.ZERO, BigInteger.ZERO);
            return head.after(new Entry(account, 0, Side.DEBIT, 1, counters, counters), scribe.now);
        }

        @Test
        void a_closed_account_takes_nothing_until_it_is_opened_again() {
            scribe.ask(post("deposit", "100 cash > alice"));
            scribe.ask(close(true));
            scribe.ask(post("refused", "1 cash > alice"));
            assertThat(((Event.Declined) scribe.transaction("refused").placed()).reason())
                    .isEqualTo(new Refusal.AccountClosed("alice"));
            assertThat(scribe.refusal(new Command.ReverseTransaction("main", id("deposit"), null, Map.of())))
                    .isEqualTo(new Refusal.AccountClosed("alice"));
            scribe.ask(close(false));
            scribe.ask(post("taken", "1 cash > alice"));
            assertThat(status("taken")).isEqualTo(Transaction.Status.POSTED);
        }

        @Test
        void an_account_with_holds_cannot_be_closed() {
            scribe.ask(hold("hold", null, "1 cash > alice"));
            assertThat(scribe.refusal(close(true))).isEqualTo(new Refusal.AccountInUse("alice"));
        }

        private static Command close(boolean closed) {
            return new Command.ChangeAccount("main", "alice", List.of(new Command.Amendment.Closed(closed)));
        }
    }

    @Nested
    class Section_3_once {
        @Test
        void the_same_request_again_stands_whatever_has_happened_since() {
            scribe.ask(post("deposit", "100 cash > alice"));
            var spend = post("spend", false, null, Map.of("alice", 1L), "100 alice > shop");
            assertThat(scribe.ask(spend)).isEqualTo(STANDS);
            var events = scribe.events.size();
            // Its funds are gone, its version has passed, and its accounts are closed.
            scribe.ask(new Command.ChangeAccount("main", "shop", List.of(new Command.Amendment.Closed(true))));
            assertThat(scribe.ask(spend)).isEqualTo(STANDS);
            assertThat(scribe.events).hasSize(events + 1);
            assertThat(scribe.transaction("spend").first().status()).isEqualTo(Transaction.Status.POSTED);
        }

        @Test
        void a_hold_asked_for_again_after_its_expiry_stands() {
            var hold = hold("hold", scribe.now.plusSeconds(60), "100 cash > alice");
            scribe.ask(hold);
            scribe.later(Duration.ofHours(1));
            assertThat(scribe.ask(hold)).isEqualTo(STANDS);
        }

        @Test
        void another_request_under_a_used_key_is_refused() {
            scribe.ask(post("key", "100 cash > alice"));
            assertThat(scribe.refusal(post("key", "101 cash > alice"))).isEqualTo(new Refusal.KeyReused(id("key")));
            assertThat(scribe.refusal(hold("key", null, "100 cash > alice")))
                    .isEqualTo(new Refusal.KeyReused(id("key")));
        }

        @Test
        void a_decline_is_recorded_and_final() {
            var spend = post("spend", "1 alice > shop");
            assertThat(scribe.ask(spend)).isEqualTo(STANDS);
            scribe.ask(post("deposit", "100 cash > alice"));
            assertThat(scribe.ask(spend)).isEqualTo(STANDS);
            assertThat(status("spend")).isEqualTo(Transaction.Status.DECLINED);
        }

        @Test
        void a_request_that_was_never_decided_leaves_the_key_free() {
            assertThat(scribe.refusal(post("key", "1 cash > bob")))
                    .isEqualTo(new Refusal.UnknownAccount("bob", 0, Side.CREDIT));
            assertThat(scribe.refusal(post("key", false, null, Map.of("alice", 3L), "1 cash > alice")))
                    .isEqualTo(new Refusal.VersionMismatch("alice", 3, 0));
            assertThat(scribe.refusal(hold("key", scribe.now, "1 cash > alice")))
                    .isEqualTo(new Refusal.ExpiryOutOfRange());
            assertThat(scribe.refusal(hold("key", scribe.now.plus(Duration.ofDays(367)), "1 cash > alice")))
                    .isEqualTo(new Refusal.ExpiryOutOfRange());
            scribe.ask(new Command.OpenAccount("main", "yen", Scribe.definition("JPY/0", ASSET, null, null)));
            assertThat(scribe.refusal(post("key", "1 cash > alice", "1 yen > alice")))
                    .isEqualTo(new Refusal.AssetMismatch(1, new Asset("JPY", 0), new Asset("USD", 2)));
            assertThat(scribe.books.transactions()).isEmpty();
            assertThat(scribe.ask(post("key", "1 cash > alice"))).isEqualTo(STANDS);
        }
    }

    @Nested
    class Section_4_holds {
        @Test
        void the_same_end_again_stands_and_another_is_refused() {
            scribe.ask(hold("hold", null, "100 cash > alice", "50 cash > shop"));
            settle("hold", "70 cash > alice", "0 cash > shop");
            settle("hold", "70 cash > alice", "0 cash > shop");
            var refused = new Refusal.HoldNotPending(id("hold"), Transaction.Status.POSTED);
            assertThat(scribe.refusal(new Command.SettleHold("main", id("hold"), null)))
                    .isEqualTo(refused);
            assertThat(scribe.refusal(new Command.VoidHold("main", id("hold")))).isEqualTo(refused);
            assertThat(scribe.refusal(new Command.ExpireHold("main", id("hold"))))
                    .isEqualTo(refused);
            assertThat(scribe.transaction("hold").settled()).contains(postings("70 cash > alice"));
        }

        @Test
        void no_more_can_be_settled_than_was_held() {
            scribe.ask(hold("hold", null, "100 cash > alice"));
            assertThat(scribe.refusal(new Command.SettleHold("main", id("hold"), postings("101 cash > alice"))))
                    .isEqualTo(new Refusal.ExceedsHold(0, big(100)));
            assertThat(scribe.refusal(new Command.SettleHold("main", id("hold"), postings("100 cash > shop"))))
                    .isEqualTo(new Refusal.PostingsDiffer(0));
            assertThat(scribe.refusal(
                            new Command.SettleHold("main", id("hold"), postings("100 cash > alice", "1 cash > shop"))))
                    .isEqualTo(new Refusal.PostingsDiffer(1));
            assertThat(status("hold")).isEqualTo(Transaction.Status.PENDING);
        }

        @Test
        void whoever_comes_after_its_time_writes_the_expiry() {
            var expiresAt = scribe.now.plusSeconds(60);
            scribe.ask(post("deposit", "100 cash > alice"));
            scribe.ask(hold("a", expiresAt, "60 alice > shop"));
            scribe.ask(hold("b", expiresAt, "40 alice > shop"));
            assertThat(scribe.refusal(new Command.ExpireHold("main", id("a"))))
                    .isEqualTo(new Refusal.HoldNotPending(id("a"), Transaction.Status.PENDING));
            scribe.later(Duration.ofSeconds(60));
            assertThat(scribe.refusal(new Command.SettleHold("main", id("a"), null)))
                    .isEqualTo(new Refusal.HoldNotPending(id("a"), Transaction.Status.EXPIRED));
            assertThat(scribe.balances("alice")).isEqualTo("100 / 60 / 60");
            assertThat(scribe.refusal(new Command.VoidHold("main", id("b"))))
                    .isEqualTo(new Refusal.HoldNotPending(id("b"), Transaction.Status.EXPIRED));
            assertThat(scribe.balances("alice")).isEqualTo("100 / 100 / 100");
            assertThat(scribe.ask(new Command.ExpireHold("main", id("b")))).isEqualTo(STANDS);
        }

        @Test
        void settling_is_never_declined_for_funds() {
            scribe.ask(post("deposit", "100 cash > alice"));
            scribe.ask(hold("hold", null, "100 alice > shop"));
            scribe.ask(new Command.ChangeAccount("main", "alice", List.of(new Command.Amendment.Minimum(big(500)))));
            settle("hold");
            assertThat(scribe.balances("shop")).isEqualTo("100 / 100 / 100");
        }

        @Test
        void a_plain_transaction_is_no_hold() {
            scribe.ask(post("plain", "1 cash > alice"));
            assertThat(scribe.refusal(new Command.SettleHold("main", id("plain"), null)))
                    .isEqualTo(new Refusal.HoldNotPending(id("plain"), Transaction.Status.POSTED));
            assertThat(scribe.refusal(new Command.VoidHold("main", id("none"))))
                    .isEqualTo(new Refusal.TransactionNotFound(id("none")));
        }
    }

    @Nested
    class Section_5_reversal {
        private Command.ReverseTransaction reverse(String key) {
            return new Command.ReverseTransaction("main", id(key), "mistake", Map.of());
        }

        @Test
        void posts_the_mirror_once() {
            scribe.ask(post("deposit", "100 cash > alice"));
            assertThat(scribe.ask(reverse("deposit"))).isEqualTo(STANDS);
            assertThat(scribe.ask(reverse("deposit"))).isEqualTo(STANDS);
            assertThat(scribe.balances("alice")).isEqualTo("0 / 0 / 0");
            var reversal = scribe.books.transaction(reverse("deposit").id()).orElseThrow();
            assertThat(reversal.terms().postings()).isEqualTo(postings("100 alice > cash"));
            assertThat(reversal.terms().reverses()).isEqualTo(id("deposit"));
            assertThat(scribe.transaction("deposit").reversed().by()).isEqualTo(reversal.id());
            assertThat(scribe.refusal(new Command.ReverseTransaction("main", reversal.id(), null, Map.of())))
                    .isEqualTo(new Refusal.NotPosted(reversal.id(), Transaction.Status.POSTED, true));
        }

        @Test
        void of_a_hold_that_is_known_before_its_settlement_waits_for_it() {
            scribe.ask(hold("hold", null, "100 cash > alice"));
            settle("hold", "100 cash > alice");
            scribe.ask(reverse("hold"));
            var known = scribe.events.stream()
                    .filter(Event.OfTransaction.class::isInstance)
                    .map(Event.OfTransaction.class::cast)
                    .filter(event -> event.id().equals(id("hold")))
                    .toList();
            var shown = Transaction.fold(List.of(known.getFirst(), known.getLast()));
            assertThat(known).hasSize(3);
            assertThat(shown).contains(Transaction.of((Event.Placed) known.getFirst()));
            assertThat(Transaction.fold(known.reversed()).orElseThrow().reversed())
                    .isNotNull();
        }

        @Test
        void of_a_hold_mirrors_what_was_settled() {
            scribe.ask(hold("hold", null, "100 cash > alice", "10 cash > shop"));
            assertThat(scribe.refusal(reverse("hold")))
                    .isEqualTo(new Refusal.NotPosted(id("hold"), Transaction.Status.PENDING, false));
            settle("hold", "30 cash > alice", "0 cash > shop");
            scribe.ask(reverse("hold"));
            assertThat(scribe.balances("alice")).isEqualTo("0 / 0 / 0");
            assertThat(scribe.books
                            .transaction(reverse("hold").id())
                            .orElseThrow()
                            .terms()
                            .postings())
                    .isEqualTo(postings("30 alice > cash"));
        }

        @Test
        void its_decline_is_not_final() {
            scribe.ask(post("deposit", "100 cash > alice"));
            scribe.ask(post("spend", "100 alice > shop"));
            assertThat(scribe.refusal(reverse("deposit"))).isInstanceOf(Refusal.InsufficientFunds.class);
            scribe.ask(post("again", "100 cash > alice"));
            assertThat(scribe.ask(reverse("deposit"))).isEqualTo(STANDS);
        }
    }

    @Nested
    class Accounts {
        @Test
        void the_opening_request_again_stands_even_after_changes() {
            var opening = new Command.OpenAccount("main", "bob", Scribe.definition("USD/2", LIABILITY, 0L, null));
            scribe.ask(opening);
            scribe.ask(new Command.ChangeAccount("main", "bob", List.of(new Command.Amendment.Minimum(big(-5)))));
            assertThat(scribe.ask(opening)).isEqualTo(STANDS);
            assertThat(scribe.refusal(
                            new Command.OpenAccount("main", "bob", Scribe.definition("USD/2", LIABILITY, 1L, null))))
                    .isEqualTo(new Refusal.AccountExists("bob"));
        }

        @Test
        void metadata_is_merged_and_null_removes() {
            change(new Command.Amendment.Pair("plan", "pro"), new Command.Amendment.Pair("tier", "1"));
            change(new Command.Amendment.Pair("plan", null), new Command.Amendment.Description("Alice"));
            var definition = scribe.books.definitions().get("alice");
            assertThat(definition.definition().metadata()).isEqualTo(Map.of("tier", "1"));
            assertThat(definition.number()).isEqualTo(3);
            assertThat(definition.openedAt()).isEqualTo(Scribe.START);
        }

        @Test
        void a_change_that_changes_nothing_writes_nothing() {
            var events = scribe.events.size();
            change(new Command.Amendment.Closed(false));
            assertThat(scribe.events).hasSize(events);
        }

        private void change(Command.Amendment... amendments) {
            assertThat(scribe.ask(new Command.ChangeAccount("main", "alice", List.of(amendments))))
                    .isEqualTo(STANDS);
        }
    }

    @Nested
    class Section_9_hot_accounts {
        @BeforeEach
        void open_hot() {
            scribe.ask(new Command.OpenAccount("main", "hot", Scribe.striped(LIABILITY, 4)));
        }

        @Test
        void balances_and_version_are_the_sums_over_the_parts() {
            for (int i = 0; i < 40; i++) {
                scribe.ask(post("in-" + i, "10 cash > hot"));
                scribe.ask(post("out-" + i, "3 hot > shop"));
            }
            assertThat(scribe.balances("hot")).isEqualTo("280 / 280 / 280");
            assertThat(scribe.state("hot").version()).isEqualTo(80);
            assertThat(scribe.state("hot").parts())
                    .hasSize(4)
                    .allSatisfy(part -> assertThat(part.version()).isPositive());
        }

        @Test
        void every_entry_names_its_part_which_has_versions_and_balances_of_its_own() {
            for (int i = 0; i < 20; i++) {
                scribe.ask(post("in-" + i, "1 cash > hot"));
            }
            var versions = new HashMap<Integer, Long>();
            for (int i = 0; i < 20; i++) {
                var entry = scribe.transaction("in-" + i).entries().get(1);
                assertThat(entry.account()).isEqualTo("hot");
                assertThat(entry.stripe()).isBetween(1, 4);
                assertThat(entry.version()).isEqualTo(versions.merge(entry.stripe(), 1L, Long::sum));
                assertThat(entry.balances().creditsPosted()).isEqualTo(big((int) entry.version()));
            }
        }

        @Test
        void a_hold_ends_on_the_part_it_was_placed_on() {
            for (int i = 0; i < 12; i++) {
                scribe.ask(hold("hold-" + i, null, "5 hot > shop"));
                settle("hold-" + i, "2 hot > shop");
                scribe.ask(hold("void-" + i, null, "5 hot > shop"));
                scribe.ask(new Command.VoidHold("main", id("void-" + i)));
            }
            assertThat(scribe.balances("hot")).isEqualTo("-24 / -24 / -24");
            assertThat(scribe.state("hot").parts())
                    .allSatisfy(part -> assertThat(part.balances().hasPending()).isFalse());
        }

        @Test
        void a_reversal_may_move_another_part_and_the_sums_come_out_right() {
            for (int i = 0; i < 12; i++) {
                scribe.ask(post("in-" + i, "7 cash > hot"));
                scribe.ask(new Command.ReverseTransaction("main", id("in-" + i), null, Map.of()));
            }
            assertThat(scribe.balances("hot")).isEqualTo("0 / 0 / 0");
            assertThat(scribe.balances("cash")).isEqualTo("0 / 0 / 0");
        }

        @Test
        void expect_is_refused() {
            assertThat(scribe.refusal(Scribe.post("expecting", false, null, Map.of("hot", 0L), "1 cash > hot")))
                    .isEqualTo(new Refusal.StripedExpected("hot"));
        }

        @Test
        void limits_stay_absent() {
            assertThat(scribe.refusal(change(new Command.Amendment.Minimum(big(0)))))
                    .isEqualTo(new Refusal.StripedLimit(true));
            assertThat(scribe.refusal(change(new Command.Amendment.Maximum(big(9)))))
                    .isEqualTo(new Refusal.StripedLimit(false));
            assertThat(scribe.ask(change(new Command.Amendment.Maximum(null)))).isEqualTo(STANDS);
        }

        @Test
        void closing_writes_all_parts_at_once_and_another_change_none_of_them() {
            scribe.ask(change(new Command.Amendment.Pair("plan", "pro")));
            assertThat(revisions()).containsExactly(2L, 1L, 1L, 1L, 1L);
            scribe.ask(change(new Command.Amendment.Closed(true)));
            assertThat(revisions()).containsExactly(3L, 2L, 2L, 2L, 2L);
            for (int i = 0; i < 12; i++) {
                scribe.ask(post("refused-" + i, "1 cash > hot"));
                assertThat(((Event.Declined) scribe.transaction("refused-" + i).placed()).reason())
                        .isEqualTo(new Refusal.AccountClosed("hot"));
            }
            scribe.ask(change(new Command.Amendment.Closed(false)));
            scribe.ask(post("taken", "1 cash > hot"));
            assertThat(status("taken")).isEqualTo(Transaction.Status.POSTED);
        }

        @Test
        void a_hold_on_any_part_keeps_it_from_being_closed() {
            for (int i = 0; i < 12; i++) {
                scribe.ask(hold("hold-" + i, null, "5 hot > shop"));
                assertThat(scribe.refusal(change(new Command.Amendment.Closed(true))))
                        .isEqualTo(new Refusal.AccountInUse("hot"));
                scribe.ask(new Command.VoidHold("main", id("hold-" + i)));
            }
        }

        private List<Long> revisions() {
            return IntStream.rangeClosed(0, 4)
                    .mapToObj(stripe -> scribe.books
                            .account(Names.part("hot", stripe))
                            .orElseThrow()
                            .revision())
                    .toList();
        }

        private Command change(Command.Amendment amendment) {
            return new Command.ChangeAccount("main", "hot", List.of(amendment));
        }
    }

    @Test
    void an_accounts_clock_never_runs_back_and_all_entries_of_an_event_carry_its_time() {
        scribe.later(Duration.ofMinutes(10));
        scribe.ask(post("ahead", "1 cash > alice"));
        scribe.later(Duration.ofMinutes(-5));
        scribe.ask(post("behind", "1 cash > shop"));
        assertThat(scribe.transaction("behind").placed().recordedAt())
                .isEqualTo(scribe.transaction("ahead").placed().recordedAt());
        scribe.ask(post("free", "1 shop > alice"));
        assertThat(scribe.books.account("shop").orElseThrow().recordedAt())
                .isEqualTo(scribe.transaction("free").placed().recordedAt());
    }

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }
}
