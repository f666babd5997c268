package io.daybook.contract;

import static io.daybook.contract.Daybook.eventually;
import static io.daybook.contract.TestLedger.posting;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What holds after any mixture of calls, here one of some scores, by several callers at once. */
class Section8AlwaysTest {
    private static final List<String> COUNTERS =
            List.of("debitsPosted", "creditsPosted", "debitsPending", "creditsPending");
    private static final List<String> ACCOUNTS = List.of("cash", "alice", "bob", "shop");
    private static final int CALLERS = 3;

    private static TestLedger ledger;
    private static List<Answer> posted;

    @BeforeAll
    static void money_moves() throws Exception {
        ledger = TestLedger.ofAlice();
        posted = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            var callers = new ArrayList<Callable<List<Answer>>>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int seed = caller;
                callers.add(() -> calls(seed));
            }
            for (var caller : threads.invokeAll(callers)) {
                posted.addAll(caller.get());
            }
        }
    }

    private static List<Answer> calls(int seed) {
        var random = new Random(seed);
        var answers = new ArrayList<Answer>();
        for (int i = 0; i < 20; i++) {
            var debit = ACCOUNTS.get(random.nextInt(4));
            var credit = ACCOUNTS.get((ACCOUNTS.indexOf(debit) + 1 + random.nextInt(3)) % 4);
            var key = "k-" + seed + "-" + i;
            var postings = Stream.of(
                            posting(debit, credit, 1 + random.nextInt(50)),
                            posting("cash", "alice", 1 + random.nextInt(20)))
                    .limit(1 + random.nextInt(2))
                    .collect(Collectors.joining(","));
            var body = "{'pending':%s,'postings':[%s]}".formatted(random.nextBoolean(), postings);
            var answer = ledger.post(key, body);
            if (random.nextInt(4) == 0) {
                // A retry, as after a lost answer.
                var retry = ledger.post(key, body);
                if (answer.status() != 503) {
                    assertThat(retry.status()).isEqualTo(answer.status());
                }
            }
            if (answer.status() == 201) {
                answers.add(answer);
                switch (random.nextInt(4)) {
                    case 0 -> ledger.settle(answer.id(), null);
                    case 1 -> ledger.release(answer.id());
                    case 2 -> ledger.reverse(answer.id());
                    default -> {}
                }
            }
        }
        return answers;
    }

    private static Map<String, BigInteger> counters(JsonNode node) {
        var counters = new HashMap<String, BigInteger>();
        COUNTERS.forEach(
                name -> counters.put(name, new BigInteger(node.path(name).asText())));
        return counters;
    }

    private static List<JsonNode> entries(String account) {
        return ledger.entries(account, Math.toIntExact(ledger.version(account)));
    }

    @Test
    void the_sum_of_debits_equals_the_sum_of_credits_posted_and_pending_after_every_event() {
        var changes = new HashMap<String, Map<String, BigInteger>>();
        for (var account : ACCOUNTS) {
            for (var entry : entries(account)) {
                // An event is a transaction and a moment.
                var event = entry.path("transaction").asText()
                        + entry.path("recordedAt").asText();
                counters(entry.path("change"))
                        .forEach((name, change) -> changes.computeIfAbsent(event, e -> new HashMap<>())
                                .merge(name, change, BigInteger::add));
            }
        }
        assertThat(changes.size()).isGreaterThan(40);
        assertThat(changes.values()).allSatisfy(sums -> {
            assertThat(sums.get("debitsPosted")).isEqualTo(sums.get("creditsPosted"));
            assertThat(sums.get("debitsPending")).isEqualTo(sums.get("creditsPending"));
        });
    }

    @Test
    void an_account_s_counters_are_the_fold_of_its_entries_and_versions_run_without_a_gap_or_a_repeat() {
        for (var account : ACCOUNTS) {
            var sums = counters(
                    Daybook.json("{'debitsPosted':'0','creditsPosted':'0','debitsPending':'0','creditsPending':'0'}"));
            int version = 0;
            var time = "";
            for (var entry : entries(account)) {
                assertThat(entry.path("version").asInt()).isEqualTo(++version);
                counters(entry.path("change")).forEach((name, change) -> sums.merge(name, change, BigInteger::add));
                assertThat(counters(entry.path("balances")))
                        .as("%s %d", account, version)
                        .isEqualTo(sums);
                assertThat(entry.path("recordedAt").asText()).isGreaterThanOrEqualTo(time);
                time = entry.path("recordedAt").asText();
            }
            assertThat(counters(ledger.account(account).at("/balances"))).isEqualTo(sums);
            assertThat(ledger.version(account)).isEqualTo(version);
        }
    }

    @Test
    void a_key_moves_money_at_most_once() {
        for (var answer : posted) {
            var replay = ledger.get("/transactions?key=" + answer.text("/key")).is(200);
            assertThat(replay.each("id")).containsExactly(answer.id());
        }
        var transactions = entries("cash").stream()
                .filter(entry -> entry.at("/change/debitsPosted").asLong()
                                + entry.at("/change/debitsPending").asLong()
                        > 0)
                .map(entry -> entry.path("transaction").asText()
                        + entry.at("/change/debitsPending").asLong())
                .toList();
        assertThat(transactions).doesNotHaveDuplicates();
    }

    @Test
    void no_account_is_ever_below_its_minimum() {
        for (var account : List.of("alice", "bob", "shop")) {
            assertThat(entries(account))
                    .allSatisfy(entry ->
                            assertThat(entry.at("/balances/available").asLong()).isGreaterThanOrEqualTo(0));
        }
    }

    @Test
    void no_account_is_below_its_minimum_whatever_runs_at_the_same_time() throws Exception {
        var race = TestLedger.ofAlice(100);
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> withdraw =
                    () -> race.transfer("alice", "shop", 30).status();
            for (var status : threads.invokeAll(List.of(withdraw, withdraw, withdraw, withdraw, withdraw, withdraw))) {
                statuses.add(status.get());
            }
        }
        assertThat(statuses).filteredOn(status -> status == 201).hasSize(3);
        assertThat(statuses).filteredOn(status -> status == 422).hasSize(3);
        assertThat(race.balances("alice")).isEqualTo("10 / 10 / 10");
    }

    @Test
    void what_was_answered_201_reaches_every_view_in_the_end() {
        assertThat(posted.size()).isGreaterThan(25);
        eventually(() -> {
            var listed = ledger.daybook().all(ledger.path() + "/transactions?limit=1000").stream()
                    .map(it -> it.path("id").asText())
                    .toList();
            assertThat(listed)
                    .doesNotHaveDuplicates()
                    .containsAll(posted.stream().map(Answer::id).toList());
        });
        for (var account : ACCOUNTS) {
            ledger.seen(account);
        }
        eventually(() -> {
            for (var it : ledger.daybook().all(ledger.path() + "/transactions?limit=1000")) {
                assertThat(it)
                        .isEqualTo(ledger.transaction(it.path("id").asText()).json());
            }
        });
    }
}
