package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.local.FunctionException;
import io.daybook.local.LocalCloud;
import io.daybook.local.SuiteCloud;
import io.daybook.openapi.OpenApiValidator;
import io.daybook.runtime.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A whole Daybook on this machine, as its callers see it: over HTTP. What it answers is held against openapi.yaml. */
final class Daybook implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final OpenApiValidator OPEN_API = new OpenApiValidator();

    /** What no answer ever carries. */
    private static final Pattern INSIDES = Pattern.compile("Exception|at io\\.|software\\.amazon|amazonaws");

    private static final Duration LONGEST_LAG = Duration.ofSeconds(15);

    /** What PostBatch has called of DynamoDB's writes. */
    private static final AtomicInteger BATCH_WRITES = new AtomicInteger();

    private static final class Shared {
        private static final Daybook DAYBOOK = start(SuiteCloud.options().deployments(environment -> {
            var deployment = Deployment.of(environment);
            return environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "").endsWith("PostBatch")
                    ? new Deployment(environment, counted(deployment.dynamoDb()), deployment.sqs(), deployment.clock())
                    : deployment;
        }));

        static {
            // What it made at an endpoint must not stay there.
            Runtime.getRuntime().addShutdownHook(new Thread(DAYBOOK::close));
        }
    }

    private final LocalCloud cloud;

    private Daybook(LocalCloud cloud) {
        this.cloud = cloud;
    }

    /** The one that all tests of a run share. Its schedules run when they are invoked. */
    static Daybook shared() {
        return Shared.DAYBOOK;
    }

    static Daybook start(LocalCloud.Options options) {
        return new Daybook(LocalCloud.start(options));
    }

    /** How many TransactWriteItems batches have made so far. */
    static int batchWrites() {
        return BATCH_WRITES.get();
    }

    private static DynamoDbClient counted(DynamoDbClient client) {
        return (DynamoDbClient) Proxy.newProxyInstance(
                Daybook.class.getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("transactWriteItems")) {
                        BATCH_WRITES.incrementAndGet();
                    }
                    try {
                        return method.invoke(client, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    LocalCloud cloud() {
        return cloud;
    }

    Answer get(String path, String... headers) {
        return send("GET", path, new byte[0], headers);
    }

    /** @param body JSON, which may have ' for " */
    Answer put(String path, String body, String... headers) {
        return send("PUT", path, bytes(body), headers);
    }

    Answer patch(String path, String body, String... headers) {
        return send("PATCH", path, bytes(body), headers);
    }

    /** @param body null for none */
    Answer post(String path, @Nullable String body, String... headers) {
        return send("POST", path, body == null ? new byte[0] : bytes(body), headers);
    }

    /** Sends a request as JSON, unless the headers, names and values in turn, say otherwise. */
    Answer send(String method, String path, byte[] body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(cloud.uri() + path))
                .timeout(Duration.ofSeconds(40))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (body.length > 0 && !List.of(headers).contains("content-type")) {
            request.header("content-type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            if (!headers[i + 1].isEmpty()) {
                request.header(headers[i], headers[i + 1]);
            }
        }
        try {
            var response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.body()).as(path).doesNotContainPattern(INSIDES);
            OPEN_API.check(response);
            return new Answer(method + " " + path, response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All items of a list, page by page. */
    List<JsonNode> all(String path) {
        var items = new ArrayList<JsonNode>();
        var next = path;
        while (true) {
            var page = get(next).is(200);
            items.addAll(page.items("/items"));
            if (page.at("/next").isNull()) {
                return items;
            }
            next = path + (path.contains("?") ? "&" : "?") + "cursor=" + page.text("/next");
        }
    }

    /** Runs a scheduled function now. */
    void invoke(String function) {
        try {
            cloud.invoke(function, """
                    {"version":"0","id":"5ad1e1de-4a14-4e0f-b1f5-4d2bd6d11f42","detail-type":"Scheduled Event",
                     "source":"aws.events","account":"000000000000","time":"2026-01-01T00:00:00Z","region":"eu-west-1",
                     "resources":[],"detail":{}}""");
        } catch (FunctionException e) {
            throw new AssertionError(function + " failed", e);
        }
    }

    @Override
    public void close() {
        cloud.close();
    }

    /** Tries again until this holds, since views are a moment behind. */
    static void eventually(Runnable assertion) {
        var giveUpAt = Instant.now().plus(LONGEST_LAG);
        while (true) {
            try {
                assertion.run();
                return;
            } catch (AssertionError e) {
                if (Instant.now().isAfter(giveUpAt)) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Waits until the clock has passed this time. */
    static void until(Instant instant) {
        while (!Instant.now().isAfter(instant)) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(quoted(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** With the quotes that JSON has, so that a test can do without a backslash for each. */
    static String quoted(String text) {
        return text.replace('\'', '"');
    }

    static byte[] bytes(String text) {
        return quoted(text).getBytes(StandardCharsets.UTF_8);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A query of these parameters. */
    static String query(Map<String, String> parameters) {
        return "?"
                + String.join(
                        "&",
                        parameters.entrySet().stream()
                                .map(pair -> pair.getKey() + "=" + encoded(pair.getValue()))
                                .toList());
    }
}
