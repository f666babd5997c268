package io.daybook.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without space, played by a limit on the size of files: at some point each further write of the process fails. */
class FullDiskTest {
    private static final int WRITERS = 4;

    /** Refused writes that are enough to see what becomes of them. */
    private static final int REFUSED = 5;

    private static final Duration FILLED = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** By key: the id that a 201 has told, or empty where there was none. */
    private final Map<String, String> sent = new ConcurrentHashMap<>();

    @BeforeAll
    static void needsAShellThatLimits() throws InterruptedException {
        assumeTrue(canLimit(), "no shell here limits the size of files");
    }

    @Test
    void on_a_full_disk_writes_are_refused_reads_go_on_and_with_space_again_every_201_is_there_once() throws Exception {
        var data = folder.resolve("data");
        try (var daybook = new LocalProcess(limitedTo(1), data, folder.resolve("full.log"))) {
            var http = new Http(daybook.uri());
            openAccounts(http);
            fill(http);
            assertThat(http.get(account(0)).status()).isEqualTo(200);
            assertThat(http.get(account(0) + "?consistency=strong").status()).isEqualTo(200);
            assertThat(daybook.said().lines().filter(line -> line.contains("Nothing can be written to")))
                    .singleElement()
                    .asString()
                    .contains(data.toString(), "is the disk full?");
            assertThat(daybook.said()).doesNotContain("\n\tat ", "Exception in thread");
            assertThat(daybook.terminate(Duration.ofSeconds(10))).isLessThan(Duration.ofSeconds(5));
        }
        try (var daybook = new LocalProcess(data, folder.resolve("space.log"))) {
            check(new Http(daybook.uri()));
        }
    }

    @Test
    void on_a_disk_that_is_full_already_it_does_not_start_and_says_why() {
        var data = folder.resolve("data");
        assertThatThrownBy(() -> new LocalProcess(limitedTo(0), data, folder.resolve("full.log")))
                .isInstanceOf(AssertionError.class)
                .message()
                .contains("The disk of the data folder " + data + " is full")
                .doesNotContain("\tat ");
    }

    /** Starts a command whose files have at most so many MiB, and 512 KiB more. */
    private static List<String> limitedTo(int mebibytes) {
        return List.of("sh", "-c", "ulimit -f " + (mebibytes * 2048 + 1024) + " && exec \"$@\"", "sh");
    }

    private static boolean canLimit() throws InterruptedException {
        try {
            var command = new ArrayList<>(limitedTo(1));
            command.add("true");
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String account(int writer) {
        return "/v1/ledgers/main/accounts/user-" + writer;
    }

    private static void openAccounts(Http http) {
        for (int writer = 0; writer < WRITERS; writer++) {
            open(
                    http,
                    "/v1/ledgers/main/accounts/cash-" + writer,
                    "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
            open(http, account(writer), "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
        }
    }

    private static void open(Http http, String path, String body) {
        var answer = Http.untilDecided(() -> http.send("PUT", path, "", body));
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
    }

    private static String transfer(int writer) {
        var metadata = IntStream.range(0, 20)
                .mapToObj(i -> "\"m" + i + "\":\"" + "x".repeat(500) + "\"")
                .collect(Collectors.joining(","));
        return Machine.transfer("cash-" + writer, "user-" + writer, 1, ",\"metadata\":{" + metadata + "}");
    }

    private static int writer(String key) {
        return Integer.parseInt(key.substring(0, key.indexOf('-')));
    }

    private void fill(Http http) throws Exception {
        var refused = new AtomicInteger();
        long end = System.nanoTime() + FILLED.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> threads.submit(() -> {
                        for (int i = 0; refused.get() < REFUSED && System.nanoTime() < end; i++) {
                            write(http, writer + "-" + i, refused);
                        }
                    }))
                    .toList();
            for (var writer : writers) {
                writer.get();
            }
        }
        assertThat(refused).as("writes that a full disk refused").hasValueGreaterThanOrEqualTo(REFUSED);
    }

    private void write(Http http, String key, AtomicInteger refused) {
        sent.put(key, "");
        var answer = http.post("main", key, transfer(writer(key)));
        if (answer.status() == 201) {
            sent.put(key, answer.id());
            return;
        }
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.headers()).containsKey("retry-after");
        assertThat(answer.problem()).isIn("outcome-unknown", "contention");
        assertThat(answer.text()).doesNotContain("Exception", "sqlite", "disk");
        refused.incrementAndGet();
    }

    /** What was answered is there; the rest can be sent again; and then each key has moved its 1 once. */
    private void check(Http http) {
        System.err.printf(
                "full disk: %d answered 201 of %d sent%n",
                sent.values().stream().filter(id -> !id.isEmpty()).count(), sent.size());
        sent.forEach((key, id) -> {
            if (!id.isEmpty()) {
                var found = http.get("/v1/ledgers/main/transactions?key=" + key).body();
                assertThat(found.at("/items/0/id").asText()).as(key).isEqualTo(id);
            }
        });
        for (var key : sent.keySet()) {
            var again = Http.untilDecided(() -> http.post("main", key, transfer(writer(key))));
            assertThat(again.status()).as(again.text()).isEqualTo(201);
        }
        for (int writer = 0; writer < WRITERS; writer++) {
            var prefix = writer + "-";
            long keys =
                    sent.keySet().stream().filter(key -> key.startsWith(prefix)).count();
            var now = http.get(account(writer) + "?consistency=strong").body();
            assertThat(now.path("version").asLong()).isEqualTo(keys);
            assertThat(now.at("/balances/posted").asLong()).isEqualTo(keys);
        }
    }
}
