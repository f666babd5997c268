package io.daybook.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Resolves a template's nodes to values, each only when it is asked for. {@code AWS::NoValue} is a missing node. */
final class Intrinsics {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");

    private final Template template;
    private final Parameters parameters;
    private final Stack stack;
    private final Set<String> conditionsUnderWay = new HashSet<>();

    Intrinsics(Template template, Map<String, String> parameters, Stack stack) {
        this.template = template;
        this.parameters = new Parameters(template, parameters);
        this.stack = stack;
    }

    JsonNode resolve(Node node) {
        return Call.of(node).map(call -> apply(call, node)).orElseGet(() -> literal(node));
    }

    /** Follows {@code Fn::If} down to the node that stands, so that a choice between mappings keeps its lines. */
    Node choose(Node node) {
        return Call.of(node)
                .filter(call -> call.function().equals("Fn::If"))
                .map(call -> choose(branch(call, node)))
                .orElse(node);
    }

    boolean holds(String condition, Node at) {
        var node = template.at("Conditions", condition)
                .orElseThrow(() -> template.error(at, "there is no condition " + condition));
        if (!conditionsUnderWay.add(condition)) {
            throw template.error(at, "the condition " + condition + " depends on itself");
        }
        try {
            return truth(node);
        } finally {
            conditionsUnderWay.remove(condition);
        }
    }

    private JsonNode apply(Call call, Node at) {
        return switch (call.function()) {
            case "Ref" -> ref(template.scalar(call.argument()), at);
            case "Fn::GetAtt" -> getAtt(call, at);
            case "Fn::Sub" -> sub(call, at);
            case "Fn::If" -> resolve(branch(call, at));
            case "Fn::Join" -> join(call, at);
            case "Fn::Select" -> select(call, at);
            case "Fn::Split" -> split(call, at);
            case "Fn::FindInMap" -> findInMap(call, at);
            case "Fn::Equals" -> {
                var sides = arguments(call, 2, at);
                yield BooleanNode.valueOf(comparable(sides.get(0)).equals(comparable(sides.get(1))));
            }
            case "Fn::Not" -> BooleanNode.valueOf(!truth(arguments(call, 1, at).getFirst()));
            case "Fn::And" -> BooleanNode.valueOf(call.arguments().stream().allMatch(this::truth));
            case "Fn::Or" -> BooleanNode.valueOf(call.arguments().stream().anyMatch(this::truth));
            case "Condition" -> BooleanNode.valueOf(holds(template.scalar(call.argument()), at));
            default -> throw template.error(at, "the local cloud does not understand " + call.function());
        };
    }

    private JsonNode ref(String name, Node at) {
        if (name.equals("AWS::NoValue")) {
            return MissingNode.getInstance();
        }
        if (name.startsWith("AWS::")) {
            return TextNode.valueOf(stack.pseudoParameter(name)
                    .orElseThrow(() -> template.error(at, "the local cloud does not understand " + name)));
        }
        if (template.at("Parameters", name).isPresent()) {
            return parameters.value(name, at);
        }
        return TextNode.valueOf(stack.physicalId(resource(name, at)));
    }

    private Template.Resource resource(String name, Node at) {
        return template.resource(name)
                .orElseThrow(() -> template.error(at, "there is no parameter or resource " + name));
    }

    private JsonNode getAtt(Call call, Node at) {
        if (call.argument() instanceof SequenceNode) {
            var parts = arguments(call, 2, at);
            return attribute(template.scalar(parts.get(0)), text(parts.get(1)), at);
        }
        var dotted = template.scalar(call.argument());
        int dot = dotted.indexOf('.');
        if (dot < 0) {
            throw template.error(at, "GetAtt needs a resource and an attribute, as in Queue.Arn");
        }
        return attribute(dotted.substring(0, dot), dotted.substring(dot + 1), at);
    }

    private JsonNode attribute(String name, String attribute, Node at) {
        var resource = resource(name, at);
        return TextNode.valueOf(stack.attribute(resource, attribute)
                .orElseThrow(() -> template.error(
                        at,
                        "the local cloud does not know %s of %s, a %s".formatted(attribute, name, resource.type()))));
    }

    private JsonNode sub(Call call, Node at) {
        Map<String, JsonNode> variables = new HashMap<>();
        var items = call.arguments();
        if (call.argument() instanceof SequenceNode) {
            for (var tuple : template.mapping(arguments(call, 2, at).get(1)).getValue()) {
                variables.put(template.scalar(tuple.getKeyNode()), resolve(tuple.getValueNode()));
            }
        }
        return TextNode.valueOf(PLACEHOLDER
                .matcher(template.scalar(items.getFirst()))
                .replaceAll(match -> Matcher.quoteReplacement(placeholder(match.group(1), variables, at))));
    }

