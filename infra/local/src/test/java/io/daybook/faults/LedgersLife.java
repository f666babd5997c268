package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a ledger goes through. */
final class LedgersLife {
    private LedgersLife() {}

    /** Everything that can happen to accounts and transactions. */
    static void live(Machine machine, String ledger, AtomicReference<Instant> now) {
        machine.change(ledger, "alice", "{\"description\":\"A\",\"metadata\":{\"a\":\"1\"}}");
        machine.post(ledger, "k", transfer("cash", "alice", 1000, ",\"metadata\":{\"x\":\"y\"}"));
        machine.change(ledger, "alice", "{\"description\":\"B\",\"maximum\":\"99999\"}");
        machine.post(ledger, "declined", transfer("bob", "cash", 1));
        machine.open(ledger, "hot", "{\"asset\":\"USD/2\",\"type\":\"income\",\"minimum\":null,\"stripes\":3}");
        for (int i = 0; i < 8; i++) {
            machine.post(ledger, "hot-" + i, transfer("cash", "hot", 10));
        }
        machine.change(ledger, "hot", "{\"description\":\"Fees\"}");
        machine.change(ledger, "hot", "{\"closed\":true}");
        var settled = machine.post(ledger, "h1", transfer("alice", "bob", 100, ",\"pending\":true"));
        var voided = machine.post(ledger, "h2", transfer("alice", "bob", 100, ",\"pending\":true"));
        var expiresAt = now.get().plusSeconds(30);
        var expired = machine.post(
                ledger, "h3", transfer("alice", "bob", 100, ",\"pending\":true,\"expiresAt\":\"" + expiresAt + "\""));
        machine.settle(ledger, settled.id());
        machine.release(ledger, voided.id());
        now.set(expiresAt);
        machine.expireHolds();
        assertThat(machine.transaction(ledger, expired.id())
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("expired");
        machine.reverse(ledger, settled.id());
        var farOff = now.get().plus(Duration.ofDays(300));
        machine.post(ledger, "h4", transfer("cash", "bob", 7, ",\"pending\":true,\"expiresAt\":\"" + farOff + "\""));
    }

    /** Enough transactions at once to fill more than one batch write, and to be too large for a message. */
    static void bulk(Machine machine, String ledger) {
        var description = ",\"description\":\"" + "x".repeat(500) + "\"";
        var items = IntStream.range(0, 97)
                .mapToObj(i -> transfer(
                        "cash", "alice", 1, description + ",\"key\":\"b" + i + "\",\"metadata\":" + metadata(i)))
                .toList();
        assertThat(machine.batch(ledger, "{\"transactions\":[" + String.join(",", items) + "]}")
                        .status())
                .isEqualTo(200);
    }

    private static String metadata(int seed) {
        return IntStream.range(0, 4)
                .mapToObj(i -> "\"k%d\":\"%s\""
                        .formatted(i, Character.toString('a' + (seed + i) % 26).repeat(500)))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
