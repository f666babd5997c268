package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.journal.Outcome;
import io.daybook.ledger.Command;
import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever runs at the same time: once, in order, and never below a minimum. */
@ExtendWith(SharedCloud.class)
class OnceTest {
    private static final Duration PROJECTED = Duration.ofSeconds(20);

    private final LocalCloud cloud;
    private final Machine machine;
    private final Http http;

    OnceTest(LocalCloud cloud) {
        this.cloud = cloud;
        machine = Machine.in(cloud);
        http = new Http(cloud.uri());
    }

    @Test
    void forty_requests_with_one_key_at_once_make_one_transaction_and_get_one_answer() {
        var ledger = machine.ledger("cash", "alice");
        var body = transfer("cash", "alice", 1250);
        var answers = Together.run(40, i -> http.post(ledger, "one", body));
        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers.stream().map(Answer::text).distinct()).hasSize(1);
        assertThat(answers.stream().filter(answer -> !answer.replayed())).hasSize(1);
        var account = machine.accountNow(ledger, "alice").body();
        assertThat(account.path("version").asLong()).isEqualTo(1);
        assertThat(account.at("/balances/posted").asText()).isEqualTo("1250");
    }

    @Test
    void forty_declines_with_one_key_at_once_are_one_decline() {
        var ledger = machine.ledger("cash", "alice");
        var body = transfer("alice", "cash", 1);
        var answers = Together.run(40, i -> http.post(ledger, "one", body));
        assertThat(answers).extracting(Answer::status).containsOnly(422);
        assertThat(answers.stream().map(Answer::text).distinct()).hasSize(1);
        assertThat(answers.stream().filter(answer -> !answer.replayed())).hasSize(1);
    }

    @Test
    void different_requests_with_one_key_at_once_leave_one_and_refuse_the_others() {
        var ledger = machine.ledger("cash", "alice");
        var answers = Together.run(10, i -> http.post(ledger, "one", transfer("cash", "alice", 100 + i)));
        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() != 201))
                .extracting(Answer::problem)
                .containsOnly("idempotency-key-reused");
        assertThat(machine.accountNow(ledger, "alice").body().path("version").asLong())
                .isEqualTo(1);
    }

    @Test
    void sixteen_writers_on_one_account_lose_nothing_and_leave_no_gap() {
        var ledger = machine.ledger("cash", "alice");
        var end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        var undecided = new AtomicInteger();
        var sums = Together.run(16, writer -> {
            var sum = new long[2];
            for (int i = 0; System.nanoTime() < end; i++) {
                var answer = told(ledger, writer + "-" + i, transfer("cash", "alice", writer + 1));
                if (answer.status() == 201) {
                    sum[0] += writer + 1;
                    sum[1]++;
                } else {
                    assertThat(answer.problem()).isEqualTo("contention");
                    undecided.incrementAndGet();
                }
            }
            return sum;
        });
        var posted = sums.stream().mapToLong(sum -> sum[0]).sum();
        var count = sums.stream().mapToLong(sum -> sum[1]).sum();
        System.err.printf("16 writers: %d answered 201, %d contention%n", count, undecided.get());
        assertThat(count).isPositive();
        for (var account : List.of("cash", "alice")) {
            var now = machine.accountNow(ledger, account).body();
            assertThat(now.at("/balances/posted").asLong()).isEqualTo(posted);
            assertThat(now.path("version").asLong()).isEqualTo(count);
            Await.until(
                    "all entries are in the view",
                    PROJECTED,
                    () -> machine.versions(ledger, account).size() >= count);
            assertThat(machine.versions(ledger, account))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, count).boxed().toList());
        }
    }

    @Test
    void sixteen_spenders_never_take_an_account_below_its_minimum_and_spend_all_there_is() {
        var ledger = machine.ledger("cash", "alice", "shop");
        machine.post(ledger, "funds", transfer("cash", "alice", 30));
        var lowest = new AtomicInteger(Integer.MAX_VALUE);
        var spending = new AtomicBoolean(true);
        var watcher = Thread.ofVirtual().start(() -> {
            while (spending.get()) {
                var available = machine.accountNow(ledger, "alice")
                        .body()
                        .at("/balances/available")
                        .asInt();
                lowest.accumulateAndGet(available, Math::min);
            }
        });
        var answers = Together.run(16, spender -> {
            var mine = new ArrayList<Answer>();
            for (int i = 0; i < 3; i++) {
                mine.add(decided(ledger, spender + "-" + i, transfer("alice", "shop", 1)));
            }
            return mine;
        });
        spending.set(false);
        assertThat(joined(watcher)).isTrue();
        var all = answers.stream().flatMap(List::stream).toList();
        assertThat(all.stream().filter(answer -> answer.status() == 201)).hasSize(30);
        assertThat(all.stream().filter(answer -> answer.status() != 201))
                .hasSize(18)
                .extracting(Answer::problem)
                .containsOnly("insufficient-funds");
        assertThat(lowest.get()).isNotNegative();
        assertThat(machine.accountNow(ledger, "alice")
                        .body()
                        .at("/balances/posted")
                        .asText())
                .isEqualTo("0");
        assertThat(machine.accountNow(ledger, "shop")
                        .body()
                        .at("/balances/posted")
                        .asText())
                .isEqualTo("30");
    }

    @Test
    void of_settle_void_and_expire_exactly_one_happens_however_they_race() {
        var ledger = machine.ledger("cash", "alice");
        var late = Machine.in(cloud, () -> Instant.now().plusSeconds(120));
        var outcomes = new ArrayList<String>();
        for (int round = 0; round < 12; round++) {
            var id = machine.post(
                            ledger,
                            "hold-" + round,
                            transfer(
                                    "cash",
                                    "alice",
                                    10,
                                    ",\"pending\":true,\"expiresAt\":\""
                                            + Instant.now().plusSeconds(60) + "\""))
                    .id();
            var expire = new Command.ExpireHold(ledger, id);
            var happened = Together.run(List.<Callable<String>>of(
                    () -> machine.settle(ledger, id).status() == 200 ? "posted" : "",
                    () -> machine.release(ledger, id).status() == 200 ? "voided" : "",
                    () -> late.deployment.journal().execute(expire, "test") instanceof Outcome.Done ? "expired" : ""));
            var status = machine.transaction(ledger, id).body().path("status").asText();
            assertThat(happened.stream().filter(end -> !end.isEmpty())).containsExactly(status);
            outcomes.add(status);
        }
        System.err.println("settle, void and expire at once: " + outcomes);
        var alice = machine.accountNow(ledger, "alice").body();
        assertThat(alice.at("/balances/creditsPending").asText()).isEqualTo("0");
        assertThat(alice.at("/balances/posted").asLong())
                .isEqualTo(10 * outcomes.stream().filter("posted"::equals).count());
        assertThat(alice.path("version").asLong()).isEqualTo(2 * 12);
    }

    @Test
    void two_machines_that_race_for_one_key_and_one_account_write_once_each() {
        var one = Machine.in(cloud);
        var two = Machine.in(cloud);
        var ledger = one.ledger("cash", "alice");
        for (int round = 0; round < 10; round++) {
            var key = "shared-" + round;
            var own = "own-" + round;
            var answers = Together.run(List.<Callable<Answer>>of(
                    () -> one.post(ledger, key, transfer("cash", "alice", 1)),
                    () -> two.post(ledger, key, transfer("cash", "alice", 1)),
                    () -> two.post(ledger, own, transfer("cash", "alice", 10))));
            assertThat(answers).extracting(Answer::status).containsOnly(201);
            assertThat(answers.get(0).text()).isEqualTo(answers.get(1).text());
            assertThat(answers.get(0).replayed()).isNotEqualTo(answers.get(1).replayed());
        }
        var alice = one.accountNow(ledger, "alice").body();
        assertThat(alice.path("version").asLong()).isEqualTo(20);
        assertThat(alice.at("/balances/posted").asText()).isEqualTo("110");
    }

    /** Sends it until its outcome is known: on a slow machine DynamoDB Local may not answer in time. */
    private Answer told(String ledger, String key, String body) {
        while (true) {
            var answer = http.post(ledger, key, body);
            if (!answer.problem().equals("outcome-unknown")) {
                return answer;
            }
        }
    }

    /** Sends it until it has been decided: a lost race leaves the key free. */
    private Answer decided(String ledger, String key, String body) {
        while (true) {
            var answer = told(ledger, key, body);
            if (!answer.problem().equals("contention")) {
                return answer;
            }
        }
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
