package io.daybook.items;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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

    private static final int TYPICAL_LENGTH = 2048;

    /** SQS takes neither U+FFFE nor U+FFFF, which a caller may send. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

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
        var body = new StringWriter(TYPICAL_LENGTH);
        try (var json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeObjectFieldStart("outbox");
            json.writeStringField("pk", outboxPk);
            json.writeStringField("sk", outboxSk);
            json.writeEndObject();
            json.writeArrayFieldStart("events");
            for (var item : items) {
                write(json, item.attributes());
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text can always be written", e);
        }
        return body.toString();
    }

    private static void write(JsonGenerator json, Map<String, AttributeValue> attributes) throws IOException {
        json.writeStartObject();
        for (var attribute : attributes.entrySet()) {
            json.writeFieldName(attribute.getKey());
            write(json, attribute.getValue());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, AttributeValue value) throws IOException {
        switch (value.type()) {
            case S -> json.writeString(value.s());
            case N -> json.writeNumber(value.n());
            case BOOL -> json.writeBoolean(value.bool());
            case M -> write(json, value.m());
            case L -> {
                json.writeStartArray();
                for (var element : value.l()) {
                    write(json, element);
                }
                json.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no event has an attribute of type " + value.type());
        }
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
