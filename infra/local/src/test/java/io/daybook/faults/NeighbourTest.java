package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.local.LocalCloud;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** AWS accepts a call and does not answer it, or not in time: the caller of Daybook waits no longer than is stated. */
@ExtendWith(SharedCloud.class)
class NeighbourTest {
    private static final String DEPOSIT = transfer("cash", "alice", 100);

    /** What {@code Clients} states, and what a slow machine may add. */
    private static final Duration READ = Duration.ofSeconds(3 + 4);

    private static final Duration COMMAND = Duration.ofSeconds(13 + 4);
    private static final Duration PUBLISH = Duration.ofSeconds(1 + 4);

    private final LocalCloud cloud;
    private final Machine healthy;

    NeighbourTest(LocalCloud cloud) {
        this.cloud = cloud;
        healthy = Machine.in(cloud);
    }

    @Test
    void where_dynamodb_answers_nothing_in_time_it_is_503_soon_and_nothing_has_happened() throws Exception {
        inEveryManner(manner -> {
            var ledger = healthy.ledger("cash", "alice");
            try (var neighbour = new Neighbour(cloud.dynamoDbEndpoint(), manner, "")) {
                var machine = withEndpoint("AWS_ENDPOINT_URL_DYNAMODB", neighbour.endpoint());
                var timed = timed(() -> machine.post(ledger, "k", DEPOSIT));
                assertThat(timed.took()).as("post, %s", manner).isLessThan(READ);
                assertThat(timed.answer().status()).as("%s", manner).isEqualTo(503);
                assertThat(timed.answer().problem()).isEqualTo("contention");
                var read = timed(() -> machine.accountNow(ledger, "alice"));
                assertThat(read.took()).as("read, %s", manner).isLessThan(READ);
                assertThat(read.answer().status()).isEqualTo(503);
            }
            assertThat(healthy.accountNow(ledger, "alice")
                            .body()
                            .path("version")
                            .asLong())
                    .isZero();
            assertThat(healthy.post(ledger, "k", DEPOSIT).replayed()).isFalse();
        });
    }

    @Test
    void where_only_appends_are_not_answered_the_read_of_event_0_tells_within_the_stated_time() throws Exception {
        inEveryManner(manner -> {
            var ledger = healthy.ledger("cash", "alice");
            try (var neighbour = new Neighbour(cloud.dynamoDbEndpoint(), manner, "TransactWriteItems")) {
                var machine = withEndpoint("AWS_ENDPOINT_URL_DYNAMODB", neighbour.endpoint());
                var timed = timed(() -> machine.post(ledger, "k", DEPOSIT));
                assertThat(timed.took()).as("%s", manner).isLessThan(COMMAND);
                assertThat(timed.answer().status()).as("%s", manner).isEqualTo(201);
            }
            var again = healthy.post(ledger, "k", DEPOSIT);
            assertThat(again.replayed()).isTrue();
            var alice = healthy.accountNow(ledger, "alice").body();
            assertThat(alice.path("version").asLong()).isEqualTo(1);
            assertThat(alice.at("/balances/posted").asLong()).isEqualTo(100);
        });
    }

    @Test
    void a_queue_that_does_not_answer_delays_a_201_by_no_more_than_is_stated() throws Exception {
        inEveryManner(manner -> {
            var ledger = healthy.ledger("cash", "alice");
            try (var neighbour = new Neighbour(cloud.sqsEndpoint(), manner, "")) {
                var machine = withEndpoint("AWS_ENDPOINT_URL_SQS", neighbour.endpoint());
                var timed = timed(() -> machine.post(ledger, "k", DEPOSIT));
                assertThat(timed.took()).as("%s", manner).isLessThan(PUBLISH);
                assertThat(timed.answer().status()).as("%s", manner).isEqualTo(201);
            }
        });
    }

    private Machine withEndpoint(String variable, URI endpoint) {
        return Machine.in(cloud, environment -> {
            var changed = new HashMap<>(environment);
            changed.put(variable, endpoint.toString());
            return changed;
        });
    }

    private record Timed(Answer answer, Duration took) {}

    private static Timed timed(Callable<Answer> call) throws Exception {
        long start = System.nanoTime();
        var answer = call.call();
        var took = Duration.ofNanos(System.nanoTime() - start);
        System.err.println(answer.status() + " after " + took.toMillis() + " ms");
        return new Timed(answer, took);
    }

    private interface Check {
        void in(Neighbour.Manner manner) throws Exception;
    }

    /** At the same time, since most of it is waiting. */
    private static void inEveryManner(Check check) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var checks = Stream.of(Neighbour.Manner.values())
                    .map(manner -> threads.submit(() -> {
                        check.in(manner);
                        return manner;
                    }))
                    .toList();
            for (var done : checks) {
                done.get();
            }
        }
    }
}
