package io.daybook.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** The HTTP API: routes requests to functions as API Gateway does, on the loopback interface only. */
final class Gateway implements AutoCloseable {

    private static final int BODY_LIMIT = 10 * 1024 * 1024;
    private static final int HEADER_LIMIT = 10_240;

    static {
        // Without the first, each answer on a kept connection waits 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "4096");
    }

    private final HttpServer server;
    private final Map<String, Function<byte[], HttpAnswer>> pages = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Gateway(HttpServer server) {
        this.server = server;
    }

    /**
     * Takes the port, but answers nobody yet.
     *
     * @param port 0 for any free one
     */
    static Gateway bind(int port) {
        try {
            var address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
            return new Gateway(HttpServer.create(address, 1024));
        } catch (BindException e) {
            throw new StartException("Port " + port + " is in use; choose another one with --port.", e);
        } catch (IOException e) {
            throw new StartException("Port " + port + " can't be opened: " + e.getMessage(), e);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Answers on these routes, and for the operator on Lambda's own. */
    void serve(List<Route> routes, LambdaApi functions) {
        server.setExecutor(threads);
        server.createContext(LambdaApi.PATH, exchange -> {
            try (exchange) {
                var body = exchange.getRequestBody().readAllBytes();
                var path = exchange.getRequestURI().getPath();
                send(
                        exchange,
                        functions.answer(exchange.getRequestMethod(), path, body),
                        UUID.randomUUID().toString());
            }
        });
        server.createContext("/", exchange -> {
            try (exchange) {
                handle(exchange, routes);
            }
        });
        server.start();
    }

    /** From now on, answers on this path itself, whatever the template says. */
    void show(String path, Function<byte[], HttpAnswer> page) {
        pages.put(path, page);
    }

    /** Lets what is under way end, up to the limit. */
    @Override
    public void close() {
        server.stop(1);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange, List<Route> routes) throws IOException {
        var requestId = UUID.randomUUID().toString();
        HttpAnswer answer;
        var page = pages.get(exchange.getRequestURI().getPath());
        try {
            answer = page == null
                    ? answer(exchange, routes, requestId)
                    : page.apply(exchange.getRequestBody().readNBytes(BODY_LIMIT));
        } catch (IllegalArgumentException e) {
            answer = HttpAnswer.message(400, "Bad Request");
        }
        send(exchange, answer, requestId);
    }

    private HttpAnswer answer(HttpExchange exchange, List<Route> routes, String requestId) throws IOException {
        var headers = headers(exchange);
        var target = target(exchange.getRequestURI());
        if (target.length() + size(headers) > HEADER_LIMIT) {
            return HttpAnswer.message(431, "Request Header Fields Too Large");
        }
        var body = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
        if (body.length > BODY_LIMIT) {
            drain(exchange.getRequestBody());
            return HttpAnswer.message(413, "Request Entity Too Large");
        }
        var event = new HttpEvent(requestId, exchange, target, headers, body);
        var match = Route.find(routes, event.method(), event.rawPath());
        if (match.isEmpty()) {
            return HttpAnswer.message(404, "Not Found");
        }
        var json = event.toJson(match.get(), Instant.now());
        try {
            return HttpAnswer.of(match.get().route().function().invoke(json));
        } catch (FunctionException e) {
            return HttpAnswer.internalServerError();
        }
    }

    /** Not {@code getPath}: of {@code //a/b} that would drop {@code a} as a host. */
    private static String target(URI uri) {
        return uri.toString().replaceFirst("^https?://[^/?]*", "").replaceFirst("#.*$", "");
    }

    private static Map<String, List<String>> headers(HttpExchange exchange) {
        var headers = new HashMap<String, List<String>>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
        headers.computeIfAbsent("x-amzn-trace-id", name -> List.of(newTraceId()));
        return headers;
    }

    private static int size(Map<String, List<String>> headers) {
        return headers.entrySet().stream()
                .mapToInt(header -> header.getValue().stream()
                        .mapToInt(value -> header.getKey().length() + value.length())
                        .sum())
                .sum();
    }

    private static String newTraceId() {
        var random = ThreadLocalRandom.current();
        var hex = HexFormat.of();
        return "Root=1-%s-%s%s"
                .formatted(
                        hex.toHexDigits((int) Instant.now().getEpochSecond()),
                        hex.toHexDigits(random.nextLong()),
                        hex.toHexDigits(random.nextInt()));
    }

    /** A caller that is still sending would see a broken connection instead of the answer. */
    private static void drain(InputStream body) throws IOException {
        body.transferTo(OutputStream.nullOutputStream());
    }

    private static void send(HttpExchange exchange, HttpAnswer answer, String requestId) throws IOException {
        var headers = exchange.getResponseHeaders();
        int status = answer.status();
        var body = answer.body();
        try {
            answer.headers().forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
        } catch (IllegalArgumentException e) {
            headers.clear();
            status = 500;
            body = HttpAnswer.internalServerError().body();
        }
        headers.set("apigw-requestid", requestId);
        boolean bodiless =
                status == 204 || status == 304 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, bodiless || body.length == 0 ? -1 : body.length);
        if (!bodiless) {
            exchange.getResponseBody().write(body);
        }
    }
}
