package io.daybook.simulation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.daybook.api.ChangeAccount;
import io.daybook.api.OpenAccount;
import io.daybook.api.PostBatch;
import io.daybook.api.PostTransaction;
import io.daybook.api.ReadAccount;
import io.daybook.api.ReadTransaction;
import io.daybook.api.ReverseTransaction;
import io.daybook.api.SettleHold;
import io.daybook.api.VoidHold;
import io.daybook.background.ExpireHolds;
import io.daybook.background.ProjectEvents;
import io.daybook.background.RelayOutbox;
import io.daybook.runtime.Deployment;
import java.lang.reflect.Proxy;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** One machine: every function, as it was deployed, with a clock of its own. */
final class Machine {
    static final String JOURNAL = "journal";
    static final String VIEWS = "views";
    static final String SHARDS = "2";

    private static final Context CONTEXT = (Context) Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (p, method, a) -> method.getReturnType() == int.class
                    ? (Object) 1
                    : method.getReturnType() == String.class ? "simulated" : null);

    private final MachineClock clock;
    private final Map<String, RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>> routes;
    private final ProjectEvents projectEvents;
    private final RelayOutbox relayOutbox;
    private final ExpireHolds expireHolds;

    Machine(MachineClock clock, DynamoDbClient dynamoDb, SqsClient sqs) {
        this.clock = clock;
        var deployment = new Deployment(
                Map.of(
                        "JOURNAL_TABLE", JOURNAL,
                        "VIEWS_TABLE", VIEWS,
                        "EVENTS_QUEUE_URL", "simulated",
                        "OUTBOX_SHARDS", SHARDS,
                        "TRANSACTION_LIST_SHARDS", SHARDS),
                dynamoDb,
                sqs,
                clock);
        routes = Map.of(
                "open", new OpenAccount(deployment),
                "change", new ChangeAccount(deployment),
                "read", new ReadAccount(deployment),
                "post", new PostTransaction(deployment),
                "batch", new PostBatch(deployment),
                "settle", new SettleHold(deployment),
                "void", new VoidHold(deployment),
                "reverse", new ReverseTransaction(deployment),
                "transaction", new ReadTransaction(deployment));
        projectEvents = new ProjectEvents(deployment);
        relayOutbox = new RelayOutbox(deployment);
        expireHolds = new ExpireHolds(deployment);
    }

    MachineClock clock() {
        return clock;
    }

    APIGatewayV2HTTPResponse answer(String route, APIGatewayV2HTTPEvent event) {
        return routes.get(route).handleRequest(event, CONTEXT);
    }

    SQSBatchResponse project(SQSEvent event) {
        return projectEvents.handleRequest(event, CONTEXT);
    }

    void relay() {
        relayOutbox.handleRequest(new ScheduledEvent(), CONTEXT);
    }

    void expire() {
        expireHolds.handleRequest(new ScheduledEvent(), CONTEXT);
    }
}
