package io.daybook.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A mapping of the template, each value resolved when it is asked for. It may lie over another one: the
 * properties of a function over {@code Globals}.
 */
final class Section {

    private final Template template;
    private final Intrinsics intrinsics;
    private final Node at;
    private final List<MappingNode> layers;

    private Section(Template template, Intrinsics intrinsics, Node at, List<MappingNode> layers) {
        this.template = template;
        this.intrinsics = intrinsics;
        this.at = at;
        this.layers = layers;
    }

    /** The first node that has a key decides; mappings are merged. */
    static Section of(Template template, Intrinsics intrinsics, Node at, List<Node> nodes) {
        var layers = new ArrayList<MappingNode>();
        for (var node : nodes) {
            var chosen = intrinsics.choose(node);
            if (Call.of(chosen).isEmpty() && chosen instanceof MappingNode mapping) {
                layers.add(mapping);
            } else if (intrinsics.resolve(chosen).isMissingNode()) {
                break;
            } else {
                throw template.error(chosen, "a mapping is expected here");
            }
        }
        return new Section(template, intrinsics, at, List.copyOf(layers));
    }

    Set<String> keys() {
        var keys = new LinkedHashSet<String>();
        layers.forEach(layer -> layer.getValue().forEach(tuple -> keys.add(template.scalar(tuple.getKeyNode()))));
        return keys;
    }

    /** Empty where there is no such key. */
    Section section(String key) {
        var children = children(key);
        return of(template, intrinsics, children.isEmpty() ? at : children.getFirst(), children);
    }

    Optional<JsonNode> value(String key) {
        return children(key).stream().findFirst().map(intrinsics::resolve).filter(value -> !value.isMissingNode());
    }

    String text(String key) {
        return value(key).map(value -> scalar(key, value)).orElseThrow(() -> error(key + " is missing"));
    }

    Optional<String> optionalText(String key) {
        return value(key).map(value -> scalar(key, value));
    }

    int number(String key, int otherwise) {
        var text = optionalText(key).orElse(Integer.toString(otherwise));
        if (!text.matches("-?\\d{1,9}")) {
            throw error(key + " must be a whole number");
        }
        return Integer.parseInt(text);
    }

    boolean flag(String key, boolean otherwise) {
        return optionalText(key).map(Boolean::parseBoolean).orElse(otherwise);
    }

    /** Empty where there is no such key. */
    List<JsonNode> list(String key) {
        var items = new ArrayList<JsonNode>();
        value(key).ifPresent(value -> {
            if (!value.isArray()) {
                throw error(key + " must be a list");
            }
            value.forEach(items::add);
        });
        return items;
    }

    ObjectNode json() {
        var object = JsonNodeFactory.instance.objectNode();
        keys().forEach(key -> value(key).ifPresent(value -> object.set(key, value)));
        return object;
    }

    StartException error(String what) {
        return template.error(at, what);
    }

    private List<Node> children(String key) {
        return layers.stream()
                .flatMap(layer -> Template.child(layer, key).stream())
                .toList();
    }

    private String scalar(String key, JsonNode value) {
        if (value.isValueNode() && !value.isNull()) {
            return value.asText();
        }
        throw error(key + " must be a single value");
    }
}
