package io.daybook.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds live answers against {@code infra/openapi.yaml}. */
public final class OpenApiValidator {
    private static final String PROBLEM = "application/problem+json";
    /** Whoever gets one of these has to know when to ask again. */
    private static final Set<String> RETRIED = Set.of("contention", "outcome-unknown", "not-yet-projected");

    private final OpenApi openApi = OpenApi.read();
    private final Set<String> knownHeaders = openApi.operations().stream()
            .flatMap(operation -> operation.node().path("responses").valueStream())
            .flatMap(response -> openApi.resolved(response).path("headers").properties().stream())
            .map(header -> header.getKey().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());

    /** Fails, naming the request, unless the answer is as documented. */
    public void check(HttpResponse<String> response) {
        var request = response.request();
        check(request.method(), request.uri().getRawPath(), response.statusCode(), response.headers(), response.body());
    }

    /** Fails, naming the request, unless the answer is as documented. */
    public void check(String method, String path, int status, HttpHeaders headers, String body) {
        var faults = faults(method, path, status, headers, body);
        if (!faults.isEmpty()) {
            throw new AssertionError("%s %s answered %d, not as infra/openapi.yaml says:%n  %s%n%s"
                    .formatted(method, path, status, String.join(System.lineSeparator() + "  ", faults), body));
        }
    }

    /**
     * What of an answer is not as documented; nothing where all is.
     *
     * @param path as it was sent, with or without its query
     */
    public List<String> faults(String method, String path, int status, HttpHeaders headers, String body) {
        var operation = openApi.operation(method, path.replaceFirst("\\?.*", ""));
        if (operation.isEmpty()) {
            return status == 404
                    ? answerFaults(openApi.at("/components/responses/NoRoute"), headers, body)
                    : List.of("there is no such route, so that only 404 can be answered");
        }
        var response = operation.get().node().path("responses").path(Integer.toString(status));
        return response.isMissingNode()
                ? List.of(operation.get().id() + " does not document status " + status)
                : answerFaults(openApi.resolved(response), headers, body);
    }

    private List<String> answerFaults(JsonNode response, HttpHeaders headers, String body) {
        var faults = new ArrayList<String>();
        faults.addAll(headerFaults(response.path("headers"), headers));
        var type = headers.firstValue("content-type")
                .orElse("")
                .replaceFirst(";.*", "")
                .strip();
        if (response.path("content").isEmpty()) {
            if (!body.isEmpty()) {
                faults.add("there is a body where none is documented");
            }
        } else if (!response.path("content").has(type)) {
            faults.add("content type '" + type + "' is not documented");
        } else if (type.endsWith("json")) {
            faults.addAll(bodyFaults(response.path("content").path(type).path("schema"), body));
        }
        if (type.equals(PROBLEM)) {
            faults.addAll(problemFaults(headers, body));
        }
        return faults;
    }

    private List<String> headerFaults(JsonNode documented, HttpHeaders headers) {
        var faults = new ArrayList<String>();
        documented.properties().forEach(entry -> {
            var header = openApi.resolved(entry.getValue());
            var value = headers.firstValue(entry.getKey());
            if (value.isEmpty() && header.path("required").asBoolean()) {
                faults.add("header " + entry.getKey() + " is missing");
            }
            value.map(text -> header(header.path("schema"), text))
                    .map(node -> openApi.faults(header.path("schema"), node))
                    .ifPresent(wrong -> wrong.forEach(fault -> faults.add("header " + entry.getKey() + fault)));
        });
        var names = documented.properties().stream()
                .map(entry -> entry.getKey().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        headers.map().keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> knownHeaders.contains(name) && !names.contains(name))
                .forEach(name -> faults.add("header " + name + " is not documented for this answer"));
        return faults;
    }

    private static JsonNode header(JsonNode schema, String text) {
        return schema.path("type").asText().equals("integer") && text.matches("[0-9]{1,9}")
                ? IntNode.valueOf(Integer.parseInt(text))
                : TextNode.valueOf(text);
    }

    private List<String> bodyFaults(JsonNode schema, String body) {
        return parsed(body).map(value -> openApi.faults(schema, value)).orElse(List.of("the body is not JSON"));
    }

    /** What a header's "required" cannot say where API Gateway, too, answers with this status. */
    private static List<String> problemFaults(HttpHeaders headers, String body) {
        var faults = new ArrayList<String>();
        var code = parsed(body).map(it -> it.path("type").asText().replaceFirst("^urn:daybook:", ""));
        if (headers.firstValue("x-correlation-id").isEmpty()) {
            faults.add("a problem of Daybook's own has an X-Correlation-Id");
        }
        if (code.filter(RETRIED::contains).isPresent()
                && headers.firstValue("retry-after").isEmpty()) {
            faults.add("a problem of this type has a Retry-After");
        }
        return faults;
    }

    private static Optional<JsonNode> parsed(String body) {
        try {
            return Optional.of(OpenApi.JSON.readTree(body)).filter(node -> !node.isMissingNode());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
