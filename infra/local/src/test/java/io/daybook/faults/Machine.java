package io.daybook.faults;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.api.ChangeAccount;
import io.daybook.api.ListEntries;
import io.daybook.api.OpenAccount;
import io.daybook.api.PostBatch;
import io.daybook.api.PostTransaction;
import io.daybook.api.ReadAccount;
import io.daybook.api.ReadStatement;
import io.daybook.api.ReadTransaction;
import io.daybook.api.ReverseTransaction;
import io.daybook.api.SettleHold;
import io.daybook.api.VoidHold;
import io.daybook.background.ExpireHolds;
import io.daybook.background.ProjectEvents;
import io.daybook.background.RelayOutbox;
import io.daybook.local.LocalCloud;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * One more machine of a deployment that runs in a local cloud: handlers on clients and a clock of their own, called as
 * Lambda would call them.
 */
final class Machine {
    static final Context CONTEXT = (Context) Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> switch (method.getReturnType().getSimpleName()) {
                case "String" -> "test";
                case "int" -> 30_000;
                default -> null;
            });

    /** Goes with every call, and so with every event. */
    static final String CORRELATION_ID = "0193b1c2-7a52-7f3e-9d3c-5a1d2e3f4a5b";

    final Faults faults = new Faults();
    final Deployment deployment;

    private final OpenAccount openAccount;
    private final ChangeAccount changeAccount;
    private final PostTransaction postTransaction;
    private final PostBatch postBatch;
    private final SettleHold settleHold;
    private final VoidHold voidHold;
    private final ReverseTransaction reverseTransaction;
    private final ReadTransaction readTransaction;
    private final ReadAccount readAccount;
    private final ReadStatement readStatement;
    private final ListEntries listEntries;
    private final ExpireHolds expireHolds;
    private final RelayOutbox relayOutbox;
    private final ProjectEvents projectEvents;

    private Machine(Deployment own) {
        deployment = faults.around(own);
        openAccount = new OpenAccount(deployment);
        changeAccount = new ChangeAccount(deployment);
        postTransaction = new PostTransaction(deployment);
        postBatch = new PostBatch(deployment);
        settleHold = new SettleHold(deployment);
        voidHold = new VoidHold(deployment);
        reverseTransaction = new ReverseTransaction(deployment);
        readTransaction = new ReadTransaction(deployment);
        readAccount = new ReadAccount(deployment);
        readStatement = new ReadStatement(deployment);
        listEntries = new ListEntries(deployment);
        expireHolds = new ExpireHolds(deployment);
        relayOutbox = new RelayOutbox(deployment);
        projectEvents = new ProjectEvents(deployment);
    }

    static Machine in(LocalCloud cloud) {
        return in(cloud, UnaryOperator.identity());
    }

    /** With another environment, such as an endpoint that lies. */
    static Machine in(LocalCloud cloud, UnaryOperator<Map<String, String>> environment) {
        return new Machine(Deployment.of(environment.apply(new HashMap<>(cloud.environment("ProjectEvents")))));
    }

    /** With this clock, whatever DynamoDB says. */
    static Machine in(LocalCloud cloud, InstantSource clock) {
        var own = Deployment.of(cloud.environment("ProjectEvents"));
        return new Machine(new Deployment(own.environment(), own.dynamoDb(), own.sqs(), clock));
    }

    /** What another function runs on, with the clients and the clock of this machine. */
    Deployment deploymentOf(LocalCloud cloud, String function) {
        return new Deployment(cloud.environment(function), deployment.dynamoDb(), deployment.sqs(), deployment.clock());
    }

    static String newLedger() {
        return "l" + UUID.randomUUID();
    }

    Answer open(String ledger, String account, String body) {
        return call(openAccount, Map.of("ledger", ledger, "account", account), "", "", body);
    }

    Answer change(String ledger, String account, String body) {
        return call(changeAccount, Map.of("ledger", ledger, "account", account), "", "", body);
    }

    /** An account that may go as low as it likes, and accounts that may not go below 0, all of USD/2. */
    String ledger(String unlimited, String... accounts) {
        var ledger = newLedger();
        open(ledger, unlimited, "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
        for (var account : accounts) {
            open(ledger, account, "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
        }
        return ledger;
    }

    Answer post(String ledger, String key, String body) {
        return call(postTransaction, Map.of("ledger", ledger), "", key, body);
    }

    Answer batch(String ledger, String body) {
        return call(postBatch, Map.of("ledger", ledger), "", "", body);
    }

    Answer settle(String ledger, String id) {
        return call(settleHold, Map.of("ledger", ledger, "id", id), "", "", "");
    }

    Answer release(String ledger, String id) {
        return call(voidHold, Map.of("ledger", ledger, "id", id), "", "", "");
    }

    Answer reverse(String ledger, String id) {
        return call(reverseTransaction, Map.of("ledger", ledger, "id", id), "", "", "");
    }

    Answer transaction(String ledger, String id) {
        return call(readTransaction, Map.of("ledger", ledger, "id", id), "", "", "");
    }

    /** An account as the view has it. */
    Answer account(String ledger, String account) {
        return call(readAccount, Map.of("ledger", ledger, "account", account), "", "", "");
    }

    /** An account as the journal has it. */
    Answer accountNow(String ledger, String account) {
        return call(readAccount, Map.of("ledger", ledger, "account", account), "consistency=strong", "", "");
    }

    /** An account as it was at a time. */
    Answer accountAt(String ledger, String account, Instant at) {
        return call(readAccount, Map.of("ledger", ledger, "account", account), "at=" + at, "", "");
    }

    /** An account's statement of a stretch of time. */
    Answer statement(String ledger, String account, Instant from, Instant to) {
        return call(readStatement, Map.of("ledger", ledger, "account", account), "from=" + from + "&to=" + to, "", "");
    }

    /** Every version that an account's list of entries has, in its order. */
    List<Long> versions(String ledger, String account) {
        var versions = new ArrayList<Long>();
        var query = "order=asc&limit=1000";
        while (true) {
            var page = call(listEntries, Map.of("ledger", ledger, "account", account), query, "", "")
                    .body();
            page.path("items")
                    .forEach(entry -> versions.add(entry.path("version").asLong()));
            if (page.path("next").isNull()) {
                return versions;
            }
            query = "order=asc&limit=1000&cursor=" + page.path("next").asText();
        }
    }

    String expireHolds() {
        return expireHolds
                .handle(JsonNodeFactory.instance.objectNode(), CONTEXT)
                .asText();
    }

    String relay() {
        return relayOutbox
                .handle(JsonNodeFactory.instance.objectNode(), CONTEXT)
                .asText();
    }

    /** The ids of the messages that have failed. */
    List<String> project(JsonNode event) {
        return projectEvents.handle(event, CONTEXT).path("batchItemFailures").findValuesAsText("itemIdentifier");
    }

    private static Answer call(JsonHandler handler, Map<String, String> path, String query, String key, String body) {
        var event = JsonNodeFactory.instance.objectNode();
        var headers = event.putObject("headers")
                .put("content-type", "application/json")
                .put("x-correlation-id", CORRELATION_ID);
        if (!key.isEmpty()) {
            headers.put("idempotency-key", key);
        }
        var parameters = event.putObject("queryStringParameters");
        for (var pair : query.isEmpty() ? new String[0] : query.split("&")) {
            parameters.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        path.forEach(event.putObject("pathParameters")::put);
        event.put("rawQueryString", query);
        if (!body.isEmpty()) {
            event.put("body", body);
        }
        return Answer.of(handler.handle(event, CONTEXT));
    }

    /** The body of a transaction with one posting. */
    static String transfer(String debit, String credit, long amount) {
        return transfer(debit, credit, amount, "");
    }

    /** @param more members, each with a comma before it */
    static String transfer(String debit, String credit, long amount, String more) {
        return "{\"postings\":[{\"debit\":\"%s\",\"credit\":\"%s\",\"amount\":\"%d\"}]%s}"
                .formatted(debit, credit, amount, more);
    }
}
