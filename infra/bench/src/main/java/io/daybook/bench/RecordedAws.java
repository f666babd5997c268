package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * DynamoDB and SQS that answer at once, or after a set time: each call is answered by the local cloud the first time that
 * it is made, and after that from memory. A read is the same call when it asks the same, a write whenever it has the same
 * name.
 */
final class RecordedAws implements AutoCloseable {
    private static final Set<String> READS = Set.of("GetItem", "BatchGetItem", "Query");
    private static final JsonMapper JSON = new JsonMapper();

    private final URI dynamoDb;
    private final URI sqs;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private volatile Map<String, Duration> latencies = Map.of();

    RecordedAws(URI dynamoDb, URI sqs) throws IOException {
        this.dynamoDb = dynamoDb;
        this.sqs = sqs;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** How long each operation takes from now on; those that are not named take no time. */
    void latencies(Map<String, Duration> byOperation) {
        latencies = byOperation;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
            var operation = target.substring(target.indexOf('.') + 1);
            var request = exchange.getRequestBody().readAllBytes();
            var key = READS.contains(operation) ? operation + new String(request, UTF_8) : operation;
            var answer = answers.get(key);
            if (answer == null) {
                answer = ask(exchange, target, request);
                answers.put(key, answer);
            }
            if (operation.equals("SendMessage")) {
                answer = withDigest(answer, request);
            }
            Thread.sleep(latencies.getOrDefault(operation, Duration.ZERO));
            exchange.getResponseHeaders()
                    .set("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"));
            if ("close".equals(exchange.getRequestHeaders().getFirst("Connection"))) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] ask(HttpExchange exchange, String target, byte[] request) throws IOException, InterruptedException {
        var call = HttpRequest.newBuilder(target.startsWith("DynamoDB") ? dynamoDb : sqs)
                .header("X-Amz-Target", target)
                .header("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"))
                .header("Authorization", exchange.getRequestHeaders().getFirst("Authorization"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(request));
        var answer = client.send(call.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
            return answer.body();
        }
        // A condition that failed here, since the same write was made before: what is measured is a first one.
        if (target.endsWith(".TransactWriteItems")) {
            return "{}".getBytes(UTF_8);
        }
        throw new IllegalStateException(target + ": " + new String(answer.body(), UTF_8));
    }

    /** SQS answers with the digest of the message, which the SDK compares. */
    private static byte[] withDigest(byte[] answer, byte[] request) throws IOException {
        var body = JSON.readTree(request).path("MessageBody").asText().getBytes(UTF_8);
        try {
            var digest = MessageDigest.getInstance("MD5").digest(body);
            var node = (ObjectNode) JSON.readTree(answer);
            return JSON.writeValueAsBytes(
                    node.put("MD5OfMessageBody", HexFormat.of().formatHex(digest)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.close();
    }
}
