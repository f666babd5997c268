package io.daybook.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;

/**
 * What a caller gets.
 *
 * @param headers in lower case
 */
record Answer(int status, Map<String, String> headers, String text) {
    private static final JsonMapper JSON = new JsonMapper();

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
