package io.daybook.faults;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The messages of the events queue, delivered by hand. */
final class Messages {
    private Messages() {}

    /** A delivery of these bodies; the id of each message is its place in the list. */
    static ObjectNode event(List<String> bodies) {
        var event = JsonNodeFactory.instance.objectNode();
        var records = event.putArray("Records");
        for (var body : bodies) {
            records.addObject()
                    .put("messageId", Integer.toString(records.size() - 1))
                    .put("body", body);
        }
        return event;
    }

    /** Takes all messages that are there, in no order. */
    static List<String> drain(SqsClient sqs, String queueUrl) {
        var bodies = new ArrayList<String>();
        while (true) {
            var messages = sqs.receiveMessage(
                            receive -> receive.queueUrl(queueUrl).maxNumberOfMessages(10))
                    .messages();
            if (messages.isEmpty()) {
                return bodies;
            }
            for (var message : messages) {
                bodies.add(message.body());
                sqs.deleteMessage(delete -> delete.queueUrl(queueUrl).receiptHandle(message.receiptHandle()));
            }
        }
    }
}
