package io.daybook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.function.Predicate.not;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** The way to DynamoDB of one process: it carries every call, and knows which calls and which connections there are. */
final class Wire implements AutoCloseable {
    private static final Set<String> ONE_CONNECTION_S =
            Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade");

    /** As Linux numbers them: established, and closed by the other side alone. */
    private static final Set<String> OPEN = Set.of("01", "08");

    private final URI dynamoDb;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    /** A call as it went by. */
    record Call(String operation, String json) {}

    Wire(URI dynamoDb) throws IOException {
        this.dynamoDb = dynamoDb;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::carry);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The calls so far. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    /** How many connections the process holds. */
    long connections() throws IOException {
        var port = "%04X".formatted(server.getAddress().getPort());
        try (var lines = Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .map(Path::of)
                .filter(Files::exists)
                .flatMap(Wire::lines)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns[2].endsWith(":" + port) && OPEN.contains(columns[3]))
                    .count();
        }
    }

    private static Stream<String> lines(Path table) {
        try {
            return Files.readAllLines(table).stream().skip(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void carry(HttpExchange exchange) throws IOException {
        try {
            var body = exchange.getRequestBody().readAllBytes();
            var request = HttpRequest.newBuilder(dynamoDb).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders()
                    .forEach((name, values) -> values.stream()
                            .filter(value -> !ONE_CONNECTION_S.contains(name.toLowerCase(Locale.ROOT)))
                            .forEach(value -> request.header(name, value)));
            var target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            calls.add(new Call(target.substring(target.indexOf('.') + 1), new String(body, UTF_8)));
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            answer.headers().map().keySet().stream()
                    .filter(not(ONE_CONNECTION_S::contains))
                    .forEach(name -> exchange.getResponseHeaders()
                            .put(name, answer.headers().allValues(name)));
            if ("close".equals(exchange.getRequestHeaders().getFirst("Connection"))) {
                // Else the JDK's server closes it without a word, which HTTP asks for.
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.close();
    }
}
