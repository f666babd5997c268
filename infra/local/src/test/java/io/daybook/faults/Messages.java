package io.daybook.faults;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The messages of the events queue, delivered by hand. */
final class Messages {
    private Messages() {}

    /** A delivery of these bodies; the id of each message is its place in the list. */
    static SQSEvent event(List<String> bodies) {
        var records = new ArrayList<SQSEvent.SQSMessage>();
        for (var body : bodies) {
            var message = new SQSEvent.SQSMessage();
            message.setMessageId(Integer.toString(records.size()));
            message.setBody(body);
            records.add(message);
        }
        var event = new SQSEvent();
        event.setRecords(records);
        return event;
    }

    /** The same delivery as the JSON that a function gets. */
    static String json(List<String> bodies) {
        var event = JsonNodeFactory.instance.objectNode();
        var records = event.putArray("Records");
        for (var body : bodies) {
            records.addObject()
                    .put("messageId", Integer.toString(records.size()))
                    .put("body", body);
        }
        return event.toString();
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
