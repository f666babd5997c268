package io.daybook.items;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What goes over the queue for one append: the key of its outbox item, and the event items themselves.
 *
 * @param events empty where they did not fit; the reader then takes them from the journal
 */
public record Message(String outboxPk, String outboxSk, List<Item> events) {
    /** Well under what SQS takes (256 KiB), so that attributes and escapes fit as well. */
    static final int MAX_BYTES = 200 * 1024;

    /** SQS takes neither U+FFFE nor U+FFFF, which a caller may send. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final JsonNodeFactory NODES = JSON.getNodeFactory();

    public Message {
        events = List.copyOf(events);
    }

    /** The body of the SQS message. */
    public String body() {
        var body = write(events);
        // All of it is ASCII.
        return body.length() <= MAX_BYTES ? body : write(List.of());
    }

    /**
     * Reads what {@link #body} wrote.
     *
     * @throws IllegalArgumentException where the text is not the body of such a message
     */
    public static Message parse(String body) {
        try {
            var root = JSON.readTree(body);
            var outbox = root.path("outbox");
            if (!outbox.path("pk").isTextual() || !outbox.path("sk").isTextual()) {
                throw new IllegalArgumentException("the message names no outbox item");
            }
            var events = new ArrayList<Item>();
            root.path("events").forEach(event -> events.add(new Item(attributes(event))));
            return new Message(outbox.get("pk").textValue(), outbox.get("sk").textValue(), events);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the message is not JSON", e);
        }
    }

    private String write(List<Item> items) {
        var root = NODES.objectNode();
        root.putObject("outbox").put("pk", outboxPk).put("sk", outboxSk);
        var list = root.putArray("events");
        items.forEach(item -> list.add(node(item.attributes())));
        try {
            return JSON.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static ObjectNode node(Map<String, AttributeValue> attributes) {
        var node = NODES.objectNode();
        attributes.forEach((name, value) -> node.set(name, node(value)));
        return node;
    }

    private static JsonNode node(AttributeValue value) {
        return switch (value.type()) {
            case S -> NODES.textNode(value.s());
            case N -> NODES.numberNode(new BigInteger(value.n()));
            case BOOL -> NODES.booleanNode(value.bool());
            case M -> node(value.m());
            case L -> {
                var list = NODES.arrayNode();
                value.l().forEach(element -> list.add(node(element)));
                yield list;
            }
            default -> throw new IllegalArgumentException("no event has an attribute of type " + value.type());
        };
    }

    private static Map<String, AttributeValue> attributes(JsonNode node) {
        var attributes = new HashMap<String, AttributeValue>();
        node.properties().forEach(field -> attributes.put(field.getKey(), value(field.getValue())));
        return attributes;
    }

    private static AttributeValue value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> AttributeValue.fromS(node.textValue());
            case NUMBER -> AttributeValue.fromN(node.asText());
            case BOOLEAN -> AttributeValue.fromBool(node.booleanValue());
            case OBJECT -> AttributeValue.fromM(attributes(node));
            case ARRAY -> {
                var list = new ArrayList<AttributeValue>();
                node.forEach(element -> list.add(value(element)));
                yield AttributeValue.fromL(list);
            }
            default -> throw new IllegalArgumentException("no event has a value of type " + node.getNodeType());
        };
    }
}
