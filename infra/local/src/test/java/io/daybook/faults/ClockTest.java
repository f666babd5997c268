package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time is DynamoDB's, whatever a machine's clock says, and an account's never runs back. */
@ExtendWith(SharedCloud.class)
class ClockTest {
    private final LocalCloud cloud;
    private LyingClock dynamoDb;
    private Machine machine;

    ClockTest(LocalCloud cloud) {
        this.cloud = cloud;
    }

    @BeforeEach
    void start() throws Exception {
        dynamoDb = new LyingClock(cloud.dynamoDbEndpoint());
        machine = Machine.in(cloud, environment -> {
            environment.put("AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.endpoint().toString());
            return environment;
        });
    }

    @AfterEach
    void close() throws Exception {
        dynamoDb.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400, -300, -10, 10, 300, 86_400})
    void a_machine_whose_clock_is_off_dates_by_dynamodb(long seconds) {
        dynamoDb.ahead(Duration.ofSeconds(seconds));
        var ledger = machine.ledger("cash", "alice");
        var recorded = recordedAt(machine.post(ledger, "k", transfer("cash", "alice", 1)));
        assertThat(recorded).isCloseTo(Instant.now().plusSeconds(seconds), within(2500, ChronoUnit.MILLIS));
        assertThat(machine.account(ledger, "alice").body().path("openedAt").asText())
                .startsWith(recorded.toString().substring(0, 10));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void within_the_tolerance_the_machine_s_own_clock_counts(long seconds) {
        dynamoDb.ahead(Duration.ofSeconds(seconds));
        var ledger = machine.ledger("cash", "alice");
        var before = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var recorded = recordedAt(machine.post(ledger, "k", transfer("cash", "alice", 1)));
        assertThat(recorded).isBetween(before, Instant.now());
    }

    @Test
    void the_newest_answer_counts_so_that_a_clock_that_is_set_right_is_trusted_again() {
        dynamoDb.ahead(Duration.ofMinutes(-10));
        var ledger = machine.ledger("cash", "alice");
        var wrong = recordedAt(machine.post(ledger, "k1", transfer("cash", "alice", 1)));
        assertThat(wrong).isBefore(Instant.now().minus(Duration.ofMinutes(9)));
        dynamoDb.ahead(Duration.ZERO);
        var before = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var right = recordedAt(machine.post(ledger, "k2", transfer("cash", "alice", 1)));
        assertThat(right).isBetween(before, Instant.now());
    }

    @Test
    void a_machine_s_first_statement_is_not_called_final_by_a_clock_that_is_ahead() {
        var ledger = Machine.in(cloud).ledger("cash");
        dynamoDb.ahead(Duration.ofHours(-1));
        // Past by the machine's clock, to come by DynamoDB's.
        var to = Instant.now().minus(Duration.ofMinutes(30));
        var statement = machine.statement(ledger, "cash", to.minus(Duration.ofDays(1)), to);
        assertThat(statement.status()).as(statement.text()).isEqualTo(200);
        assertThat(statement.headers()).doesNotContainKey("cache-control");
    }

    @Test
    void an_account_s_time_never_runs_back_whichever_machine_writes() {
        var start = Instant.now();
        var right = Machine.in(cloud, () -> start);
        var ahead = Machine.in(cloud, () -> start.plusSeconds(120));
        var behind = Machine.in(cloud, () -> start.minusSeconds(120));
        var ledger = right.ledger("cash", "alice", "bob");
        assertThat(recordedAt(behind.post(ledger, "k1", transfer("cash", "alice", 1))))
                .isEqualTo(start.truncatedTo(ChronoUnit.MICROS));
        var future = recordedAt(ahead.post(ledger, "k2", transfer("cash", "alice", 1)));
        assertThat(future).isEqualTo(start.plusSeconds(120).truncatedTo(ChronoUnit.MICROS));
        // It goes with the account, and with the whole event.
        assertThat(recordedAt(right.post(ledger, "k3", transfer("alice", "bob", 1))))
                .isEqualTo(future);
        assertThat(recordedAt(behind.post(ledger, "k4", transfer("bob", "alice", 1))))
                .isEqualTo(future);
        var changed = behind.change(ledger, "bob", "{\"description\":\"B\"}").body();
        assertThat(Instant.parse(changed.path("updatedAt").asText())).isEqualTo(future);
        var versions = right.accountNow(ledger, "alice").body().path("version").asLong();
        Await.until(
                "all entries are in the view",
                Duration.ofSeconds(20),
                () -> right.versions(ledger, "alice").size() == versions);
        assertThat(right.versions(ledger, "alice")).isSorted();
    }

    @Test
    void expiry_is_judged_by_the_clock_not_by_the_account_s_time() {
        var start = Instant.now();
        var right = Machine.in(cloud, () -> start);
        var ledger = right.ledger("cash", "alice");
        Machine.in(cloud, () -> start.plusSeconds(600)).post(ledger, "k", transfer("cash", "alice", 1));
        var hold = right.post(
                ledger,
                "hold",
                transfer("cash", "alice", 1, ",\"pending\":true,\"expiresAt\":\"" + start.plusSeconds(60) + "\""));
        assertThat(hold.status()).isEqualTo(201);
        assertThat(right.settle(ledger, hold.id()).body().path("status").asText())
                .isEqualTo("posted");
    }

    private static Instant recordedAt(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return Instant.parse(answer.body().path("recordedAt").asText());
    }
}
