package io.daybook.faults;

import static io.daybook.faults.Machine.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** What can't be projected ends among the dead letters, says why, and goes back from there. */
class DeadLettersTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private LocalCloud cloud;
    private Machine machine;

    @BeforeEach
    void start() {
        cloud = LocalCloud.start(SharedCloud.template().withoutTriggers());
        machine = Machine.in(cloud);
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void a_message_that_fails_for_the_last_time_names_its_event_and_its_fault() {
        var body = unprojectable();
        assertThat(machine.project(delivery(body, 4))).hasSize(1);
        assertThat(letters()).isEmpty();
        assertThat(machine.project(delivery(body, 5))).isEmpty();
        assertThat(letters()).singleElement().satisfies(letter -> {
            assertThat(letter.body()).isEqualTo(body);
            assertThat(attribute(letter, "event"))
                    .isEqualTo(Answer.parse(body).at("/outbox/sk").asText());
            assertThat(attribute(letter, "fault"))
                    .isEqualTo("java.lang.IllegalStateException: unknown kind of event: vanished");
            assertThat(attribute(letter, "correlationId")).isEqualTo(Machine.CORRELATION_ID);
        });
    }

    @Test
    void what_is_no_message_of_ours_is_a_dead_letter_as_well() {
        assertThat(machine.project(delivery("no JSON", 5))).isEmpty();
        assertThat(letters())
                .singleElement()
                .satisfies(letter ->
                        assertThat(attribute(letter, "event")).isEqualTo("unknown, since the message is not JSON"));
    }

    @Test
    void where_it_cannot_be_put_among_them_it_is_left_to_the_queue() {
        var body = unprojectable();
        machine.faults.set(Faults.where(
                SendMessageRequest.class::isInstance, Faults.throwing(() -> SdkClientException.create("no queue"))));
        assertThat(machine.project(delivery(body, 5))).hasSize(1);
    }

    @Test
    void the_queue_moves_by_itself_only_what_has_had_all_its_tries() {
        var policy = machine.deployment
                .sqs()
                .getQueueAttributes(get ->
                        get.queueUrl(cloud.physicalId("Events")).attributeNames(QueueAttributeName.REDRIVE_POLICY))
                .attributes()
                .get(QueueAttributeName.REDRIVE_POLICY);
        assertThat(Answer.parse(policy).path("maxReceiveCount").asInt()).isEqualTo(5);
    }

    @Test
    void a_letter_goes_back_by_sqs_s_own_move_and_is_projected() {
        var body = unprojectable();
        machine.project(delivery(body, 5));
        var sqs = machine.deployment.sqs();
        sqs.startMessageMoveTask(move -> move.sourceArn(arn("DeadLetters")).destinationArn(arn("Events")));
        Await.until(
                "it is back",
                SOON,
                () -> !sqs.receiveMessage(receive -> receive.queueUrl(cloud.physicalId("Events")))
                        .messages()
                        .isEmpty());
        // The fault is mended: what is in the journal was right all the time.
        var mended = body.replace("\"vanished\"", "\"posted\"");
        assertThat(machine.project(delivery(mended, 1))).isEmpty();
    }

    /** A message whose event is of a kind that nobody knows. */
    private String unprojectable() {
        var ledger = machine.ledger("cash", "alice");
        machine.post(ledger, "k", transfer("cash", "alice", 1));
        return Messages.drain(machine.deployment.sqs(), cloud.physicalId("Events")).stream()
                .filter(body -> body.contains("\"posted\""))
                .findFirst()
                .orElseThrow()
                .replace("\"posted\"", "\"vanished\"");
    }

    private static JsonNode delivery(String body, int receives) {
        var event = Messages.event(List.of(body));
        var message = (ObjectNode) event.at("/Records/0");
        message.putObject("messageAttributes").putObject("correlationId").put("stringValue", Machine.CORRELATION_ID);
        message.putObject("attributes").put("ApproximateReceiveCount", Integer.toString(receives));
        return event;
    }

    private List<Message> letters() {
        return machine.deployment
                .sqs()
                .receiveMessage(receive -> receive.queueUrl(cloud.physicalId("DeadLetters"))
                        .maxNumberOfMessages(10)
                        .visibilityTimeout(0)
                        .messageAttributeNames("All"))
                .messages();
    }

    private static String attribute(Message letter, String name) {
        return letter.messageAttributes().get(name).stringValue();
    }

    private String arn(String queue) {
        return machine.deployment
                .sqs()
                .getQueueAttributes(
                        get -> get.queueUrl(cloud.physicalId(queue)).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
    }
}
