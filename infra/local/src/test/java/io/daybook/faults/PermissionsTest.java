package io.daybook.faults;

import static io.daybook.faults.Faults.named;
import static io.daybook.faults.Faults.throwing;
import static io.daybook.faults.Faults.where;
import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.faults.Faults.Fault;
import io.daybook.faults.Policy.Grant;
import io.daybook.items.Item;
import io.daybook.local.Arns;
import io.daybook.local.LocalCloud;
import io.daybook.local.LocalCloud.Options;
import io.daybook.local.TemplatePolicies;
import io.daybook.runtime.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/** Every function may do what it does, and nothing else: the template's policies against the calls of a full day's work. */
class PermissionsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String LEDGER = "main";
    private static final String OTHER_VIEWS = "daybook-views-2";

    private static final TemplatePolicies TEMPLATE = new TemplatePolicies(SharedCloud.templateFile());
    private static final Map<String, Faults> FUNCTIONS = new ConcurrentHashMap<>();
    private static final AtomicReference<Duration> LATER = new AtomicReference<>(Duration.ZERO);

    private static LocalCloud cloud;
    private static Http http;

    @BeforeAll
    static void work(@TempDir Path folder) throws IOException {
        cloud = LocalCloud.start(Options.of(hurried(folder)).withoutSchedules().deployments(PermissionsTest::noted));
        http = new Http(cloud.uri());
        openAndChange();
        post();
        hold();
        reverse();
        projectWhatIsUnusual();
        relay();
        read();
        sweep();
    }

    /** The template, but that audits and replays have no time for more than a page. */
    private static Path hurried(Path folder) throws IOException {
        var template = Files.readString(SharedCloud.templateFile());
        return Files.writeString(
                folder.resolve("template.yaml"),
                template.replaceAll("\n      Timeout: [39]00\n", "\n      Timeout: 30\n"));
    }

    /** Only those of audits and replays, which have pages of 20 items. */
    private static Fault scans(Deployment deployment) {
        return (request, call) -> request instanceof ScanRequest scan
                ? deployment.dynamoDb().scan(scan.toBuilder().limit(20).build())
                : call.get();
    }

    private static Deployment noted(Map<String, String> environment) {
        var faults = new Faults();
        FUNCTIONS.put(environment.get("AWS_LAMBDA_FUNCTION_NAME").replaceFirst("^daybook-", ""), faults);
        var own = Deployment.of(environment);
        faults.set(scans(own));
        var deployment = faults.around(own);
        return new Deployment(
                environment,
                deployment.dynamoDb(),
                deployment.sqs(),
                () -> deployment.clock().instant().plus(LATER.get()));
    }

    @AfterAll
    static void close() {
        if (cloud != null) {
            cloud.close();
        }
    }

    @Test
    void each_function_may_make_the_calls_that_it_makes_and_no_others() {
        var deviations = new ArrayList<String>();
        for (var function : TEMPLATE.functions()) {
            policy(function).deviations(calls(function)).forEach(found -> deviations.add(function + " " + found));
        }
        assertThat(deviations).isEmpty();
    }

    @Test
    void what_is_taken_away_from_a_function_is_missed() {
        for (var function : TEMPLATE.functions()) {
            var statements = policy(function).statements();
            for (var one : statements) {
                var others = statements.stream().filter(other -> other != one).toList();
                assertThat(new Policy(others).deviations(calls(function)))
                        .as("%s without %s", function, one)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void nobody_may_do_anything_to_everything() {
        for (var function : TEMPLATE.functions()) {
            assertThat(TEMPLATE.isBounded(function)).as(function).isTrue();
            assertThat(policy(function).grants()).as(function).noneMatch(PermissionsTest::isUnbounded);
        }
    }

    private static boolean isUnbounded(Grant grant) {
        return grant.action().contains("*")
                || (grant.resource().contains("*") && !grant.resource().endsWith("table/daybook-views-*"));
    }

    @Test
    void a_function_that_reads_can_not_write() {
        assertThat(TEMPLATE.functions().stream()
                        .filter(function -> function.startsWith("Read") || function.startsWith("List")))
                .hasSize(8)
                .allSatisfy(function -> assertThat(policy(function).grants())
                        .extracting(Grant::action)
                        .isSubsetOf("dynamodb:Query", "dynamodb:BatchGetItem"));
    }

    @Test
    void the_projector_can_not_touch_what_it_projects() {
        var journal = Arns.table(cloud.physicalId("Journal"));
        var policy = policy("ProjectEvents");
        for (var pk : List.of("a#main#cash", "t#main#tx_0", "due#0")) {
            for (var action : List.of("BatchWriteItem", "PutItem", "DeleteItem", "UpdateItem")) {
                var call = new AwsCall(
                        "dynamodb:" + action, journal, Map.of(AwsCall.LEADING_KEYS, List.of("outbox#0", pk)));
                assertThat(policy.allows(call)).as(call.toString()).isFalse();
            }
        }
    }

    @Test
    void the_boundary_allows_what_functions_and_their_queues_need_and_no_more() {
        var needed = new LinkedHashSet<Grant>();
        for (var function : TEMPLATE.functions()) {
            needed.addAll(policy(function).grants());
            // What Lambda does with the queue that triggers a function, it does in the function's name.
            TEMPLATE.queues(function)
                    .flatMap(queue -> Stream.of("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
                            .map(action -> new Grant("sqs:" + action, queue)))
                    .forEach(needed::add);
        }
        assertThat(Policy.of(TEMPLATE.boundary()).grants())
                .filteredOn(grant -> !grant.action().startsWith("logs:"))
                .containsExactlyInAnyOrderElementsOf(needed);
    }

    private static Policy policy(String function) {
        return Policy.of(TEMPLATE.statements(function));
    }

    private static Set<AwsCall> calls(String function) {
        var calls = new LinkedHashSet<AwsCall>();
        FUNCTIONS.get(function).requests(SdkRequest.class).forEach(request -> calls.addAll(AwsCall.of(request)));
        return calls;
    }

    private static void openAndChange() {
        open("cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}", 201);
        open("cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}", 200);
        open("cash", "{\"asset\":\"EUR/2\",\"type\":\"asset\",\"minimum\":null}", 409);
        open("alice", "{\"asset\":\"USD/2\",\"type\":\"liability\"}", 201);
        var hot = "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null,\"stripes\":2}";
        open("hot", hot, 201);
        open("hot", hot, 200);
        send("PATCH", "/accounts/hot", "", "{\"description\":\"Hot\"}", 200);
        send("PATCH", "/accounts/alice", "", "{\"description\":\"Alice\"}", 200);
        send("PATCH", "/accounts/nobody", "", "{\"description\":\"Nobody\"}", 404);
    }

    private static void post() {
        send("POST", "/transactions?dryRun=true", "", transfer("cash", "alice", 1), 200);
        send("POST", "/transactions", "k", transfer("cash", "alice", 1000), 201);
        send("POST", "/transactions", "k", transfer("cash", "alice", 1000), 201);
        send("POST", "/transactions", "hot", transfer("cash", "hot", 1000), 201);
        send("POST", "/transactions", "k", transfer("cash", "alice", 2000), 422);
        send("POST", "/transactions", "declined", transfer("alice", "cash", 9000), 422);
        send("POST", "/transactions", "refused", transfer("alice", "nobody", 1), 422);
        var one = transfer("cash", "alice", 1, ",\"key\":\"b1\"");
        var other = transfer("alice", "nobody", 1, ",\"key\":\"b2\"");
        for (var query : List.of("?dryRun=true", "", "")) {
            send("POST", "/batches" + query, "", "{\"transactions\":[%s,%s]}".formatted(one, other), 200);
        }
        var atomic =
                "{\"atomic\":true,\"transactions\":[%s]}".formatted(transfer("cash", "alice", 1, ",\"key\":\"b3\""));
        for (var query : List.of("?dryRun=true", "", "")) {
            send("POST", "/batches" + query, "", atomic, 200);
        }
    }

    private static void hold() {
        var expiresAt = Instant.now().plusSeconds(60);
        var settled = hold("h1", expiresAt);
        var voided = hold("h2", expiresAt);
        var settledLate = hold("h3", expiresAt);
        var voidedLate = hold("h4", expiresAt);
        hold("h5", expiresAt);
        send("POST", "/transactions/" + settled + "/settle?dryRun=true", "", "", 200);
        send("POST", "/transactions/" + settled + "/settle", "", "", 200);
        send("POST", "/transactions/" + settled + "/settle", "", "", 200);
        send("POST", "/transactions/" + voided + "/void?dryRun=true", "", "", 200);
        send("POST", "/transactions/" + voided + "/void", "", "", 200);
        send("POST", "/transactions/" + voided + "/settle", "", "", 409);
        send("POST", "/transactions/" + settled + "/void", "", "", 409);
        // As if it were being settled just when the list of what is due is read.
        var due = Item.keyed("due#0", "2026-01-01T00:00:00.000000Z#" + LEDGER + "#" + settled);
        tables().put("Journal", due.attributes());
        LATER.set(Duration.ofMinutes(10));
        send("POST", "/transactions/" + settledLate + "/settle", "", "", 409);
        send("POST", "/transactions/" + voidedLate + "/void", "", "", 409);
        assertThat(Run.invoke(cloud, "ExpireHolds", "{}").asText()).isEqualTo("1 expired");
    }

    private static String hold(String key, Instant expiresAt) {
        var body = transfer("alice", "cash", 10, ",\"pending\":true,\"expiresAt\":\"" + expiresAt + "\"");
        return send("POST", "/transactions", key, body, 201).id();
    }

    private static void reverse() {
        var posted = send("POST", "/transactions", "r", transfer("cash", "alice", 1), 201)
                .id();
        send("POST", "/transactions/" + posted + "/reverse?dryRun=true", "", "", 200);
        send("POST", "/transactions/" + posted + "/reverse", "", "", 201);
        send("POST", "/transactions/" + posted + "/reverse", "", "", 200);
        send("POST", "/transactions/tx_00000000000000000000000000/reverse", "", "", 404);
    }

    private static void projectWhatIsUnusual() {
        var letter = "{\"Records\":[{\"messageId\":\"1\",\"body\":\"no JSON\",\"attributes\":{"
                + "\"ApproximateReceiveCount\":\"5\"}}]}";
        assertThat(Run.invoke(cloud, "ProjectEvents", letter).path("batchItemFailures"))
                .isEmpty();
        // And one that names its events only, since they are too many for it.
        LedgersLife.bulk(Machine.in(cloud), LEDGER);
    }

    /** An account whose message gets lost is published by the relay. */
    private static void relay() {
        var opening = FUNCTIONS.get("OpenAccount");
        opening.set(where(named("SendMessage"), throwing(() -> SdkClientException.create("no queue"))));
        open("bob", "{\"asset\":\"USD/2\",\"type\":\"liability\"}", 201);
        opening.clear();
        var tables = tables();
        Await.until("the outbox is clear", SOON, () -> {
            LATER.updateAndGet(later -> later.plusMinutes(20));
            Run.invoke(cloud, "RelayOutbox", "{}");
            return tables.items("Journal").stream()
                    .noneMatch(item -> item.get("pk").s().startsWith("outbox#"));
        });
    }

    private static void read() {
        // For a moment an account is listed before its definition is in the view.
        tables().delete("Views", "e#" + LEDGER + "#bob ~");
        tables().delete("Views", "e#" + LEDGER + "#hot ~");
        var times = "from=2026-01-01T00:00:00Z&to=" + Instant.now().minusSeconds(60);
        for (var path : List.of(
                "/accounts/alice",
                "/accounts/alice?consistency=strong",
                "/accounts/alice?at=2026-01-01T00:00:00Z",
                "/accounts",
                "/accounts/hot?consistency=strong",
                "/accounts/hot/entries",
                "/accounts/hot/statement?" + times,
                "/accounts/alice/entries",
                "/accounts/bob/entries",
                "/accounts/alice/statement?" + times,
                "/accounts/bob/statement?" + times,
                "/transactions",
                "/transactions?key=k",
                "/trial-balance")) {
            send("GET", path, "", "", 200);
        }
        send("GET", "/transactions/tx_00000000000000000000000000", "", "", 404);
        assertThat(http.get("/v1/ledgers").status()).isEqualTo(200);
    }

    private static void sweep() {
        var views = cloud.physicalId("Views");
        try (var dynamoDb = Deployment.of(cloud.environment("ReplayJournal")).dynamoDb()) {
            var table = dynamoDb.describeTable(describe -> describe.tableName(views))
                    .table();
            dynamoDb.createTable(create -> create.tableName(OTHER_VIEWS)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .keySchema(table.keySchema())
                    .attributeDefinitions(table.attributeDefinitions()));
        }
        Run.whole(cloud, "ReplayJournal", "{\"table\":\"" + OTHER_VIEWS + "\"}");
        Run.whole(cloud, "ReplayJournal", "{}");
        Run.whole(cloud, "AuditLedger", "{}");
    }

    private static Tables tables() {
        return new Tables(cloud, Deployment.of(cloud.environment("ReadAccount")).dynamoDb());
    }

    private static void open(String account, String body, int status) {
        send("PUT", "/accounts/" + account, "", body, status);
    }

    private static Answer send(String method, String path, String key, String body, int status) {
        var answer = http.send(method, "/v1/ledgers/" + LEDGER + path, key, body);
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.text()).isEqualTo(status);
        return answer;
    }
}
