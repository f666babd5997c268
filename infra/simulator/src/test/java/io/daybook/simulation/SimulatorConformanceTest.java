package io.daybook.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The simulator while nothing goes wrong. */
class SimulatorConformanceTest extends AwsConformance {
    private final Scheduler scheduler = new Scheduler();
    private final Chance chance = new Chance(scheduler, 0);
    private final History history = new History(scheduler);
    private final Faults faults = new Faults(chance, Steps.all(scheduler), history);
    private final Network network = new Network(scheduler, chance, faults, history);

    SimulatorConformanceTest() {
        faults.stop();
    }

    private final DynamoDbClient dynamoDb = scheduled(
            DynamoDbClient.class, new SimulatedDynamoDb(scheduler, network, chance, faults, history, commit -> {}));

    private final SqsClient sqs = scheduled(SqsClient.class, new SimulatedSqs(scheduler, network, chance, faults));

    @Override
    DynamoDbClient dynamoDb() {
        return dynamoDb;
    }

    @Override
    SqsClient sqs() {
        return sqs;
    }

    @Override
    String table() {
        return Machine.JOURNAL;
    }

    @Override
    String queueUrl() {
        return "simulated";
    }

    /** A client whose every call is a task of the scheduler. */
    private <T> T scheduled(Class<T> type, T client) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (p, method, arguments) -> {
                    var answer = new CompletableFuture<Object>();
                    scheduler.start("test", 0, () -> {
                        try {
                            answer.complete(method.invoke(client, arguments));
                        } catch (InvocationTargetException e) {
                            answer.completeExceptionally(e.getCause());
                        } catch (IllegalAccessException e) {
                            answer.completeExceptionally(e);
                        }
                    });
                    scheduler.run();
                    if (answer.isCompletedExceptionally()) {
                        throw answer.exceptionNow();
                    }
                    return answer.resultNow();
                }));
    }
}
