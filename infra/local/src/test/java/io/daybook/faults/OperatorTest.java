package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.local.LocalCloud;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@code ./daybook audit}, {@code replay} and {@code redrive}, each in a JVM of its own. */
class OperatorTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private LocalCloud cloud;
    private Machine machine;
    private Tables tables;
    private String ledger;

    private record Ended(int status, String said) {}

    @BeforeEach
    void start() {
        cloud = LocalCloud.start(SharedCloud.template());
        var earlier = Instant.now().minus(Duration.ofMinutes(10));
        machine = Machine.in(cloud, () -> earlier);
        tables = new Tables(cloud, machine.deployment.dynamoDb());
        ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "k", transfer("cash", "alice", 1));
        Await.until(
                "all is in the views",
                SOON,
                () -> tables.items("Journal").stream()
                        .noneMatch(item -> Tables.key(item).startsWith("outbox#")));
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void an_audit_ends_with_0_where_the_books_are_sound_and_with_1_where_they_are_not() throws Exception {
        assertThat(operate("audit")).isEqualTo(new Ended(0, "No deviation.\n"));
        tables.change("Journal", "a#" + ledger + "#alice head", item -> item.put("v", AttributeValue.fromN("7")));
        var ended = operate("audit");
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.said())
                .isEqualTo("HEAD  e#%s#alice ~  the head is at version 7, the last entry is 1%n1 deviation.%n"
                        .formatted(ledger));
    }

    @Test
    void a_replay_rebuilds_the_views() throws Exception {
        var views = tables.dump("Views");
        tables.clear("Views");
        assertThat(operate("replay")).isEqualTo(new Ended(0, "No deviation.\n"));
        var rebuilt = tables.dump("Views");
        rebuilt.keySet().removeIf(key -> key.startsWith("run"));
        assertThat(rebuilt).isEqualTo(views);
    }

    @Test
    void a_replay_into_no_table_is_explained() throws Exception {
        assertThat(operate("replay", "--table", "daybook-veiws-2"))
                .isEqualTo(new Ended(2, "There is no table daybook-veiws-2 that can be written.\n"));
    }

    @Test
    void dead_letters_are_named_and_go_back() throws Exception {
        assertThat(operate("redrive")).isEqualTo(new Ended(0, "There are no dead letters.\n"));
        machine.deploymentOf(cloud, "ProjectEvents")
                .deadLetters()
                .put(
                        "{}",
                        java.util.Map.of(),
                        "2026-11-24T00:00:00.000000Z#main#tx_1#0",
                        new IllegalStateException("no"));
        assertThat(operate("redrive"))
                .isEqualTo(new Ended(
                        0,
                        "2026-11-24T00:00:00.000000Z#main#tx_1#0  java.lang.IllegalStateException: no\n"
                                + "1 on their way back into the events queue.\n"));
        Await.until(
                "it has been moved",
                SOON,
                () -> machine.deployment
                        .sqs()
                        .receiveMessage(receive -> receive.queueUrl(cloud.physicalId("DeadLetters"))
                                .visibilityTimeout(0))
                        .messages()
                        .isEmpty());
    }

    @Test
    void what_is_no_command_is_explained() throws Exception {
        assertThat(operate("audit", "--tabel", "x").status()).isEqualTo(2);
        assertThat(operate("audit", "--table", "x").said()).startsWith("usage: ./daybook audit");
        assertThat(operate("replay", "--port", "1").said())
                .isEqualTo("Nothing answers on http://127.0.0.1:1. Is ./daybook local running?\n");
    }

    private Ended operate(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.daybook.local.Operator"));
        command.addAll(List.of(arguments));
        if (!command.contains("--port")) {
            command.addAll(List.of("--port", Integer.toString(cloud.uri().getPort())));
        }
        var log = java.nio.file.Files.createTempFile("operator", ".log");
        var process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        return new Ended(status, status == 2 ? java.nio.file.Files.readString(log) : said);
    }
}
