package io.daybook.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.model.Message;

/** The JSON of a delivery: messages as the event of a function, and its answer as the messages that succeeded. */
final class QueueBatch {

    private static final JsonMapper JSON = new JsonMapper();

    private QueueBatch() {}

    static byte[] toJson(List<Message> batch, String queueArn) {
        var event = JsonNodeFactory.instance.objectNode();
        var records = event.putArray("Records");
        batch.forEach(message -> records.add(entry(message, queueArn)));
        try {
            return JSON.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode entry(Message message, String queueArn) {
        var entry = JsonNodeFactory.instance.objectNode();
        entry.put("messageId", message.messageId());
        entry.put("receiptHandle", message.receiptHandle());
        entry.put("body", message.body());
        var system = entry.putObject("attributes");
        message.attributesAsStrings().forEach(system::put);
        var attributes = entry.putObject("messageAttributes");
        message.messageAttributes().forEach((name, value) -> {
            var attribute = attributes.putObject(name);
            if (value.stringValue() != null) {
                attribute.put("stringValue", value.stringValue());
            }
            if (value.binaryValue() != null) {
                attribute.put(
                        "binaryValue",
                        Base64.getEncoder().encodeToString(value.binaryValue().asByteArray()));
            }
            attribute.putArray("stringListValues");
            attribute.putArray("binaryListValues");
            attribute.put("dataType", value.dataType());
        });
        entry.put("md5OfBody", message.md5OfBody());
        if (message.md5OfMessageAttributes() != null) {
            entry.put("md5OfMessageAttributes", message.md5OfMessageAttributes());
        }
        entry.put("eventSource", "aws:sqs");
        entry.put("eventSourceARN", queueArn);
        entry.put("awsRegion", Stack.REGION);
        return entry;
    }

    /**
     * Reads an {@code SQSBatchResponse}. No list or an empty one: all succeeded. An answer that isn't understood, or
     * names a message that is not of the batch: none did.
     */
    static List<Message> succeeded(List<Message> batch, byte[] answer) {
        Set<String> ids = batch.stream().map(Message::messageId).collect(Collectors.toSet());
        Set<String> failed = new HashSet<>();
        try {
            var json = JSON.readTree(answer);
            var list = json.path("batchItemFailures");
            boolean readable =
                    (json.isNull() || json.isObject()) && (list.isArray() || list.isNull() || list.isMissingNode());
            if (!readable) {
                return List.of();
            }
            for (var item : list) {
                var id = item.path("itemIdentifier");
                if (!id.isTextual() || !ids.contains(id.asText())) {
                    return List.of();
                }
                failed.add(id.asText());
            }
        } catch (IOException e) {
            return List.of();
        }
        return batch.stream()
                .filter(message -> !failed.contains(message.messageId()))
                .toList();
    }
}
