package io.daybook.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/** The values of the template's parameters: what is given, else the default. */
final class Parameters {

    private final Template template;
    private final Map<String, String> given;

    Parameters(Template template, Map<String, String> given) {
        this.template = template;
        this.given = Map.copyOf(given);
    }

    /** A text, or of a list type a list. */
    JsonNode value(String name, Node at) {
        var type = template.at("Parameters", name, "Type").map(template::scalar).orElse("String");
        if (type.startsWith("AWS::SSM::Parameter::Value")) {
            throw template.error(at, "the parameter " + name + " is kept in AWS and has no value here");
        }
        var override = given.get(name);
        var value = override != null
                ? override
                : template.at("Parameters", name, "Default")
                        .map(template::scalar)
                        .orElseThrow(() -> template.error(at, "the parameter " + name + " has no default"));
        if (type.equals("CommaDelimitedList") || type.startsWith("List<")) {
            var list = JsonNodeFactory.instance.arrayNode();
            List.of(value.split(",", -1)).forEach(item -> list.add(item.strip()));
            return list;
        }
        return TextNode.valueOf(value);
    }
}
