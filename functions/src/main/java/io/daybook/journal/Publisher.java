package io.daybook.journal;

import io.daybook.items.Message;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** Puts the message of an append on the events queue. */
public final class Publisher {
    /** The message attribute that carries the correlation id of the call. */
    public static final String CORRELATION_ID = "correlationId";

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final SqsClient sqs;
    private final String queueUrl;

    public Publisher(SqsClient sqs, String queueUrl) {
        this.sqs = sqs;
        this.queueUrl = queueUrl;
    }

    /**
     * Sends the message. Failing is no error for the caller, whose events are in the journal: the relay publishes what no
     * projector has acknowledged.
     *
     * @return whether the queue has it
     */
    public boolean publish(Message message, String correlationId) {
        try {
            sqs.sendMessage(send -> send.queueUrl(queueUrl)
                    .messageBody(message.body())
                    .messageAttributes(Map.of(
                            CORRELATION_ID,
                            MessageAttributeValue.builder()
                                    .dataType("String")
                                    .stringValue(correlationId)
                                    .build())));
            return true;
        } catch (SdkException e) {
            LOG.warn("not published, the relay will: {}", message.outboxSk(), e);
            return false;
        }
    }
}
