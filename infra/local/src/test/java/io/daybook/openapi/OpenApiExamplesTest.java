package io.daybook.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every example of {@code infra/openapi.yaml} is what its schema allows, and every call has one. */
class OpenApiExamplesTest {
    private static final OpenApi OPEN_API = OpenApi.read();

    @TestFactory
    Stream<DynamicTest> every_example_fits_its_schema() {
        var tests = new ArrayList<DynamicTest>();
        for (var operation : OPEN_API.operations()) {
            collect(tests, operation.id() + " request", operation.node().path("requestBody"));
            operation.node().path("responses").properties().forEach(response -> {
                var answer = OPEN_API.resolved(response.getValue());
                collect(tests, operation.id() + " " + response.getKey(), answer);
                answer.path("headers")
                        .properties()
                        .forEach(header ->
                                collect(tests, header.getKey(), List.of(OPEN_API.resolved(header.getValue()))));
            });
            Stream.of(operation.node(), OPEN_API.at("/paths").path(operation.path()))
                    .flatMap(node -> node.path("parameters").valueStream())
                    .map(OPEN_API::resolved)
                    .forEach(parameter -> collect(
                            tests, operation.id() + " " + parameter.path("name").asText(), List.of(parameter)));
        }
        assertThat(tests).hasSizeGreaterThan(200);
        return tests.stream();
    }

    /** Of a body, whose examples and schema are those of its media types. */
    private static void collect(List<DynamicTest> tests, String name, JsonNode body) {
        collect(tests, name, body.path("content").valueStream().toList());
    }

    /** Of media types, parameters or headers. */
    private static void collect(List<DynamicTest> tests, String name, List<JsonNode> nodes) {
        for (var node : nodes) {
            examples(node)
                    .forEach(example -> tests.add(dynamicTest(
                            name,
                            () -> assertThat(OPEN_API.faults(node.path("schema"), example))
                                    .as("%s", example)
                                    .isEmpty())));
        }
    }

    private static Stream<JsonNode> examples(JsonNode node) {
        var named = node.path("examples").valueStream().map(OPEN_API::resolved).map(example -> example.path("value"));
        return node.has("example") ? Stream.concat(Stream.of(node.path("example")), named) : named;
    }

    @Test
    void every_body_has_an_example() {
        for (var operation : OPEN_API.operations()) {
            var bodies = Stream.concat(
                    Stream.of(operation.node().path("requestBody")),
                    operation.node().path("responses").valueStream().map(OPEN_API::resolved));
            assertThat(bodies.flatMap(body -> body.path("content").valueStream()))
                    .as(operation.id())
                    .allSatisfy(content -> assertThat(examples(content)).isNotEmpty());
        }
    }
}