    private String placeholder(String name, Map<String, JsonNode> variables, Node at) {
        if (name.startsWith("!")) {
            return "${" + name.substring(1) + "}";
        }
        var own = variables.get(name);
        if (own != null) {
            return text(own, at);
        }
        int dot = name.indexOf('.');
        return text(dot < 0 ? ref(name, at) : attribute(name.substring(0, dot), name.substring(dot + 1), at), at);
    }

    private Node branch(Call call, Node at) {
        var parts = arguments(call, 3, at);
        return holds(template.scalar(parts.get(0)), at) ? parts.get(1) : parts.get(2);
    }

    private JsonNode join(Call call, Node at) {
        var parts = arguments(call, 2, at);
        return TextNode.valueOf(StreamSupport.stream(list(parts.get(1)).spliterator(), false)
                .map(item -> text(item, at))
                .collect(Collectors.joining(template.scalar(parts.get(0)))));
    }

    private JsonNode select(Call call, Node at) {
        var parts = arguments(call, 2, at);
        var list = list(parts.get(1));
        var index = text(parts.get(0));
        if (!index.matches("\\d{1,9}") || Integer.parseInt(index) >= list.size()) {
            throw template.error(at, "Select finds no item " + index + " in a list of " + list.size());
        }
        return list.get(Integer.parseInt(index));
    }

    private JsonNode split(Call call, Node at) {
        var parts = arguments(call, 2, at);
        var result = JSON.arrayNode();
        for (var item : text(parts.get(1)).split(Pattern.quote(template.scalar(parts.get(0))), -1)) {
            result.add(item);
        }
        return result;
    }

    private JsonNode findInMap(Call call, Node at) {
        var keys = arguments(call, 3, at).stream().map(this::text).toList();
        return template.at("Mappings", keys.get(0), keys.get(1), keys.get(2))
                .map(this::resolve)
                .orElseThrow(() -> template.error(at, "there is no mapping " + String.join(".", keys)));
    }

    private boolean truth(Node node) {
        var named = Call.of(node).isEmpty() ? Template.child(node, "Condition") : Optional.<Node>empty();
        var value = named.isPresent() ? BooleanNode.valueOf(holds(template.scalar(named.get()), node)) : resolve(node);
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        throw template.error(node, "a condition is expected here");
    }

    private JsonNode literal(Node node) {
        return switch (node) {
            case MappingNode mapping -> object(mapping);
            case SequenceNode sequence -> array(sequence);
            default -> scalar((ScalarNode) node);
        };
    }

    private JsonNode object(MappingNode mapping) {
        var object = JSON.objectNode();
        for (var tuple : mapping.getValue()) {
            var value = resolve(tuple.getValueNode());
            if (!value.isMissingNode()) {
                object.set(template.scalar(tuple.getKeyNode()), value);
            }
        }
        return object;
    }

    private JsonNode array(SequenceNode sequence) {
        var array = JSON.arrayNode();
        sequence.getValue().stream()
                .map(this::resolve)
                .filter(item -> !item.isMissingNode())
                .forEach(array::add);
        return array;
    }

    private static JsonNode scalar(ScalarNode node) {
        var value = node.getValue();
        if (node.getTag().equals(Tag.INT) && value.matches("[-+]?\\d{1,18}")) {
            return JSON.numberNode(Long.parseLong(value));
        }
        if (node.getTag().equals(Tag.BOOL)) {
            return BooleanNode.valueOf(Set.of("true", "yes", "on").contains(value.toLowerCase(Locale.ROOT)));
        }
        return node.getTag().equals(Tag.NULL) ? JSON.nullNode() : TextNode.valueOf(value);
    }

    private List<Node> arguments(Call call, int count, Node at) {
        if (call.arguments().size() != count) {
            throw template.error(at, "%s needs %d arguments".formatted(call.function(), count));
        }
        return call.arguments();
    }

    private JsonNode list(Node node) {
        var value = resolve(node);
        if (value.isArray()) {
            return value;
        }
        throw template.error(node, "a list is expected here");
    }

    private String text(Node node) {
        return text(
                node instanceof ScalarNode scalar && Call.of(node).isEmpty() ? scalar(scalar) : resolve(node), node);
    }

    private String text(JsonNode value, Node at) {
        if (value.isValueNode() && !value.isNull()) {
            return value.asText();
        }
        throw template.error(at, "a single value is expected here");
    }

    private JsonNode comparable(Node node) {
        var value = resolve(node);
        return value.isValueNode() ? TextNode.valueOf(value.asText()) : value;
    }
}
