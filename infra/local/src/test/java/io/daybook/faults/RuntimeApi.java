package io.daybook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lambda's side of the Runtime API, for one process: hands it events and takes what becomes of them. */
final class RuntimeApi implements AutoCloseable {

    /** What the runtime has reported. */
    sealed interface Report {
        String text();

        /** The function's answer. */
        record Response(String text) implements Report {}

        /** The invocation failed; the process goes on. */
        record InvocationError(String text) implements Report {}

        /** The function could not be made. */
        record InitError(String text) implements Report {}
    }

    private static final String VERSION = "/2018-06-01/runtime/";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();

    private final CountDownLatch snapshot = new CountDownLatch(1);
    private final CountDownLatch restored = new CountDownLatch(1);

    RuntimeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(VERSION + "invocation/next", this::next);
        server.createContext(VERSION + "invocation/", this::invocation);
        server.createContext(VERSION + "restore/next", this::restore);
        for (var error : List.of("init/error", "restore/error")) {
            server.createContext(VERSION + error, exchange -> {
                reports.add(new Report.InitError(body(exchange)));
                accept(exchange);
            });
        }
        server.start();
    }

    String authority() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    void offer(String event) {
        events.add(event);
    }

    /** The next report, or an error where none comes in time. */
    Report await(Duration atMost) throws InterruptedException {
        var report = reports.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (report == null) {
            throw new AssertionError("the runtime has reported nothing within " + atMost.toSeconds() + " s");
        }
        return report;
    }

    /** Waits until the snapshot could be taken. */
    boolean awaitSnapshot(Duration atMost) throws InterruptedException {
        return snapshot.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The function goes on, as it does when it is started from the snapshot. */
    void restore() {
        restored.countDown();
    }

    private void restore(HttpExchange exchange) throws IOException {
        try {
            snapshot.countDown();
            restored.await();
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private void next(HttpExchange exchange) throws IOException {
        try {
            var event = events.take().getBytes(UTF_8);
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "application/json");
            headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
            headers.set(
                    "Lambda-Runtime-Deadline-Ms",
                    Long.toString(Instant.now().plusSeconds(30).toEpochMilli()));
            headers.set(
                    "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:daybook");
            headers.set(
                    "Lambda-Runtime-Trace-Id",
                    "Root=1-692425c0-6f3a1b2c4d5e6f7081920a1b;Parent=53995c3f42cd8ad8;Sampled=0");
            exchange.sendResponseHeaders(200, event.length);
            exchange.getResponseBody().write(event);
        } catch (InterruptedException e) {
            // The test has ended, and the process with it.
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private void invocation(HttpExchange exchange) throws IOException {
        var text = body(exchange);
        reports.add(
                exchange.getRequestURI().getPath().endsWith("/response")
                        ? new Report.Response(text)
                        : new Report.InvocationError(text));
        accept(exchange);
    }

    private static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    }

    private static void accept(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(202, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
