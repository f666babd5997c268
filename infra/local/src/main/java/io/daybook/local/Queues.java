package io.daybook.local;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** Makes the template's queues, and gives those of an earlier start the attributes that the template has now. */
final class Queues {

    /** ElasticMQ knows neither retention nor a size limit per queue. */
    private static final List<QueueAttributeName> ATTRIBUTES = List.of(
            QueueAttributeName.DELAY_SECONDS,
            QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS,
            QueueAttributeName.VISIBILITY_TIMEOUT);

    private Queues() {}

    static void create(Stack stack, SqsClient sqs) {
        var resources = stack.resources(Stack.QUEUE);
        for (var resource : resources) {
            var properties = stack.properties(resource);
            attempt(
                    properties,
                    () -> sqs.createQueue(
                            create -> create.queueName(stack.name(resource)).attributes(fixed(properties))));
        }
        // Only now: a redrive policy needs its dead-letter queue to be there.
        for (var resource : resources) {
            var properties = stack.properties(resource);
            attempt(
                    properties,
                    () -> sqs.setQueueAttributes(
                            set -> set.queueUrl(stack.physicalId(resource)).attributes(changeable(properties))));
        }
    }

    /** What removes each of them again. */
    static List<AutoCloseable> removals(Stack stack, SqsClient sqs) {
        return stack.resources(Stack.QUEUE).stream()
                .map(stack::physicalId)
                .<AutoCloseable>map(url -> () -> sqs.deleteQueue(delete -> delete.queueUrl(url)))
                .toList();
    }

    private static void attempt(Section properties, Runnable call) {
        try {
            call.run();
        } catch (SqsException e) {
            throw properties.error(
                    "the queue can't be made: " + e.awsErrorDetails().errorMessage());
        }
    }

    private static Map<QueueAttributeName, String> fixed(Section properties) {
        var attributes = new HashMap<QueueAttributeName, String>();
        if (properties.flag("FifoQueue", false)) {
            attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
            attributes.put(
                    QueueAttributeName.CONTENT_BASED_DEDUPLICATION,
                    Boolean.toString(properties.flag("ContentBasedDeduplication", false)));
        }
        return attributes;
    }

    private static Map<QueueAttributeName, String> changeable(Section properties) {
        var attributes = new HashMap<QueueAttributeName, String>();
        for (var attribute : ATTRIBUTES) {
            properties.optionalText(attribute.toString()).ifPresent(value -> attributes.put(attribute, value));
        }
        attributes.putIfAbsent(QueueAttributeName.VISIBILITY_TIMEOUT, "30");
        properties
                .value("RedrivePolicy")
                .ifPresent(policy -> attributes.put(QueueAttributeName.REDRIVE_POLICY, policy.toString()));
        return attributes;
    }
}
