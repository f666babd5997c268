package io.daybook.journal;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * The queue of what could not be projected. SQS itself moves a message there unchanged, and so without a word of what was
 * wrong; whoever knows that puts it there first, as this does.
 */
public final class DeadLetters {
    /** The message attribute that names the append: the sort key of its outbox item, so its time, ledger and id. */
    public static final String EVENT = "event";

    /** The message attribute that says what was wrong. */
    public static final String FAULT = "fault";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int LONGEST = 1000;

    private final Supplier<SqsClient> queues;
    private final String queueUrl;

    /** Asks for the client when there is something to put there, which is seldom. */
    public DeadLetters(Supplier<SqsClient> queues, String queueUrl) {
        this.queues = queues;
        this.queueUrl = queueUrl;
    }

    /**
     * Puts a message there.
     *
     * @param attributes that it had; what it names and what was wrong are added
     * @return whether the queue has it; if not, SQS will move it by itself
     */
    public boolean put(String body, Map<String, String> attributes, String event, Throwable fault) {
        var all = new HashMap<>(attributes);
        all.put(EVENT, event);
        all.put(FAULT, fault.toString());
        var values = new HashMap<String, MessageAttributeValue>();
        all.forEach((name, value) -> values.put(
                name,
                MessageAttributeValue.builder()
                        .dataType("String")
                        .stringValue(printable(value))
                        .build()));
        try {
            queues.get()
                    .sendMessage(
                            send -> send.queueUrl(queueUrl).messageBody(body).messageAttributes(values));
            return true;
        } catch (SdkException e) {
            LOG.warn("not among the dead letters, SQS will move it", e);
            return false;
        }
    }

    /** SQS takes no control characters, and no value that is empty. */
    private static String printable(String text) {
        var printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.isEmpty() ? "?" : printable.substring(0, Math.min(printable.length(), LONGEST));
    }
}
