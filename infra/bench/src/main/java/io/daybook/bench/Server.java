package io.daybook.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server in a JVM of its own, as {@code ./daybook} would start it, that answers HTTP on the loopback interface. */
final class Server implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final String address;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Server(Process process, int port) {
        this.process = process;
        this.address = "http://127.0.0.1:" + port;
    }

    /** Daybook, with its data in this folder. */
    static Server daybook(Path folder) throws IOException, InterruptedException {
        var port = freePort();
        var arguments = List.of(
                "--port",
                Integer.toString(port),
                "--data",
                folder.resolve("daybook").toString());
        return start("io.daybook.local.Main", arguments, port, folder.resolve("daybook.log"));
    }

    /** {@link PostgresPeer} on this database. */
    static Server peer(String database, Path folder) throws IOException, InterruptedException {
        var port = freePort();
        return start(
                PostgresPeer.class.getName(),
                List.of(Integer.toString(port), database),
                port,
                folder.resolve("peer.log"));
    }

    private static Server start(String main, List<String> arguments, int port, Path log)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(arguments);
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var server = new Server(process, port);
        server.awaitAnswer(log);
        return server;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitAnswer(Path log) throws InterruptedException {
        var giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < giveUp) {
            try {
                send("GET", "/v1/ledgers/none/accounts/none", "", "");
                return;
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("it does not start, see " + log);
    }

    String address() {
        return address;
    }

    Process process() {
        return process;
    }

    HttpResponse<String> send(String method, String path, String key, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        if (!key.isEmpty()) {
            request.header("idempotency-key", key);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        client.close();
    }
}
