package io.daybook.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A SAM template as it was written: nodes that know their lines, and no intrinsic that isn't understood. */
final class Template {

    /** One entry of {@code Resources}. */
    record Resource(String logicalId, String type, MappingNode node) {}

    /** These may stand in {@code Rules} only, which CloudFormation judges and the local cloud doesn't. */
    private static final Set<String> RULE_FUNCTIONS = Set.of(
            "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll");

    private final Path file;
    private final MappingNode root;
    private final Map<String, Resource> resources = new LinkedHashMap<>();

    private Template(Path file, MappingNode root) {
        this.file = file;
        this.root = root;
    }

    static Template read(Path file) {
        try (var reader = Files.newBufferedReader(file)) {
            if (!(new Yaml(new LoaderOptions()).compose(reader) instanceof MappingNode root)) {
                throw new StartException(file + " is not a template: it holds no YAML mapping.");
            }
            var template = new Template(file, root);
            template.check(root, false);
            template.readResources();
            return template;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new StartException("%s:%d: not valid YAML: %s.".formatted(file, line, e.getProblem()), e);
        } catch (IOException e) {
            throw new StartException("The template " + file + " can't be read.", e);
        }
    }

    private void check(Node node, boolean inRules) {
        Call.of(node).ifPresent(call -> {
            if (!Call.UNDERSTOOD.contains(call.function()) && !(inRules && RULE_FUNCTIONS.contains(call.function()))) {
                var written = call.shortForm() ? node.getTag().getValue() : call.function();
                throw error(node, "the local cloud does not understand " + written);
            }
        });
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> check(item, inRules));
        } else if (node instanceof MappingNode mapping) {
            var seen = new HashSet<String>();
            for (var tuple : mapping.getValue()) {
                var key = scalar(tuple.getKeyNode());
                if (!seen.add(key)) {
                    throw error(tuple.getKeyNode(), key + " is given twice");
                }
                if (key.startsWith("Fn::") && mapping.getValue().size() > 1) {
                    throw error(tuple.getKeyNode(), key + " must stand alone");
                }
                check(tuple.getValueNode(), inRules || (mapping.equals(root) && key.equals("Rules")));
            }
        }
    }

    private void readResources() {
        for (var tuple : mapping(child(root, "Resources").orElseThrow(() -> error(root, "there are no Resources")))
                .getValue()) {
            var node = mapping(tuple.getValueNode());
            var type = child(node, "Type").map(this::scalar).orElseThrow(() -> error(node, "Type is missing"));
            var id = scalar(tuple.getKeyNode());
            resources.put(id, new Resource(id, type, node));
        }
    }

    List<Resource> resources() {
        return List.copyOf(resources.values());
    }

    Optional<Resource> resource(String logicalId) {
        return Optional.ofNullable(resources.get(logicalId));
    }

    /** What stands under these keys, from the top. */
    Optional<Node> at(String... path) {
        Optional<Node> node = Optional.of(root);
        for (var key : path) {
            node = node.flatMap(parent -> child(parent, key));
        }
        return node;
    }

    static Optional<Node> child(Node node, String key) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode name
                                && name.getValue().equals(key))
                        .findFirst()
                        .map(tuple -> tuple.getValueNode())
                : Optional.empty();
    }

    MappingNode mapping(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw error(node, "a mapping is expected here");
    }

    String scalar(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw error(node, "a single value is expected here");
    }

    StartException error(Node node, String what) {
        return new StartException(
                "%s:%d: %s.".formatted(file, node.getStartMark().getLine() + 1, what));
    }
}
