package io.daybook.simulation;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.api.ChangeAccount;
import io.daybook.api.ListAccounts;
import io.daybook.api.ListEntries;
import io.daybook.api.ListLedgers;
import io.daybook.api.ListTransactions;
import io.daybook.api.OpenAccount;
import io.daybook.api.PostBatch;
import io.daybook.api.PostTransaction;
import io.daybook.api.ReadAccount;
import io.daybook.api.ReadStatement;
import io.daybook.api.ReadTransaction;
import io.daybook.api.ReadTrialBalance;
import io.daybook.api.ReverseTransaction;
import io.daybook.api.SettleHold;
import io.daybook.api.VoidHold;
import io.daybook.background.AuditLedger;
import io.daybook.background.ExpireHolds;
import io.daybook.background.ProjectEvents;
import io.daybook.background.RelayOutbox;
import io.daybook.background.ReplayJournal;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** One machine: every function, as it was deployed, with a clock of its own. */
final class Machine {
    static final String JOURNAL = "journal";
    static final String VIEWS = "views";
    static final String DEAD_LETTERS = "dead-letters";
    static final String PARTS = "parts";
    static final String SHARDS = "2";

    /** Of an invocation that has a millisecond left, so that a part of an audit or a replay goes no further than a page. */
    private static final Context CONTEXT = (Context) Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (p, method, a) -> method.getReturnType() == int.class
                    ? (Object) 1
                    : method.getReturnType() == String.class ? "simulated" : null);

    private final MachineClock clock;
    private int working;
    private long skew;
    private final Map<String, JsonHandler> routes;
    private final Map<String, JsonHandler> sweeps;
    private final ProjectEvents projectEvents;
    private final RelayOutbox relayOutbox;
    private final ExpireHolds expireHolds;

    Machine(MachineClock clock, DynamoDbClient dynamoDb, SqsClient sqs) {
        this(clock, clock, dynamoDb, sqs);
    }

    /** @param ledgerClock what it dates events by */
    Machine(MachineClock clock, InstantSource ledgerClock, DynamoDbClient dynamoDb, SqsClient sqs) {
        this(clock, ledgerClock, dynamoDb, sqs, SHARDS);
    }

    /** @param shards over how many keys the outbox and the lists of transactions are spread */
    Machine(MachineClock clock, InstantSource ledgerClock, DynamoDbClient dynamoDb, SqsClient sqs, String shards) {
        this.clock = clock;
        skew = clock.skew();
        var deployment = new Deployment(
                Map.of(
                        "JOURNAL_TABLE", JOURNAL,
                        "VIEWS_TABLE", VIEWS,
                        "EVENTS_QUEUE_URL", "simulated",
                        "DEAD_LETTERS_QUEUE_URL", DEAD_LETTERS,
                        "PARTS_QUEUE_URL", PARTS,
                        "OUTBOX_SHARDS", shards,
                        "TRANSACTION_LIST_SHARDS", shards,
                        "POWERTOOLS_METRICS_DISABLED", "true"),
                dynamoDb,
                sqs,
                ledgerClock);
        routes = Map.ofEntries(
                Map.entry("open", new OpenAccount(deployment)),
                Map.entry("change", new ChangeAccount(deployment)),
                Map.entry("read", new ReadAccount(deployment)),
                Map.entry("entries", new ListEntries(deployment)),
                Map.entry("statement", new ReadStatement(deployment)),
                Map.entry("accounts", new ListAccounts(deployment)),
                Map.entry("post", new PostTransaction(deployment)),
                Map.entry("batch", new PostBatch(deployment)),
                Map.entry("settle", new SettleHold(deployment)),
                Map.entry("void", new VoidHold(deployment)),
                Map.entry("reverse", new ReverseTransaction(deployment)),
                Map.entry("transaction", new ReadTransaction(deployment)),
                Map.entry("transactions", new ListTransactions(deployment)),
                Map.entry("trial-balance", new ReadTrialBalance(deployment)),
                Map.entry("ledgers", new ListLedgers(deployment)));
        sweeps = Map.of("audit", new AuditLedger(deployment), "replay", new ReplayJournal(deployment));
        projectEvents = new ProjectEvents(deployment);
        relayOutbox = new RelayOutbox(deployment);
        expireHolds = new ExpireHolds(deployment);
    }

    /** Its clock is off by so much from its next pause on: what is in the middle of its work sees no jump. */
    void jump(long micros) {
        skew = micros;
        if (working == 0) {
            clock.setSkew(micros);
        }
    }

    private <T> T work(Supplier<T> invocation) {
        working++;
        try {
            return invocation.get();
        } finally {
            if (--working == 0) {
                clock.setSkew(skew);
            }
        }
    }

    private JsonNode invoke(JsonHandler function, JsonNode event) {
        return work(() -> function.handle(event, CONTEXT));
    }

    Gateway.Answer answer(String route, JsonNode event) {
        return Gateway.Answer.of(invoke(routes.get(route), event));
    }

    JsonNode sweep(String function, JsonNode event) {
        return invoke(sweeps.get(function), event);
    }

    /** The ids of the messages that have failed. */
    List<String> project(JsonNode event) {
        return invoke(projectEvents, event).path("batchItemFailures").findValuesAsText("itemIdentifier");
    }

    void relay() {
        invoke(relayOutbox, JsonNodeFactory.instance.objectNode());
    }

    void expire() {
        invoke(expireHolds, JsonNodeFactory.instance.objectNode());
    }
}
