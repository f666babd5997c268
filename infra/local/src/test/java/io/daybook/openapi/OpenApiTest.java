package io.daybook.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code infra/openapi.yaml} says what {@code template.yaml} and the handlers do. */
class OpenApiTest {
    private static final OpenApi OPEN_API = OpenApi.read();

    private record Route(String handler, Set<String> scopes) {}

    private record Described(int status, String title) {}

    @Test
    void has_the_routes_of_the_template_and_their_scopes() {
        var documented = new TreeMap<String, Route>();
        OPEN_API.operations()
                .forEach(operation -> documented.put(
                        operation.method() + " " + operation.path(), new Route(operation.id(), operation.scopes())));

        assertThat(documented).containsExactlyInAnyOrderEntriesOf(routesOfTemplate());
    }

    private static TreeMap<String, Route> routesOfTemplate() {
        var routes = new TreeMap<String, Route>();
        for (var function : OpenApi.yaml("template.yaml").path("Resources")) {
            for (var event : function.path("Properties").path("Events")) {
                if (event.path("Type").asText().equals("HttpApi")) {
                    var route = event.path("Properties");
                    routes.put(
                            route.path("Method").asText() + " "
                                    + route.path("Path").asText(),
                            new Route(operationId(function), scopes(route)));
                }
            }
        }
        return routes;
    }

    private static String operationId(JsonNode function) {
        var handler = function.path("Properties").path("Handler").asText().replaceFirst(".*\\.", "");
        return Character.toLowerCase(handler.charAt(0)) + handler.substring(1);
    }

    private static Set<String> scopes(JsonNode route) {
        return route.path("Auth")
                .path("AuthorizationScopes")
                .valueStream()
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
    }

    @Test
    void documents_every_problem_with_its_status_and_no_other() throws ReflectiveOperationException {
        var documented = new TreeMap<String, Integer>();
        for (var schema : OPEN_API.at("/components/schemas")) {
            var type = schema.at("/properties/type/const").asText();
            if (!type.isEmpty()) {
                var status = schema.at("/properties/status/const").asInt();
                assertThat(documented.put(code(type), status))
                        .as("a second schema of " + type)
                        .isNull();
            }
        }
        var expected = new TreeMap<String, Integer>();
        problemTypes().forEach((code, described) -> expected.put(code, described.status()));

        assertThat(documented).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void has_an_example_of_every_problem_with_its_title() throws ReflectiveOperationException {
        var examples = new TreeMap<String, Described>();
        for (var example : OPEN_API.at("/components/examples")) {
            var value = example.path("value");
            var type = value.path("type").asText();
            if (type.startsWith("urn:daybook:")) {
                examples.put(
                        code(type),
                        new Described(
                                value.path("status").asInt(),
                                value.path("title").asText()));
            }
        }

        assertThat(examples).containsExactlyInAnyOrderEntriesOf(problemTypes());
    }

    @Test
    void answers_each_problem_under_the_status_it_has() {
        OPEN_API.operations()
                .forEach(operation -> operation
                        .node()
                        .path("responses")
                        .properties()
                        .forEach(response -> problems(OPEN_API.resolved(response.getValue()))
                                .forEach(problem -> assertThat(problem.at("/properties/status/const")
                                                .asText())
                                        .as(operation.id() + " " + problem.at("/properties/type/const"))
                                        .isEqualTo(response.getKey()))));
    }

    private static Stream<JsonNode> problems(JsonNode response) {
        var schema = response.path("content").path("application/problem+json").path("schema");
        var choices = schema.has("oneOf") ? schema.path("oneOf").valueStream() : Stream.of(schema);
        return choices.filter(choice -> !choice.isMissingNode()).map(OPEN_API::resolved);
    }

    private static String code(String type) {
        return type.replaceFirst("^urn:daybook:", "");
    }

    /** Read by reflection, since problems are the api package's own business. */
    private static Map<String, Described> problemTypes() throws ReflectiveOperationException {
        var type = Class.forName("io.daybook.api.ProblemType");
        var types = new TreeMap<String, Described>();
        for (var constant : type.getEnumConstants()) {
            types.put(
                    (String) method(type, "code").invoke(constant),
                    new Described((int) method(type, "status").invoke(constant), (String)
                            method(type, "title").invoke(constant)));
        }
        return types;
    }

    private static Method method(Class<?> type, String name) throws NoSuchMethodException {
        var method = type.getDeclaredMethod(name);
        method.setAccessible(true);
        return method;
    }
}
