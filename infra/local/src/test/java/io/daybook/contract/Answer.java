package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the server has answered. */
record Answer(String request, int status, HttpHeaders headers, String body) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Fails unless the answer has this status. */
    Answer is(int expected) {
        assertThat(status).as("%s%n%s", request, body).isEqualTo(expected);
        return this;
    }

    /** Fails unless the answer is this problem, as RFC 9457 has it. */
    Answer is(int expected, String code) {
        is(expected);
        assertThat(header("content-type")).as("%s%n%s", request, body).contains("application/problem+json");
        assertThat(text("/type")).as("%s%n%s", request, body).isEqualTo("urn:daybook:" + code);
        assertThat(at("/status").asInt()).isEqualTo(expected);
        assertThat(text("/title")).isNotBlank();
        assertThat(text("/detail")).isNotBlank();
        return this;
    }

    /** Fails unless the request was refused with exactly these faults of its body. */
    Answer invalidAt(String... pointers) {
        is(400, "invalid-request");
        assertThat(named("pointer")).as("%s%n%s", request, body).containsExactlyInAnyOrder(pointers);
        return this;
    }

    /** Fails unless the request was refused for exactly these parameters. */
    Answer invalidParameter(String... names) {
        is(400, "invalid-request");
        assertThat(named("parameter")).as("%s%n%s", request, body).containsExactlyInAnyOrder(names);
        return this;
    }

    private List<String> named(String member) {
        return at("/errors")
                .valueStream()
                .peek(error -> assertThat(error.path("detail").asText()).isNotBlank())
                .filter(error -> error.has(member))
                .map(error -> error.path(member).asText())
                .toList();
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError(request + " answered no JSON: " + body, e);
        }
    }

    JsonNode at(String pointer) {
        return json().at(pointer);
    }

    String text(String pointer) {
        var node = at(pointer);
        assertThat(node.isMissingNode())
                .as("%s has no %s%n%s", request, pointer, body)
                .isFalse();
        return node.asText();
    }

    String id() {
        return text("/id");
    }

    /** The items of a page, or the results of a batch. */
    List<JsonNode> items(String pointer) {
        return at(pointer).valueStream().toList();
    }

    /** One member of each of the items of a page. */
    List<String> each(String member) {
        return items("/items").stream().map(item -> item.path(member).asText()).toList();
    }

    Stream<JsonNode> results() {
        return at("/results").valueStream();
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    boolean replayed() {
        return header("idempotency-replayed").equals(Optional.of("true"));
    }
}
