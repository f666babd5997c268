package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** The SDK sends a write up to three times, and tells of the last one only: an earlier one may have been written. */
class SdkAttemptsTest {
    private final Scheduler scheduler = new Scheduler();
    private final List<Integer> statuses = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();

    static List<SdkException> last_attempts() {
        return List.of(
                ProvisionedThroughputExceededException.builder()
                        .statusCode(400)
                        .awsErrorDetails(Network.details("ProvisionedThroughputExceededException"))
                        .numAttempts(2)
                        .build(),
                TransactionCanceledException.builder()
                        .statusCode(400)
                        .awsErrorDetails(Network.details("TransactionCanceledException"))
                        .cancellationReasons(CancellationReason.builder()
                                .code("ThrottlingError")
                                .build())
                        .numAttempts(2)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("last_attempts")
    void what_an_earlier_attempt_may_have_written_is_never_called_a_failure(SdkException lastAttempt) {
        var chance = new Chance(scheduler, 0);
        var history = new History(scheduler);
        var faults = new Faults(chance, Steps.all(scheduler), history);
        faults.stop();
        var network = new Network(scheduler, chance, faults, history);
        var real = new SimulatedDynamoDb(scheduler, network, chance, faults, history, commit -> {});
        var dynamoDb = new Mutant(real) {
            private boolean written;

            @Override
            public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
                super.transactWriteItems(request);
                written = true;
                throw lastAttempt;
            }

            @Override
            public QueryResponse query(QueryRequest request) {
                if (written) {
                    throw SdkClientException.create("no answer");
                }
                return super.query(request);
            }
        };
        var machine = new Machine(
                new MachineClock(scheduler), dynamoDb, new SimulatedSqs(scheduler, network, chance, faults));
        scheduler.start("client", 0, () -> open(machine));
        scheduler.run();
        assertThat(statuses).containsExactly(503);
        assertThat(bodies.getFirst()).contains("urn:daybook:outcome-unknown");
    }

    private void open(Machine machine) {
        var answer = machine.answer(
                "open",
                Gateway.event(
                        Map.of(),
                        Map.of("ledger", "main", "account", "cash"),
                        Map.of(),
                        "{\"asset\":\"USD/2\",\"type\":\"asset\"}"));
        statuses.add(answer.status());
        bodies.add(answer.body().toString());
    }
}
