package io.daybook.local;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * One use of an intrinsic function, in its short form ({@code !Sub x}) or its long one ({@code Fn::Sub: x}).
 *
 * @param function the name of the long form
 * @param argument of the short form the tagged node itself, else the value under the name
 */
record Call(String function, Node argument, boolean shortForm) {

    /** What {@link Intrinsics} resolves. */
    static final Set<String> UNDERSTOOD = Set.of(
            "Ref",
            "Condition",
            "Fn::And",
            "Fn::Equals",
            "Fn::FindInMap",
            "Fn::GetAtt",
            "Fn::If",
            "Fn::Join",
            "Fn::Not",
            "Fn::Or",
            "Fn::Select",
            "Fn::Split",
            "Fn::Sub");

    private static final Map<String, String> WITHOUT_PREFIX = Map.of("Ref", "Ref", "Condition", "Condition");

    static Optional<Call> of(Node node) {
        var tag = node.getTag().getValue();
        if (tag.startsWith("!")) {
            var name = tag.substring(1);
            return Optional.of(new Call(WITHOUT_PREFIX.getOrDefault(name, "Fn::" + name), node, true));
        }
        return longForm(node);
    }

    /** {@code {Condition: x}} is left out: it's a call inside conditions only, and elsewhere a policy's own member. */
    private static Optional<Call> longForm(Node node) {
        if (node instanceof MappingNode mapping && mapping.getValue().size() == 1) {
            NodeTuple only = mapping.getValue().getFirst();
            if (only.getKeyNode() instanceof ScalarNode key
                    && (key.getValue().equals("Ref") || key.getValue().startsWith("Fn::"))) {
                return Optional.of(new Call(key.getValue(), only.getValueNode(), false));
            }
        }
        return Optional.empty();
    }

    /** The items of the argument; an argument that is no list is its own only item. */
    List<Node> arguments() {
        return argument instanceof SequenceNode sequence ? sequence.getValue() : List.of(argument);
    }
}
