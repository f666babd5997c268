package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What the local cloud shows of itself: figures, and the page that is drawn from them, as a browser sees it. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class OverviewTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Functions print their metrics, and those of other tests are none of these figures. */
    private static final PrintStream OUT = System.out;

    private static LocalCloud cloud;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        var metrics = new LocalMetrics();
        metrics.install();
        int port = freePort();
        cloud = LocalCloud.start(LocalCloud.Options.of(Path.of("..", "..", "template.yaml"))
                .port(port)
                .parameters(Map.of("OtlpEndpoint", "http://127.0.0.1:" + port + "/local"))
                .withoutSchedules());
        cloud.show(metrics, new Traces());
        put("cash", "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null}");
        put("alice", "{\"asset\":\"USD/2\",\"type\":\"liability\"}");
        for (int i = 0; i < 20; i++) {
            post(i, "cash", "alice", i % 5 == 0 ? ",\"pending\":true" : "");
        }
        send(
                "POST",
                "/v1/ledgers/main/transactions",
                "{\"postings\":[{\"debit\":\"alice\",\"credit\":\"cash\",\"amount\":\"9000\"}]}",
                List.of("idempotency-key", "too-much"));
    }

    @AfterAll
    static void close() {
        cloud.close();
        System.setOut(OUT);
    }

    @Test
    void metrics_are_told_as_openmetrics() throws Exception {
        var answer = get("/local/metrics");
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(answer.body())
                .contains("# TYPE daybook_posted counter\n# HELP daybook_posted ")
                .contains("\ndaybook_posted_total 16\n")
                .contains("\ndaybook_pending_total 4\n")
                .contains("\ndaybook_declined_insufficient_funds_total 1\n")
                .contains("\ndaybook_latency_milliseconds_count 23\n")
                .contains("\ndaybook_waiting{in=\"DeadLetters\"} 0\n")
                .endsWith("# EOF\n");
    }

    @Test
    void the_page_draws_the_figures_and_the_way_of_the_latest_transactions() throws Exception {
        var browser = browser();
        assumeTrue(browser.isPresent(), "there is no Chromium (Debian: apt install chromium)");
        await();
        var picture = Path.of("target", "overview.png").toAbsolutePath();
        var running = new AtomicBoolean(true);
        var load = Thread.ofVirtual().start(() -> {
            for (int i = 100; running.get(); i++) {
                post(i, "cash", "alice", i % 5 == 0 ? ",\"pending\":true" : "");
            }
        });
        var dom = run(browser.get(), "--dump-dom").replaceAll("(?s)<script>.*?</script>", "");
        run(browser.get(), "--screenshot=" + picture);
        running.set(false);
        load.join();
        assertThat(dom.split("</svg>", -1)[0])
                .as("calls a second, above the ground")
                .containsPattern("points=\"[^\"]*,(?!97)[0-9]");
        assertThat(dom.split("<polyline", -1)).as("lines").hasSizeGreaterThan(10);
        assertThat(dom)
                .contains("the last two minutes", "Decisions a second", "Dead letters")
                .contains("<code>tx_")
                .contains(
                        "POST /v1/ledgers/{ledger}/transactions",
                        "process daybook-Events",
                        "DynamoDb.TransactWriteItems")
                .doesNotContain("does not answer", "NaN", "undefined");
        assertThat(picture).isNotEmptyFile();
    }

    /** Waits for the views, and so for the spans that tell of them. */
    private static void await() throws Exception {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (get("/local/traces").body().length() < 1000 && System.nanoTime() < end) {
            Thread.sleep(50);
        }
    }

    private String run(String browser, String what) throws IOException, InterruptedException {
        var said = folder.resolve("said");
        var process = new ProcessBuilder(
                        browser,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--window-size=1280,1100",
                        "--virtual-time-budget=60000",
                        what,
                        cloud.uri() + "/")
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("the browser ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(said);
    }

    private static Optional<String> browser() {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Arrays.stream(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void put(String account, String body) {
        send("PUT", "/v1/ledgers/main/accounts/" + account, body, List.of());
    }

    private static void post(int number, String debit, String credit, String more) {
        send(
                "POST",
                "/v1/ledgers/main/transactions",
                "{\"postings\":[{\"debit\":\"%s\",\"credit\":\"%s\",\"amount\":\"1\"}]%s}"
                        .formatted(debit, credit, more),
                List.of("idempotency-key", "key-" + number));
    }

    private static HttpResponse<String> get(String path) {
        return send("GET", path, "", List.of());
    }

    private static HttpResponse<String> send(String method, String path, String body, List<String> headers) {
        var request = HttpRequest.newBuilder(URI.create(cloud.uri() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("content-type", "application/json");
        for (int at = 0; at < headers.size(); at += 2) {
            request.header(headers.get(at), headers.get(at + 1));
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
