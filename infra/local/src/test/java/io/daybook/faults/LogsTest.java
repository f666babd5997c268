package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.local.FunctionException;
import io.daybook.local.LocalCloud;
import io.daybook.local.SavedQueries;
import io.daybook.runtime.JsonLogging;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** What functions write down of their work, and what they never do. */
class LogsTest {
    /** Stands wherever a caller's own business, a key or a token goes. */
    private static final String SECRET = "s3cr3t-of-a-caller";

    private static LocalCloud cloud;
    private static Machine machine;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud, environment -> {
            environment.put("AWS_SECRET_ACCESS_KEY", SECRET);
            environment.put("AWS_SESSION_TOKEN", SECRET);
            return environment;
        });
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @Test
    void a_request_is_one_line_that_says_who_asked_for_what_and_what_became_of_it() {
        var ledger = machine.ledger("cash", "alice");
        var said = Said.during(() -> post(ledger, "once", transfer("cash", "alice", 5)));
        assertThat(said.lines()).singleElement().satisfies(line -> {
            assertThat(line.path("level").asText()).isEqualTo("INFO");
            assertThat(line.path("message").asText()).isEqualTo("POST /v1/ledgers/{ledger}/transactions");
            assertThat(line.path("caller").asText()).isEqualTo("shop-backend");
            assertThat(line.path("correlation_id").asText()).isEqualTo("c-1");
            assertThat(line.path("request_id").asText()).isEqualTo("r-1");
            assertThat(line.path("ledger").asText()).isEqualTo(ledger);
            assertThat(line.path("transaction").asText()).startsWith("tx_");
            assertThat(line.path("status").asInt()).isEqualTo(201);
            assertThat(line.path("outcome").asText()).isEqualTo("Posted");
            assertThat(line.path("tries").asInt()).isEqualTo(1);
            assertThat(line.path("ms").asDouble()).isPositive();
            assertThat(line.path("read_units").asDouble()).isPositive();
            assertThat(line.path("write_units").asDouble()).isPositive();
            assertThat(line.has("contended")).isFalse();
        });
    }

    @Test
    void a_request_that_was_not_first_names_the_accounts_on_which_another_was() {
        var ledger = machine.ledger("cash", "alice", "bob");
        var said = Said.during(() -> race(ledger));
        assertThat(said.requests()).anySatisfy(line -> {
            assertThat(line.path("contended").asText()).isEqualTo("cash");
            assertThat(line.path("tries").asInt()).isEqualTo(2);
        });
    }

    @Test
    void a_correlation_id_is_found_from_the_request_to_the_view_and_where_the_relay_has_been() {
        var ledger = machine.ledger("cash", "alice");
        machine.faults.forget();
        var said = Said.during(() -> {
            machine.post(ledger, "once", transfer("cash", "alice", 5));
            var message = machine.faults.requests(SendMessageRequest.class).getFirst();
            machine.project(Messages.event(List.of(message.messageBody())));
        });
        assertThat(said.lines().stream()
                        .filter(line -> line.path("correlation_id").asText().equals(Machine.CORRELATION_ID))
                        .map(line -> line.path("message").asText()))
                .containsExactly("unknown", "projected");
    }

    @Test
    void neither_metadata_nor_descriptions_nor_keys_nor_tokens_are_logged_whatever_happens_and_however_much_is() {
        JsonLogging.from(Level.TRACE);
        try {
            var said = Said.during(LogsTest::secretLife);
            assertThat(said.requests()).hasSizeGreaterThan(15);
            assertThat(said.lines().stream().map(line -> line.path("level").asText()))
                    .contains("INFO", "ERROR");
            assertThat(said.text()).doesNotContain(SECRET);
        } finally {
            JsonLogging.from(Level.INFO);
        }
    }

    @Test
    void the_saved_queries_ask_for_fields_that_there_are() {
        var said = Said.during(() -> {
            var ledger = machine.ledger("cash", "alice", "bob");
            post(ledger, "once", transfer("cash", "alice", 5));
            race(ledger);
            machine.faults
                    .requests(SendMessageRequest.class)
                    .forEach(message -> machine.project(Messages.event(List.of(message.messageBody()))));
        });
        var fields = new HashSet<>(Set.of("@timestamp"));
        said.lines().forEach(line -> line.fieldNames().forEachRemaining(fields::add));
        assertThat(SavedQueries.all()).hasSizeGreaterThanOrEqualTo(3).allSatisfy((name, query) -> {
            assertThat(SavedQueries.fields(query)).as(name).isNotEmpty().isSubsetOf(fields);
            assertThat(said.lines())
                    .as(name)
                    .anyMatch(line -> SavedQueries.needed(query).stream().allMatch(line::has));
        });
    }

    /** Two transactions, of which one has moved the head of cash while the other decided. */
    private static void race(String ledger) {
        var other = Machine.in(cloud);
        machine.faults.set(Faults.first(1, Faults.named("BatchGetItem"), (request, call) -> {
            var heads = call.get();
            other.post(ledger, "first", transfer("cash", "bob", 1));
            return heads;
        }));
        assertThat(machine.post(ledger, "second", transfer("cash", "alice", 1)).status())
                .isEqualTo(201);
        machine.faults.clear();
    }

    /** All that there is to ask for, asked for rightly and wrongly. */
    private static void secretLife() {
        var told = ",\"description\":\"%1$s\",\"metadata\":{\"%1$s\":\"%1$s\"}".formatted(SECRET);
        var ledger = Machine.newLedger();
        machine.open(ledger, "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null" + told + "}");
        machine.open(ledger, "alice", "{\"asset\":\"USD/2\",\"type\":\"liability\"" + told + "}");
        machine.open(ledger, "alice", "{\"asset\":\"EUR/2\",\"type\":\"liability\"" + told + "}");
        machine.change(ledger, "alice", "{" + told.substring(1) + "}");
        post(ledger, SECRET, transfer("cash", "alice", 5, told));
        post(ledger, SECRET, transfer("cash", "alice", 5, told));
        post(ledger, SECRET, transfer("cash", "alice", 6, told));
        post(ledger, SECRET + "\u00e9", transfer("cash", "alice", 6, told));
        post(ledger, SECRET + "1", transfer("alice", "cash", 500, told));
        post(ledger, SECRET + "2", transfer("alice", "nobody", 5, told));
        post(ledger, SECRET + "3", transfer("cash", "alice", 5, told + ",\"" + SECRET + "\":1"));
        post(ledger, SECRET + "3", "{\"" + SECRET);
        post(ledger, SECRET + "3", "{\"description\":{\"" + SECRET + "\":\"" + SECRET + "\"}}");
        var hold = machine.post(ledger, SECRET + "4", transfer("alice", "cash", 1, ",\"pending\":true" + told));
        machine.settle(ledger, hold.id());
        invoke(
                "ReverseTransaction",
                Map.of("ledger", ledger, "id", hold.id()),
                "",
                SECRET,
                "{" + told.substring(1) + "}");
        machine.batch(
                ledger,
                "{\"transactions\":[{\"key\":\"%s5\",\"postings\":[{\"debit\":\"cash\",\"credit\":\"alice\",\"amount\":\"1\"}]%s}]}"
                        .formatted(SECRET, told));
        invoke("ListTransactions", Map.of("ledger", ledger), "key=" + SECRET, "", "");
        invoke("ListTransactions", Map.of("ledger", ledger), "cursor=" + SECRET, "", "");
        invoke("ListTransactions", Map.of("ledger", ledger), SECRET + "=" + SECRET, "", "");
        machine.faults.set(
                Faults.where(Faults::isAppend, Faults.throwing(() -> new IllegalStateException("a fault on purpose"))));
        machine.post(ledger, SECRET + "6", transfer("cash", "alice", 5, told));
        machine.faults.set(Faults.where(Faults.named("SendMessage"), Faults.throwing(Faults::timeout)));
        machine.post(ledger, SECRET + "7", transfer("cash", "alice", 5, told));
        machine.faults.clear();
        machine.faults
                .requests(SendMessageRequest.class)
                .forEach(message -> machine.project(Messages.event(List.of(message.messageBody()))));
        machine.faults.set(Faults.where(
                Faults.named("BatchWriteItem"), Faults.throwing(() -> new IllegalStateException("on purpose, too"))));
        machine.project(Messages.event(List.of(
                machine.faults.requests(SendMessageRequest.class).getLast().messageBody(), "{\"" + SECRET + "\":")));
        machine.faults.clear();
        machine.relay();
        machine.expireHolds();
    }

    private static void post(String ledger, String key, String body) {
        invoke("PostTransaction", Map.of("ledger", ledger), "", key, body);
    }

    /** As API Gateway does, with a caller and a token. */
    private static JsonNode invoke(String function, Map<String, String> path, String query, String key, String body) {
        var routes = Map.of(
                "PostTransaction", "POST /v1/ledgers/{ledger}/transactions",
                "ReverseTransaction", "POST /v1/ledgers/{ledger}/transactions/{id}/reverse",
                "ListTransactions", "GET /v1/ledgers/{ledger}/transactions");
        var headers = new HashMap<>(Map.of(
                "content-type", "application/json",
                "authorization", "Bearer " + SECRET,
                "x-correlation-id", "c-1"));
        if (!key.isEmpty()) {
            headers.put("idempotency-key", key);
        }
        var event = JsonNodeFactory.instance.objectNode();
        event.put("version", "2.0").put("routeKey", routes.get(function)).put("rawQueryString", query);
        headers.forEach(event.putObject("headers")::put);
        path.forEach(event.putObject("pathParameters")::put);
        if (!query.isEmpty()) {
            event.putObject("queryStringParameters").put(query.split("=")[0], query.split("=")[1]);
        }
        event.putObject("requestContext")
                .put("requestId", "r-1")
                .putObject("authorizer")
                .putObject("jwt")
                .putObject("claims")
                .put("sub", "shop-backend")
                .put("jti", SECRET);
        event.put("body", body).put("isBase64Encoded", false);
        try {
            return Answer.parse(cloud.invoke(function, event.toString()));
        } catch (FunctionException e) {
            throw new AssertionError(e);
        }
    }
}
