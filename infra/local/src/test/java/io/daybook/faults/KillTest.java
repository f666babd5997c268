package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process may end at any moment: what was answered is there, once, and the views become level by themselves. */
class KillTest {
    private static final int WRITERS = 6;

    /** More can be asked for: {@code -Ddaybook.kills=200}. */
    private static final int KILLS = Integer.getInteger("daybook.kills", 3);

    /** One round ends with SIGTERM, the others do with SIGKILL. */
    private static final int ROUNDS = KILLS + 1;

    private static final int TOLD_TO_END = ROUNDS / 2;

    /** The relay's first round comes a minute after the start, and not before an item is a minute old. */
    private static final Duration RELAYED = Duration.ofSeconds(150);

    private static final String BODY = transfer("cash", "alice", 1);

    private final Random random = new Random();

    /** By key: the id that a 201 has told, or empty where there was no answer. */
    private final Map<String, String> sent = new ConcurrentHashMap<>();

    private final AtomicInteger calls = new AtomicInteger();
    private int sentAgain;
    private int replayed;

    @TempDir
    private Path folder;

    @Test
    void killed_or_told_to_end_under_load_it_keeps_what_it_answered_and_the_views_become_level() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (var daybook = start()) {
                var http = new Http(daybook.uri());
                openAccounts(http);
                check(http, "r" + (round - 1) + "-");
                if (round == TOLD_TO_END) {
                    load(
                            http,
                            round,
                            () -> assertThat(daybook.terminate(Duration.ofSeconds(10)))
                                    .isLessThan(Duration.ofSeconds(5)));
                } else {
                    load(http, round, daybook::kill);
                }
            }
        }
        try (var daybook = start()) {
            var http = new Http(daybook.uri());
            check(http, "");
            var level = awaitLevel(http);
            System.err.printf(
                    "%d kills, %d calls, %d answered 201, none of them lost and none torn; of %d sent again %d had been"
                            + " written; the views were level after %d s%n",
                    KILLS, calls.get(), sent.size() - sentAgain, sentAgain, replayed, level.toSeconds());
        }
    }

    private interface End {
        void end() throws InterruptedException;
    }

    private LocalProcess start() throws Exception {
        return new LocalProcess(folder.resolve("data"), folder.resolve("log"));
    }

    private static void openAccounts(Http http) {
        open(http, "cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
        open(http, "alice", "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
    }

    private static void open(Http http, String account, String body) {
        var answer = Http.untilDecided(() -> http.send("PUT", "/v1/ledgers/main/accounts/" + account, "", body));
        assertThat(answer.status()).as(answer.text()).isIn(200, 201);
    }

    /** Writes from many sides, until the end comes at a random moment. */
    private void load(Http http, int round, End end) throws InterruptedException {
        var running = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < WRITERS; writer++) {
                var prefix = "r" + round + "-w" + writer + "-";
                threads.submit(() -> {
                    for (int i = 0; running.get() && write(http, prefix + i); i++) {}
                });
            }
            int before = answered().size();
            Await.until(
                    "the load is on", Duration.ofSeconds(60), () -> answered().size() >= before + 20);
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1000)).toNanos());
            end.end();
            running.set(false);
        }
    }

    /** Whether there was an answer. */
    private boolean write(Http http, String key) {
        sent.put(key, "");
        calls.incrementAndGet();
        try {
            var answer = http.post("main", key, BODY);
            if (answer.status() == 201) {
                sent.put(key, answer.id());
            }
            return true;
        } catch (UncheckedIOException e) {
            // It may have happened.
            return false;
        }
    }

    private List<Map.Entry<String, String>> answered() {
        return sent.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .toList();
    }

    /** Every 201 to a key that begins so is there; the rest is there or can be sent again; and then the sum is right. */
    private void check(Http http, String prefix) {
        for (var entry : answered()) {
            if (!entry.getKey().startsWith(prefix)) {
                continue;
            }
            var byId = http.get("/v1/ledgers/main/transactions/" + entry.getValue());
            assertThat(byId.status()).as("%s, answered 201", entry).isEqualTo(200);
            assertThat(byId.body().path("status").asText()).isEqualTo("posted");
            var byKey = http.get("/v1/ledgers/main/transactions?key=" + entry.getKey());
            assertThat(byKey.body().path("items")).hasSize(1);
            assertThat(byKey.body().at("/items/0/id").asText()).isEqualTo(entry.getValue());
        }
        for (var entry : sent.entrySet()) {
            if (entry.getValue().isEmpty()) {
                var again = Http.untilDecided(() -> {
                    calls.incrementAndGet();
                    return http.post("main", entry.getKey(), BODY);
                });
                assertThat(again.status()).as(again.text()).isEqualTo(201);
                entry.setValue(again.id());
                sentAgain++;
                replayed += again.replayed() ? 1 : 0;
            }
        }
        for (var account : new String[] {"cash", "alice"}) {
            var now = http.get("/v1/ledgers/main/accounts/" + account + "?consistency=strong")
                    .body();
            assertThat(now.path("version").asLong()).isEqualTo(sent.size());
            assertThat(now.at("/balances/posted").asLong()).isEqualTo(sent.size());
        }
    }

    /** How long it took. */
    private Duration awaitLevel(Http http) {
        long start = System.nanoTime();
        for (var account : new String[] {"cash", "alice"}) {
            var path = "/v1/ledgers/main/accounts/" + account;
            var strong = http.get(path + "?consistency=strong").text();
            Await.until("the view of " + account + " is level", RELAYED, () -> {
                var view = http.get(path);
                return view.text().equals(strong)
                        && "eventual".equals(view.headers().get("daybook-consistency"))
                        && entries(http, path) == sent.size();
            });
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static long entries(Http http, String path) {
        long entries = 0;
        var query = "?limit=1000";
        while (true) {
            var page = http.get(path + "/entries" + query).body();
            entries += page.path("items").size();
            if (page.path("next").isNull()) {
                return entries;
            }
            query = "?limit=1000&cursor=" + page.path("next").asText();
        }
    }
}
