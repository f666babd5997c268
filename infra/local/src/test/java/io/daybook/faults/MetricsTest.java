package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.daybook.local.LocalCloud;
import io.daybook.runtime.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** What functions tell of their work in figures. */
class MetricsTest {
    private static LocalCloud cloud;
    private static Machine machine;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud);
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @Test
    void each_way_that_a_command_ends_is_counted_once_and_a_dry_run_is_none() {
        var said = Said.during(() -> {
            var ledger = machine.ledger("cash", "alice");
            machine.post(ledger, "in", transfer("cash", "alice", 100));
            machine.post(ledger, "in", transfer("cash", "alice", 100));
            machine.post(ledger, "poor", transfer("alice", "cash", 101));
            machine.post(ledger, "wrong", transfer("alice", "nobody", 1));
            var settled = machine.post(ledger, "hold-1", transfer("alice", "cash", 1, ",\"pending\":true"));
            machine.settle(ledger, settled.id());
            var voided = machine.post(ledger, "hold-2", transfer("alice", "cash", 1, ",\"pending\":true"));
            machine.release(ledger, voided.id());
            machine.reverse(ledger, settled.id());
            machine.change(ledger, "alice", "{\"maximum\":\"200\"}");
            machine.post(ledger, "rich", transfer("cash", "alice", 101));
            machine.release(
                    ledger,
                    machine.post(ledger, "hold-3", transfer("alice", "cash", 1, ",\"pending\":true"))
                            .id());
            machine.change(ledger, "alice", "{\"closed\":true}");
            machine.post(ledger, "late", transfer("cash", "alice", 1));
            var dry = new Http(cloud.uri())
                    .send(
                            "POST",
                            "/v1/ledgers/" + ledger + "/transactions?dryRun=true",
                            "",
                            transfer("cash", "alice", 1));
            assertThat(dry.problem()).isEqualTo("account-closed");
        });
        assertThat(counts(said))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("Defined", 4.0),
                        Map.entry("Posted", 3.0),
                        Map.entry("Pending", 3.0),
                        Map.entry("Voided", 2.0),
                        Map.entry("DeclinedInsufficientFunds", 1.0),
                        Map.entry("DeclinedMaximumExceeded", 1.0),
                        Map.entry("DeclinedAccountClosed", 1.0),
                        Map.entry("Replayed", 1.0),
                        Map.entry("Refused", 1.0)));
    }

    @Test
    void a_call_tells_its_tries_its_units_and_its_time() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "warm", transfer("cash", "alice", 1));
        machine.faults.set(Faults.first(
                1, Faults::isAppend, Faults.throwing(() -> Faults.cancelled("None", "TransactionConflict", "None"))));
        var said = Said.during(() -> machine.post(ledger, "once", transfer("cash", "alice", 1)));
        machine.faults.clear();
        assertThat(said.metrics()).singleElement().satisfies(line -> {
            assertThat(line.path("Tries").asInt()).isEqualTo(2);
            assertThat(line.path("Conflicts").asInt()).isEqualTo(1);
            assertThat(line.path("Latency").asDouble()).isPositive();
            // Two heads, and once more the one that was in other hands.
            assertThat(line.path("ReadUnits").asDouble()).isCloseTo(3, within(0.01));
            // DynamoDB Local counts less than a transaction takes on AWS.
            assertThat(line.path("WriteUnits").asDouble()).isPositive();
        });
    }

    @Test
    void the_first_call_of_a_function_counts_its_start() {
        var ledger = machine.ledger("cash", "alice");
        var started = Machine.in(cloud);
        var first = Said.during(() -> started.post(ledger, "first", transfer("cash", "alice", 1)));
        var second = Said.during(() -> started.post(ledger, "second", transfer("cash", "alice", 1)));
        assertThat(first.sum("ColdStarts")).isEqualTo(1);
        assertThat(second.sum("ColdStarts")).isZero();
    }

    @Test
    void batches_tell_how_full_they_are_and_the_projector_how_far_behind_it_is() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.forget();
        var said = Said.during(() -> {
            machine.batch(ledger, """
                    {"transactions": [
                      {"key": "a", "postings": [{"debit": "cash", "credit": "alice", "amount": "1"}]},
                      {"key": "b", "postings": [{"debit": "cash", "credit": "alice", "amount": "1"}]},
                      {"key": "c", "postings": [{"debit": "cash", "credit": "alice", "amount": "1"}]}]}""");
            var messages = machine.faults.requests(SendMessageRequest.class);
            machine.project(Messages.event(List.of(
                    messages.getFirst().messageBody(), messages.getFirst().messageBody())));
        });
        assertThat(said.sum("TransactionsPerAppend")).isEqualTo(3);
        assertThat(said.sum("MessagesPerBatch")).isEqualTo(2);
        assertThat(said.sum("Projected")).isEqualTo(6);
        assertThat(said.sum("ProjectionLag")).isPositive();
    }

    @Test
    void every_set_of_metrics_has_names_of_the_table_and_the_service_as_its_one_dimension() {
        var said = Said.during(() -> {
            var ledger = machine.ledger("cash", "alice");
            machine.post(ledger, "once", transfer("cash", "alice", 1));
            machine.relay();
            machine.expireHolds();
        });
        var titles = Arrays.stream(Metric.values()).map(Metric::title).toList();
        assertThat(said.metrics()).hasSizeGreaterThanOrEqualTo(5).allSatisfy(line -> {
            var directive = line.at("/_aws/CloudWatchMetrics/0");
            assertThat(directive.path("Namespace").asText()).isEqualTo("Daybook");
            assertThat(directive.path("Dimensions")).hasToString("[[\"Service\"]]");
            assertThat(directive.path("Metrics"))
                    .allSatisfy(metric ->
                            assertThat(titles).contains(metric.path("Name").asText()));
        });
    }

    /** What is counted of commands, by metric, where it is not 0. */
    private static Map<String, Double> counts(Said said) {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.compareTo(Metric.POSTED) >= 0 && metric.compareTo(Metric.OUTCOME_UNKNOWN) <= 0)
                .map(Metric::title)
                .filter(title -> said.sum(title) != 0)
                .collect(Collectors.toMap(title -> title, said::sum));
    }
}
