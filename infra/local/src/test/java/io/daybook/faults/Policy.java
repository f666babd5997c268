package io.daybook.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What may be called: as much of IAM's language as the template speaks, and an error at what is beyond it. */
record Policy(List<Statement> statements) {

    /**
     * Some actions on some resources.
     *
     * @param conditions each of which has to hold
     */
    record Statement(List<String> actions, List<String> resources, List<Condition> conditions) {
        boolean allows(AwsCall call, String action, String resource) {
            return call.action().equals(action)
                    && like(resource, call.resource())
                    && conditions.stream().allMatch(condition -> condition.holds(call));
        }

        boolean allows(AwsCall call) {
            return actions.stream()
                    .anyMatch(action -> resources.stream().anyMatch(resource -> allows(call, action, resource)));
        }
    }

    /** What a statement asks of one key of a call. */
    record Condition(String operator, String key, List<String> wanted) {
        boolean holds(AwsCall call) {
            var values = call.keys().getOrDefault(key, List.of());
            return switch (operator) {
                case "ForAnyValue:StringEquals" -> values.stream().anyMatch(wanted::contains);
                // True of no value at all.
                case "ForAllValues:StringLike" ->
                    values.stream().allMatch(value -> wanted.stream().anyMatch(pattern -> like(pattern, value)));
                case "Null" -> wanted.contains(Boolean.toString(values.isEmpty()));
                default -> throw new IllegalArgumentException("not understood: " + operator);
            };
        }
    }

    /** An action on a resource, whatever the conditions. */
    record Grant(String action, String resource) {}

    /** Reads statements as the template has them, their ARNs resolved. */
    static Policy of(Collection<JsonNode> statements) {
        return new Policy(statements.stream().map(Policy::statement).toList());
    }

    private static Statement statement(JsonNode json) {
        if (!json.path("Effect").asText().equals("Allow")) {
            throw new IllegalArgumentException("not understood: " + json);
        }
        var conditions = new ArrayList<Condition>();
        json.path("Condition")
                .properties()
                .forEach(operator -> operator.getValue()
                        .properties()
                        .forEach(key ->
                                conditions.add(new Condition(operator.getKey(), key.getKey(), texts(key.getValue())))));
        return new Statement(texts(json.path("Action")), texts(json.path("Resource")), conditions);
    }

    private static List<String> texts(JsonNode json) {
        return json.isArray() ? json.valueStream().map(JsonNode::asText).toList() : List.of(json.asText());
    }

    private static boolean like(String pattern, String value) {
        return Pattern.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"), value);
    }

    boolean allows(AwsCall call) {
        return statements.stream().anyMatch(statement -> statement.allows(call));
    }

    Set<Grant> grants() {
        return statements.stream()
                .flatMap(statement -> statement.actions().stream()
                        .flatMap(action -> statement.resources().stream().map(resource -> new Grant(action, resource))))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The calls that it does not allow, and what it allows that none of the calls needs. */
    List<String> deviations(Collection<AwsCall> calls) {
        var deviations = new LinkedHashSet<String>();
        calls.stream()
                .filter(call -> !allows(call))
                .forEach(call -> deviations.add(
                        "not allowed: " + call.action() + " on " + call.resource() + " with " + call.keys()));
        for (var statement : statements) {
            for (var action : statement.actions()) {
                for (var resource : statement.resources()) {
                    if (calls.stream().noneMatch(call -> statement.allows(call, action, resource))) {
                        deviations.add("never used: " + action + " on " + resource);
                    }
                }
            }
        }
        return List.copyOf(deviations);
    }
}
