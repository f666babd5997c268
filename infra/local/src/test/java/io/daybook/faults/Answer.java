package io.daybook.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.HashMap;
import java.util.Map;

/**
 * What a caller gets.
 *
 * @param headers in lower case
 */
record Answer(int status, Map<String, String> headers, String text) {
    private static final JsonMapper JSON = new JsonMapper();

    /** What a function has answered to API Gateway. */
    static Answer of(JsonNode answer) {
        var headers = new HashMap<String, String>();
        answer.path("headers").forEachEntry((name, value) -> headers.put(name, value.asText()));
        return new Answer(
                answer.path("statusCode").asInt(), headers, answer.path("body").asText());
    }

    JsonNode body() {
        return parse(text);
    }

    /** The problem's code; empty where it is none. */
    String problem() {
        return body().path("type").asText().replace("urn:daybook:", "");
    }

    /** The transaction's id. */
    String id() {
        return body().path("id").asText();
    }

    boolean replayed() {
        return "true".equals(headers.get("idempotency-replayed"));
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
