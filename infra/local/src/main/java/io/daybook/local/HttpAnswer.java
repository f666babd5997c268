package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What goes back to the caller. */
final class HttpAnswer {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, List<String>> JSON_TYPE = Map.of("content-type", List.of("application/json"));

    /** The gateway sets these itself. */
    private static final Set<String> DROPPED = Set.of("connection", "content-length", "transfer-encoding");

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    HttpAnswer(int status, Map<String, List<String>> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** One of API Gateway's own answers. */
    static HttpAnswer message(int status, String message) {
        return new HttpAnswer(
                status, JSON_TYPE, "{\"message\":\"%s\"}".formatted(message).getBytes(UTF_8));
    }

    static HttpAnswer internalServerError() {
        return message(500, "Internal Server Error");
    }

    /** Reads a function's answer: payload format 2.0, where anything without a {@code statusCode} is itself the body. */
    static HttpAnswer of(byte[] functionAnswer) {
        try {
            var answer = JSON.readTree(functionAnswer);
            if (!answer.has("statusCode")) {
                return new HttpAnswer(200, JSON_TYPE, answer.isTextual() ? bytes(answer) : functionAnswer);
            }
            int status = answer.path("statusCode").asInt();
            if (status < 200 || status > 599) {
                return internalServerError();
            }
            var text = answer.path("body");
            var body = answer.path("isBase64Encoded").asBoolean()
                    ? Base64.getDecoder().decode(text.asText())
                    : bytes(text);
            return new HttpAnswer(status, headers(answer), body);
        } catch (IOException | IllegalArgumentException e) {
            return internalServerError();
        }
    }

    private static Map<String, List<String>> headers(JsonNode answer) {
        var headers = new LinkedHashMap<String, List<String>>();
        answer.path("headers").properties().forEach(header -> {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (!DROPPED.contains(name) && !header.getValue().isNull()) {
                headers.put(name, List.of(header.getValue().asText()));
            }
        });
        headers.putIfAbsent("content-type", List.of("application/json"));
        var cookies = answer.path("cookies").valueStream().map(JsonNode::asText).toList();
        if (!cookies.isEmpty()) {
            headers.put("set-cookie", cookies);
        }
        return headers;
    }

    private static byte[] bytes(JsonNode text) {
        return text.isNull() || text.isMissingNode()
                ? new byte[0]
                : text.asText().getBytes(UTF_8);
    }

    int status() {
        return status;
    }

    Map<String, List<String>> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }
}
