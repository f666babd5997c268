package io.daybook.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** An answer on its way to API Gateway. */
record Reply(int status, Map<String, String> headers, String body) {
    private static final String RETRY_AFTER_SECONDS = "1";

    static Reply json(int status, JsonNode body) {
        return new Reply(status, Map.of("content-type", "application/json"), body.toString());
    }

    static Reply problem(Problem problem) {
        var reply = new Reply(
                problem.type().status(),
                Map.of("content-type", "application/problem+json"),
                problem.json().toString());
        return switch (problem.type()) {
            case CONTENTION, OUTCOME_UNKNOWN, NOT_YET_PROJECTED -> reply.with("retry-after", RETRY_AFTER_SECONDS);
            default -> reply;
        };
    }

    Reply with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new Reply(status, more, body);
    }

    /** With leave to be kept: the same request, by the same caller, will never be answered otherwise. */
    Reply forGood() {
        return with("cache-control", "private, max-age=31536000, immutable");
    }

    /** As 304 without a body where the caller has this state already, by its {@code If-None-Match}. */
    Reply unlessKnown(String etag, Request request) {
        var tagged = with("etag", etag);
        var known = request.header("if-none-match")
                .map(tags -> java.util.Arrays.stream(tags.split(","))
                        .map(tag -> tag.strip().replaceFirst("^W/", ""))
                        .anyMatch(tag -> tag.equals(etag) || tag.equals("*")))
                .orElse(false);
        if (!known) {
            return tagged;
        }
        var headers = new HashMap<>(tagged.headers());
        headers.remove("content-type");
        return new Reply(304, headers, "");
    }

    /** As API Gateway takes it (payload 2.0). */
    JsonNode encode() {
        var answer = Json.object().put("statusCode", status);
        headers.forEach(answer.putObject("headers")::put);
        return answer.put("body", body);
    }
}
