package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lambda's side of the Runtime API for one process, and when what happened. */
final class RuntimeApi implements AutoCloseable {
    private static final String VERSION = "/2018-06-01/runtime/";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** @param at by {@link System#nanoTime} */
    record Report(String kind, String text, long at) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final CountDownLatch snapshot = new CountDownLatch(1);
    private final CountDownLatch restored = new CountDownLatch(1);
    private final CountDownLatch ready = new CountDownLatch(1);

    RuntimeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(VERSION + "invocation/next", this::next);
        server.createContext(VERSION + "restore/next", this::restore);
        server.createContext(VERSION, exchange -> {
            var text = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            var at = System.nanoTime();
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
            reports.add(new Report(exchange.getRequestURI().getPath(), text, at));
        });
        server.start();
    }

    String authority() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Hands an event over and waits for the answer. */
    Report invoke(String event) throws InterruptedException {
        events.add(event);
        var report = reports.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (report == null || !report.kind().endsWith("/response")) {
            throw new IllegalStateException("no answer, but " + report);
        }
        return report;
    }

    /** Waits until the function has been made and asks for an event. */
    void awaitReady() throws InterruptedException {
        await(ready);
    }

    /** Waits until the snapshot could be taken. */
    void awaitSnapshot() throws InterruptedException {
        await(snapshot);
    }

    /** The function goes on, as it does when it is started from the snapshot. */
    void restore() {
        restored.countDown();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the function does not start");
        }
    }

    private void restore(HttpExchange exchange) throws IOException {
        try (exchange) {
            snapshot.countDown();
            restored.await();
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void next(HttpExchange exchange) throws IOException {
        try (exchange) {
            ready.countDown();
            var event = events.take().getBytes(UTF_8);
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "application/json");
            headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
            headers.set(
                    "Lambda-Runtime-Deadline-Ms",
                    Long.toString(Instant.now().plusSeconds(30).toEpochMilli()));
            headers.set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:bench");
            headers.set("Lambda-Runtime-Trace-Id", "Root=1-692425c0-6f3a1b2c4d5e6f7081920a1b;Sampled=0");
            exchange.sendResponseHeaders(200, event.length);
            exchange.getResponseBody().write(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
