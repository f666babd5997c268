package io.daybook.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import io.daybook.runtime.Deployment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class QueueTriggerTest {

    private static LocalCloud cloud;
    private static SqsClient sqs;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(CloudYaml.options().withoutSchedules());
        sqs = Deployment.of(cloud.environment("Worker")).sqs();
    }

    @AfterAll
    static void close() {
        sqs.close();
        cloud.close();
    }

    @BeforeEach
    void forget() {
        Handlers.Worker.received.clear();
    }

    @Test
    void a_message_reaches_the_function_with_all_that_lambda_gives_it() throws Exception {
        Handlers.Worker.answer = event -> null;
        sqs.sendMessage(send -> send.queueUrl(work())
                .messageBody("hello")
                .messageAttributes(Map.of(
                        "kind",
                        MessageAttributeValue.builder()
                                .dataType("String")
                                .stringValue("greeting")
                                .build()))
                .messageSystemAttributes(Map.of(
                        MessageSystemAttributeNameForSends.AWS_TRACE_HEADER,
                        MessageSystemAttributeValue.builder()
                                .dataType("String")
                                .stringValue("Root=1-2-3")
                                .build())));
        var message = next();
        assertThat(message.getBody()).isEqualTo("hello");
        assertThat(message.getMd5OfBody()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
        assertThat(message.getEventSource()).isEqualTo("aws:sqs");
        assertThat(message.getEventSourceArn()).isEqualTo("arn:aws:sqs:eu-west-1:000000000000:daybook-Work");
        assertThat(message.getAwsRegion()).isEqualTo("eu-west-1");
        assertThat(message.getAttributes())
                .containsEntry("ApproximateReceiveCount", "1")
                .containsEntry("AWSTraceHeader", "Root=1-2-3")
                .containsKeys("SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp");
        assertThat(message.getMessageAttributes().get("kind").getStringValue()).isEqualTo("greeting");
        awaitEmpty();
    }

    @Test
    void only_what_failed_comes_again_and_after_its_last_time_it_is_a_dead_letter() throws Exception {
        Handlers.Worker.answer = failing("poison");
        send("good");
        send("poison");
        assertThat(List.of(next().getBody(), next().getBody())).containsExactlyInAnyOrder("good", "poison");
        var again = next();
        assertThat(again.getBody()).isEqualTo("poison");
        assertThat(again.getAttributes()).containsEntry("ApproximateReceiveCount", "2");
        assertThat(deadLetter()).isEqualTo("poison");
        assertThat(Handlers.Worker.received).isEmpty();
    }

    @Test
    void a_function_that_throws_fails_the_whole_batch() throws Exception {
        Handlers.Worker.answer = event -> {
            throw new IllegalStateException("a fault on purpose");
        };
        send("unlucky");
        assertThat(next().getBody()).isEqualTo("unlucky");
        assertThat(next().getBody()).isEqualTo("unlucky");
        assertThat(deadLetter()).isEqualTo("unlucky");
    }

    @Test
    void many_messages_are_handled_at_once_but_no_more_than_the_concurrency_allows() throws Exception {
        var concurrency = new AtomicInteger();
        var highest = new AtomicInteger();
        Handlers.Worker.answer = event -> {
            highest.accumulateAndGet(concurrency.incrementAndGet(), Math::max);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                concurrency.decrementAndGet();
            }
            return null;
        };
        for (int i = 0; i < 60; i++) {
            send("m" + i);
        }
        for (int i = 0; i < 60; i++) {
            next();
        }
        assertThat(highest.get()).isBetween(1, 4);
        awaitEmpty();
    }

    private static Function<SQSEvent, SQSBatchResponse> failing(String body) {
        return event -> new SQSBatchResponse(event.getRecords().stream()
                .filter(message -> message.getBody().equals(body))
                .map(message -> new SQSBatchResponse.BatchItemFailure(message.getMessageId()))
                .toList());
    }

    private static SQSEvent.SQSMessage next() throws InterruptedException {
        var message = Handlers.Worker.received.poll(30, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }

    private static void send(String body) {
        sqs.sendMessage(send -> send.queueUrl(work()).messageBody(body));
    }

    /** Asks again and again: ElasticMQ does not wake a receiver for a message that it moves. */
    private static String deadLetter() throws InterruptedException {
        var dead = cloud.physicalId("Dead");
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < until) {
            for (var message :
                    sqs.receiveMessage(receive -> receive.queueUrl(dead)).messages()) {
                sqs.deleteMessage(delete -> delete.queueUrl(dead).receiptHandle(message.receiptHandle()));
                return message.body();
            }
            Thread.sleep(10);
        }
        throw new AssertionError("there is no dead letter");
    }

    private static void awaitEmpty() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < until) {
            var attributes = sqs.getQueueAttributes(get -> get.queueUrl(work())
                            .attributeNames(
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                    .attributesAsStrings();
            if (attributes.values().stream().allMatch("0"::equals)) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the queue does not empty");
    }

    private static String work() {
        return cloud.physicalId("Work");
    }
}
