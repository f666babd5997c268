package io.daybook.faults;

import static io.daybook.faults.Faults.named;
import static io.daybook.faults.Faults.throwing;
import static io.daybook.faults.Faults.where;
import static io.daybook.faults.Machine.transfer;
import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.local.LocalCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Each sample of {@code events/} goes through the serializer of Lambda's runtime into its function. They tell of one
 * ledger, in the order of its life.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SampleEventsTest {
    private static final Path EVENTS = SharedCloud.repository().resolve("events");
    private static final Pattern FUNCTION =
            Pattern.compile("^ {2}(\\w+):\\R {4}Type: AWS::Serverless::Function$", Pattern.MULTILINE);
    private static final Duration SOON = Duration.ofSeconds(20);

    private static LocalCloud cloud;
    private static Machine machine;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(SharedCloud.template());
        machine = Machine.in(cloud);
        machine.open("sample", "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @Test
    void every_function_has_a_sample_and_every_sample_a_function() throws IOException {
        var functions = FUNCTION.matcher(Files.readString(SharedCloud.templateFile()))
                .results()
                .map(match -> match.group(1))
                .toList();
        try (var files = Files.list(EVENTS)) {
            assertThat(files.map(file -> file.getFileName().toString().replaceFirst("\\.json$", "")))
                    .containsExactlyInAnyOrderElementsOf(functions);
        }
    }

    @Test
    void the_route_of_every_sample_is_its_function_s() throws IOException {
        var template = Files.readString(SharedCloud.templateFile());
        for (var function : names()) {
            var routeKey = Answer.parse(read(function)).path("routeKey").asText();
            if (!routeKey.isEmpty()) {
                var resource = template.substring(template.indexOf("\n  " + function + ":\n"));
                assertThat(resource)
                        .as(function)
                        .containsPattern("(?s)\\A.{0,1500}?Method: %s\\R\\s+Path: %s\\R"
                                .formatted(routeKey.split(" ")[0], Pattern.quote(routeKey.split(" ")[1])));
            }
        }
    }

    @Test
    @Order(1)
    void an_account_is_opened_and_changed() throws Exception {
        assertThat(answer("OpenAccount", 201).path("id").asText()).isEqualTo("users:alice");
        assertThat(answer("ChangeAccount", 200).at("/metadata/plan").asText()).isEqualTo("team");
        var read = answer("ReadAccount", 200);
        assertThat(read.path("maximum").asText()).isEqualTo("1000000");
        assertThat(read.path("version").asLong()).isZero();
    }

    @Test
    @Order(2)
    void transactions_are_posted_held_declined_settled_voided_and_reversed() throws Exception {
        assertThat(answer("PostTransaction", 201).at("/postings/0/amount").asText())
                .isEqualTo("1250");
        assertThat(answer("PostBatch", 200).path("results").valueStream())
                .extracting(result -> result.path("status").asInt())
                .containsExactly(201, 201, 422);
        var settled = answer("SettleHold", 200);
        assertThat(settled.path("status").asText()).isEqualTo("posted");
        assertThat(settled.at("/settled/0/amount").asText()).isEqualTo("250");
        assertThat(answer("VoidHold", 200).path("status").asText()).isEqualTo("voided");
        // Alice has spent 250 of it, so her balance may not be taken back unless it may fall below 0.
        machine.change("sample", "users:alice", "{\"minimum\":null}");
        var reversal = answer("ReverseTransaction", 201);
        assertThat(answer("ReadTransaction", 200).path("reversedBy").asText())
                .isEqualTo(reversal.path("id").asText());
        var alice = answer("ReadAccount", 200);
        assertThat(alice.at("/balances/posted").asText()).isEqualTo("-250");
        assertThat(alice.path("version").asLong()).isEqualTo(6);
    }

    @Test
    @Order(3)
    void everything_is_listed() throws Exception {
        Await.until(
                "the views are level",
                SOON,
                () -> machine.versions("sample", "users:alice").size() == 6
                        && machine.versions("sample", "cash").size() == 6);
        assertThat(answer("ListLedgers", 200).path("items").toString()).contains("sample");
        assertThat(answer("ListAccounts", 200).at("/items/0/id").asText()).isEqualTo("users:alice");
        assertThat(answer("ListEntries", 200).path("items")).hasSize(6);
        assertThat(answer("ListTransactions", 200).path("items").valueStream())
                .extracting(transaction -> transaction.path("status").asText())
                .hasSize(3)
                .containsOnly("posted");
        assertThat(answer("ReadStatement", 200).at("/entries/items").size()).isIn(0, 6);
        assertThat(answer("ReadTrialBalance", 200).path("balanced").asBoolean()).isTrue();
    }

    @Test
    @Order(4)
    void the_relay_publishes_what_no_projector_has_acknowledged() throws Exception {
        var earlier = Machine.in(cloud, InstantSource.offset(InstantSource.system(), Duration.ofMinutes(-5)));
        earlier.faults.set(where(named("SendMessage"), throwing(() -> SdkClientException.create("no queue"))));
        var ledger = earlier.ledger("cash");
        assertThat(invoke("RelayOutbox").asText()).isEqualTo("1 published");
        Await.until(
                "the account is in its view",
                SOON,
                () -> "eventual"
                        .equals(machine.account(ledger, "cash").headers().get("daybook-consistency")));
    }

    @Test
    @Order(5)
    void holds_expire() throws Exception {
        var earlier = Machine.in(cloud, InstantSource.offset(InstantSource.system(), Duration.ofMinutes(-5)));
        var ledger = earlier.ledger("cash", "alice");
        var expiresAt = Instant.now().minusSeconds(1);
        var hold = earlier.post(
                ledger, "h", transfer("cash", "alice", 1, ",\"pending\":true,\"expiresAt\":\"" + expiresAt + "\""));
        assertThat(invoke("ExpireHolds").asText()).isEqualTo("1 expired");
        assertThat(machine.transaction(ledger, hold.id()).body().path("status").asText())
                .isEqualTo("expired");
    }

    @Test
    @Order(6)
    void the_views_are_replayed_and_the_books_audited() throws Exception {
        assertThat(Run.whole(cloud, "ReplayJournal", read("ReplayJournal"))
                        .path("done")
                        .asInt())
                .isEqualTo(4);
        var audited = Run.whole(cloud, "AuditLedger", read("AuditLedger"));
        assertThat(audited.path("deviations").asInt()).as(audited.toString()).isZero();
    }

    @Test
    @Order(7)
    void messages_are_projected() throws Exception {
        assertThat(invoke("ProjectEvents").path("batchItemFailures")).isEmpty();
        var entries = cloud.invoke(
                "ListEntries",
                Files.readString(EVENTS.resolve("ListEntries.json")).replace("\"sample\"", "\"projected\""));
        var entry = Answer.parse(Answer.parse(entries).path("body").asText()).at("/items/0");
        assertThat(entry.path("account").asText()).isEqualTo("users:alice");
        assertThat(entry.at("/balances/posted").asText()).isEqualTo("1250");
    }

    @Test
    void the_messages_are_what_is_published_today() throws IOException {
        var sample = Answer.parse(read("ProjectEvents"));
        var machine = Machine.in(cloud, InstantSource.fixed(Instant.parse("2026-11-24T09:30:00.123456Z")));
        machine.open("projected", "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
        machine.open("projected", "users:alice", "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
        machine.post(
                "projected",
                "order-42",
                transfer("cash", "users:alice", 1250, ",\"description\":\"Order 42\",\"metadata\":{\"order\":\"42\"}"));
        var published = machine.faults.requests(SendMessageRequest.class);
        assertThat(sample.path("Records").valueStream())
                .extracting(message -> Answer.parse(message.path("body").asText()))
                .containsExactlyElementsOf(published.stream()
                        .map(send -> Answer.parse(send.messageBody()))
                        .toList());
        assertThat(sample.path("Records").valueStream())
                .allSatisfy(message -> assertThat(message.at("/messageAttributes/correlationId/stringValue")
                                .asText())
                        .isEqualTo(published
                                .getFirst()
                                .messageAttributes()
                                .get("correlationId")
                                .stringValue()));
    }

    private static List<String> names() throws IOException {
        try (var files = Files.list(EVENTS)) {
            return files.map(file -> file.getFileName().toString().replaceFirst("\\.json$", ""))
                    .filter(not(String::isEmpty))
                    .collect(Collectors.toList());
        }
    }

    private static String read(String function) throws IOException {
        return Files.readString(EVENTS.resolve(function + ".json"));
    }

    private static JsonNode invoke(String function) throws Exception {
        return Answer.parse(cloud.invoke(function, read(function)));
    }

    /** The body of the answer to a sample. */
    private static JsonNode answer(String function, int status) throws Exception {
        var answer = invoke(function);
        assertThat(answer.path("statusCode").asInt())
                .as(answer.path("body").asText())
                .isEqualTo(status);
        return Answer.parse(answer.path("body").asText());
    }
}
