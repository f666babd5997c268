package io.daybook.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Lambda's event source mapping of a queue. What fails is left to the visibility time-out and the redrive policy. */
final class QueueTrigger implements AutoCloseable {

    /**
     * The mapping's settings.
     *
     * @param window how long a batch may gather before it is delivered
     * @param partial whether the answer names the messages that failed
     * @param concurrency how many batches are under way at most
     */
    record Settings(
            String queueUrl, String queueArn, int batchSize, Duration window, boolean partial, int concurrency) {

        /** Reads an {@code SQS} event's properties. */
        static Settings of(Section properties, Stack stack) {
            var arn = properties.text("Queue");
            var queue = stack.resources(Stack.QUEUE).stream()
                    .filter(candidate -> stack.attribute(candidate, "Arn").equals(Optional.of(arn)))
                    .findFirst()
                    .orElseThrow(() -> properties.error("no queue of this template has the ARN " + arn));
            var settings = new Settings(
                    stack.physicalId(queue),
                    arn,
                    properties.number("BatchSize", 10),
                    Duration.ofSeconds(properties.number("MaximumBatchingWindowInSeconds", 0)),
                    properties.list("FunctionResponseTypes").stream()
                            .anyMatch(type -> type.asText().equals("ReportBatchItemFailures")),
                    properties.section("ScalingConfig").number("MaximumConcurrency", 5));
            if (properties.value("FilterCriteria").isPresent()) {
                throw properties.error("the local cloud does not know FilterCriteria");
            }
            if (settings.batchSize() > 10 && settings.window().isZero()) {
                throw properties.error("a BatchSize over 10 needs MaximumBatchingWindowInSeconds");
            }
            return settings;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(QueueTrigger.class);
    private static final int RECEIVE_LIMIT = 10;

    /** Short, because nothing breaks a receive off: its messages would stay invisible for the whole time-out. */
    private static final int WAIT_SECONDS = 1;

    private static final int CLOSE_SECONDS = 3;

    private final Settings settings;
    private final LambdaFunction function;
    private final SqsClient sqs;
    private final Semaphore free;
    private final Thread poller;
    private volatile boolean open = true;

    QueueTrigger(Settings settings, LambdaFunction function, SqsClient sqs) {
        this.settings = settings;
        this.function = function;
        this.sqs = sqs;
        this.free = new Semaphore(settings.concurrency());
        this.poller = Thread.ofVirtual().name("trigger-" + function.name()).unstarted(this::poll);
    }

    void start() {
        poller.start();
    }

    /** Receives no more, and lets the batches under way end. */
    @Override
    public void close() {
        open = false;
        try {
            if (!free.tryAcquire(settings.concurrency(), CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} is still at work on a batch", function.name());
                return;
            }
            free.release(settings.concurrency());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void poll() {
        while (true) {
            free.acquireUninterruptibly();
            if (!open) {
                free.release();
                return;
            }
            var batch = receiveBatch();
            if (batch.isEmpty()) {
                free.release();
                continue;
            }
            Thread.ofVirtual().name("batch-" + function.name()).start(() -> {
                try {
                    deliver(batch);
                } catch (RuntimeException e) {
                    LOG.warn("Messages could not be deleted and will be delivered again", e);
                } finally {
                    free.release();
                }
            });
        }
    }

    private List<Message> receiveBatch() {
        var batch = new ArrayList<>(receive(settings.batchSize()));
        long until = System.nanoTime() + settings.window().toNanos();
        while (open && !batch.isEmpty() && batch.size() < settings.batchSize() && System.nanoTime() < until) {
            batch.addAll(receive(settings.batchSize() - batch.size()));
        }
        return batch;
    }

    private List<Message> receive(int most) {
        try {
            return sqs.receiveMessage(receive -> receive.queueUrl(settings.queueUrl())
                            .maxNumberOfMessages(Math.min(most, RECEIVE_LIMIT))
                            .waitTimeSeconds(WAIT_SECONDS)
                            .messageAttributeNames("All")
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                    .messages();
        } catch (RuntimeException e) {
            if (open) {
                LOG.warn("The queue can't be read", e);
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
            return List.of();
        }
    }

    private void deliver(List<Message> batch) {
        List<Message> done;
        try {
            var answer = function.invoke(QueueBatch.toJson(batch, settings.queueArn()));
            done = settings.partial() ? QueueBatch.succeeded(batch, answer) : batch;
        } catch (FunctionException e) {
            return;
        }
        for (int from = 0; from < done.size(); from += RECEIVE_LIMIT) {
            delete(done.subList(from, Math.min(done.size(), from + RECEIVE_LIMIT)));
        }
    }

    private void delete(List<Message> messages) {
        var entries = messages.stream()
                .map(message -> DeleteMessageBatchRequestEntry.builder()
                        .id(message.messageId())
                        .receiptHandle(message.receiptHandle())
                        .build())
                .toList();
        sqs.deleteMessageBatch(delete -> delete.queueUrl(settings.queueUrl()).entries(entries));
    }
}
