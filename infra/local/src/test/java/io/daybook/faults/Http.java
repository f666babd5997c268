package io.daybook.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.function.Supplier;

/** A caller. */
final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private static final Duration DECIDED = Duration.ofSeconds(60);

    private final URI base;

    Http(URI base) {
        this.base = base;
    }

    Answer get(String path) {
        return send("GET", path, "", "");
    }

    Answer post(String ledger, String key, String body) {
        return send("POST", "/v1/ledgers/" + ledger + "/transactions", key, body);
    }

    /**
     * Sends a request.
     *
     * @throws UncheckedIOException where there is no answer
     */
    Answer send(String method, String path, String key, String body) {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("content-type", "application/json");
        }
        if (!key.isEmpty()) {
            request.header("idempotency-key", key);
        }
        try {
            var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            var headers = new HashMap<String, String>();
            answer.headers().map().forEach((name, values) -> headers.put(name, String.join(",", values)));
            return new Answer(answer.statusCode(), headers, answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends again for as long as the answer is to come again, as a caller does. */
    static Answer untilDecided(Supplier<Answer> call) {
        long end = System.nanoTime() + DECIDED.toNanos();
        while (true) {
            var answer = call.get();
            if (answer.status() != 503 || System.nanoTime() > end) {
                return answer;
            }
        }
    }
}
