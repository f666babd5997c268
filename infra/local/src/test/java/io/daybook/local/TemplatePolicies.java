package io.daybook.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a template allows its functions, with the names and ARNs that its resources have in the local cloud. */
public final class TemplatePolicies {
    private final Stack stack;

    public TemplatePolicies(Path template) {
        // A policy names ARNs, never endpoints.
        var nowhere = URI.create("http://127.0.0.1");
        stack = new Stack(Template.read(template), Map.of(), Services.embedded(nowhere, nowhere), nowhere);
    }

    /** The logical ids of all functions. */
    public List<String> functions() {
        return stack.resources(Stack.FUNCTION).stream()
                .map(Template.Resource::logicalId)
                .toList();
    }

    /** The statements of a function's own policies. */
    public List<JsonNode> statements(String function) {
        return function(function).list("Policies").stream()
                .flatMap(policy -> policy.path("Statement").valueStream())
                .toList();
    }

    /** Whether it is the template's boundary that bounds a function. */
    public boolean isBounded(String function) {
        return function(function).text("PermissionsBoundary").equals(stack.physicalId(stack.resource("Boundary")));
    }

    /** The statements of the boundary. */
    public List<JsonNode> boundary() {
        return stack.properties(stack.resource("Boundary"))
                .section("PolicyDocument")
                .list("Statement");
    }

    /** The ARNs of the queues that trigger a function. */
    public Stream<String> queues(String function) {
        var events = function(function).section("Events");
        return events.keys().stream()
                .map(events::section)
                .filter(event -> event.text("Type").equals("SQS"))
                .map(event -> event.section("Properties").text("Queue"));
    }

    private Section function(String logicalId) {
        return stack.properties(stack.resource(logicalId));
    }
}
