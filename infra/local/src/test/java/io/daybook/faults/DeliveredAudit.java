package io.daybook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.background.AuditLedger;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Audits of one segment of each table and one ledger, whose parts are delivered by hand.
 *
 * @param now by whose clock they begin
 */
record DeliveredAudit(AuditLedger audit, SqsClient sqs, String queue, AtomicReference<Instant> now) {
    /** An invocation that is to go on. */
    static final Context LONG = withMillisLeft(60_000);

    /** One that is to give its message back after a page. */
    static final Context SHORT = withMillisLeft(59_999);

    private static Context withMillisLeft(int left) {
        return (Context) Proxy.newProxyInstance(
                Context.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (proxy, method, arguments) -> method.getName().equals("getRemainingTimeInMillis")
                        ? (Object) left
                        : method.getReturnType() == String.class ? "test" : null);
    }

    String begin() {
        // A run is named by when it began.
        now.set(now.get().plusMillis(1));
        return audit.handle(Answer.parse("{\"segments\":1}"), LONG).path("run").asText();
    }

    JsonNode tell(String run) {
        return audit.handle(Answer.parse("{\"run\":\"" + run + "\"}"), LONG);
    }

    List<Message> receive() {
        return sqs.receiveMessage(receive -> receive.queueUrl(queue).maxNumberOfMessages(1))
                .messages();
    }

    /** Whether it is done with a message. */
    boolean isDone(Message message, Context context) {
        var event = JsonNodeFactory.instance.objectNode();
        event.putArray("Records")
                .addObject()
                .put("messageId", message.messageId())
                .put("receiptHandle", message.receiptHandle())
                .put("body", message.body());
        var failed = audit.handle(event, context).path("batchItemFailures").findValuesAsText("itemIdentifier");
        assertThat(failed).isSubsetOf(message.messageId());
        return failed.isEmpty();
    }

    /** What it is done with is deleted, as Lambda does. */
    void deliver(Message message, Context context) {
        if (isDone(message, context)) {
            delete(message);
        }
    }

    void delete(Message message) {
        sqs.deleteMessage(delete -> delete.queueUrl(queue).receiptHandle(message.receiptHandle()));
    }

    static boolean isTrialBalance(Message message) {
        return message.body().contains("\"ledger\"");
    }

    /** Delivers what the queue brings until it brings no more; how often it has brought something. */
    int deliverAll(Context context) {
        int deliveries = 0;
        for (var messages = receive(); !messages.isEmpty(); messages = receive()) {
            deliver(messages.getFirst(), context);
            deliveries++;
        }
        return deliveries;
    }

    /** The deviations that a run has found, in no order. */
    static List<String> found(JsonNode told) {
        assertThat(told.path("done").asInt()).as(told.toString()).isEqualTo(3);
        assertThat(told.path("parts").asInt()).isEqualTo(3);
        assertThat(told.path("deviations").asInt()).isEqualTo(told.path("first").size());
        return StreamSupport.stream(told.path("first").spliterator(), false)
                .map(deviation -> deviation.path("rule").asText() + " "
                        + deviation.path("item").asText())
                .sorted()
                .toList();
    }

    List<String> foundBy(Context context) {
        var run = begin();
        deliverAll(context);
        return found(tell(run));
    }
}
