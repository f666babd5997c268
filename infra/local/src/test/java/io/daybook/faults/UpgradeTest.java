package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.items.Item;
import io.daybook.items.Message;
import io.daybook.local.LocalCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What the first release has written is read for ever: a journal, and messages that were still on their way when the next
 * release was deployed. The file that holds them is never written again.
 */
class UpgradeTest {
    private static final Path STORED = Path.of("src", "test", "resources", "release-1.json");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String LEDGER = "stored";

    private static LocalCloud cloud;
    private static Machine machine;
    private static Tables tables;

    @BeforeAll
    static void deploy() throws IOException {
        cloud = LocalCloud.start(SharedCloud.template());
        machine = Machine.in(cloud);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
        var stored = Answer.parse(Files.readString(STORED));
        Message.parse(stored.path("journal").toString())
                .events()
                .forEach(item -> tables.put("Journal", item.attributes()));
        for (var message : stored.path("messages")) {
            machine.deployment
                    .sqs()
                    .sendMessage(
                            send -> send.queueUrl(cloud.physicalId("Events")).messageBody(message.toString()));
        }
        // One of them was lost.
        Run.invoke(cloud, "RelayOutbox", "{}");
        Await.until(
                "what was on its way has arrived",
                SOON,
                () -> tables.items("Journal").stream()
                        .noneMatch(item -> Tables.key(item).startsWith("outbox#")));
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @Test
    void its_messages_have_been_projected_and_its_journal_is_sound() {
        assertThat(machine.versions(LEDGER, "alice")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        var audited = Run.whole(cloud, "AuditLedger", "{}");
        assertThat(audited.path("deviations").asInt()).as(audited.toString()).isZero();
    }

    @Test
    void its_accounts_and_transactions_are_what_they_were() {
        assertThat(balances("alice")).containsExactly("1000", "1000", "1000");
        assertThat(balances("bob")).containsExactly("0", "7", "0");
        assertThat(status("k")).isEqualTo("posted");
        assertThat(status("h1")).isEqualTo("posted");
        assertThat(status("h2")).isEqualTo("voided");
        assertThat(status("h3")).isEqualTo("expired");
        assertThat(status("h4")).isEqualTo("pending");
        var declined = machine.post(LEDGER, "declined", transfer("bob", "cash", 1));
        assertThat(declined.status()).isEqualTo(422);
        assertThat(declined.replayed()).isTrue();
        assertThat(declined.problem()).isEqualTo("insufficient-funds");
    }

    @Test
    void its_ledger_goes_on() {
        var again = machine.post(LEDGER, "k", transfer("cash", "alice", 1000, ",\"metadata\":{\"x\":\"y\"}"));
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.replayed()).isTrue();
        var ledger = machine.ledger("cash", "alice");
        assertThat(machine.post(ledger, "new", transfer("cash", "alice", 1)).status())
                .isEqualTo(201);
    }

    @Test
    void what_a_later_release_may_add_to_an_event_is_kept_in_the_views() {
        var ledger = machine.ledger("cash", "alice");
        var posted = machine.post(ledger, "k", transfer("cash", "alice", 1));
        Await.until(
                "it is in the views",
                SOON,
                () -> machine.versions(ledger, "alice").size() == 1);
        tables.change(
                "Journal",
                "t#" + ledger + "#" + posted.id(),
                item -> item.put("added", AttributeValue.fromL(List.of(AttributeValue.fromS("later")))));
        Run.whole(cloud, "ReplayJournal", "{}");
        assertThat(tables.item("Views", "t#" + ledger + "#0").get("added").l())
                .containsExactly(AttributeValue.fromS("later"));
        assertThat(machine.transaction(ledger, posted.id()).text()).isEqualTo(posted.text());
    }

    private static List<String> balances(String account) {
        var balances = machine.accountNow(LEDGER, account).body().path("balances");
        return List.of(
                balances.path("posted").asText(),
                balances.path("pending").asText(),
                balances.path("available").asText());
    }

    private static String status(String key) {
        return tables.items("Journal").stream()
                .filter(item -> item.containsKey("k")
                        && item.get("k").s().equals(key)
                        && item.get("l").s().equals(LEDGER))
                .map(item -> machine.transaction(LEDGER, item.get("i").s())
                        .body()
                        .path("status")
                        .asText())
                .findFirst()
                .orElseThrow();
    }

    /** How the file was made, once. */
    public static void main(String[] arguments) throws IOException {
        try (var cloud = LocalCloud.start(SharedCloud.template().withoutTriggers())) {
            var now = new AtomicReference<>(Instant.parse("2026-11-24T09:30:00.123456Z"));
            var machine = Machine.in(cloud, now::get);
            machine.open(LEDGER, "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
            machine.open(LEDGER, "alice", "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
            machine.open(LEDGER, "bob", "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
            LedgersLife.live(machine, LEDGER, now);
            var journal = new Tables(cloud, machine.deployment.dynamoDb())
                    .items("Journal").stream().map(Item::new).toList();
            var stored = JsonNodeFactory.instance.objectNode();
            stored.set("journal", Answer.parse(new Message("-", "-", journal).body()));
            var messages = stored.putArray("messages");
            Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events")).stream()
                    .map(Answer::parse)
                    .forEach(messages::add);
            Files.createDirectories(STORED.getParent());
            Files.writeString(STORED, stored.toPrettyString() + "\n");
        }
        System.exit(0);
    }
}
