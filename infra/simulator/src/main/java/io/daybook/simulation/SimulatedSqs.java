package io.daybook.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** A queue in memory: without order, at least once, with visibility, receive counts and dead letters. */
final class SimulatedSqs implements SqsClient {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_RECEIVES = 5;
    private static final long SECOND_MICROS = 1_000_000;
    private static final long VISIBILITY_MICROS = 60 * SECOND_MICROS;
    /** How often a long poll looks. */
    private static final long LOOK_MICROS = 50_000;

    private static final int LONGEST_DELAY_MICROS = 400_000_000;

    private static final Network.Refusals REFUSALS = new Network.Refusals() {
        @Override
        public SdkException failed() {
            return refusal(500, "InternalError");
        }

        @Override
        public SdkException throttled() {
            return refusal(403, "RequestThrottled");
        }
    };

    /** One message on its way. */
    static final class Sent {
        final String id;
        final String body;
        final Map<String, MessageAttributeValue> attributes;
        /** Nobody can read what is in it any more. */
        final boolean damaged;

        private long visibleFrom;
        private int receives;

        private Sent(String id, SendMessageRequest request, String body, long visibleFrom) {
            this.id = id;
            this.body = body;
            damaged = !body.equals(request.messageBody());
            attributes = request.messageAttributes();
            this.visibleFrom = visibleFrom;
        }

        int receives() {
            return receives;
        }

        private String handle() {
            return id + "#" + receives;
        }

        private Message asReceived(boolean withAttributes) {
            return Message.builder()
                    .messageId(id)
                    .receiptHandle(handle())
                    .body(body)
                    .messageAttributes(withAttributes ? attributes : Map.of())
                    .build();
        }
    }

    private final Map<String, Sent> messages = new TreeMap<>();
    /** What the projector itself has put among the dead letters. */
    private final Set<String> deadBodies = new HashSet<>();
    /** Of audits and replays. */
    private final Set<String> parts = new ConcurrentSkipListSet<>();

    private final Scheduler scheduler;
    private final Network network;
    private final Chance chance;
    private final Faults faults;
    private int sent;

    SimulatedSqs(Scheduler scheduler, Network network, Chance chance, Faults faults) {
        this.scheduler = scheduler;
        this.network = network;
        this.chance = chance;
        this.faults = faults;
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public SendMessageResponse sendMessage(SendMessageRequest request) {
        if (request.queueUrl().equals(Machine.PARTS)) {
            return sendAside(request);
        }
        return network.call("SendMessage", REFUSALS, () -> {
            check(request);
            if (request.queueUrl().equals(Machine.DEAD_LETTERS)) {
                deadBodies.add(request.messageBody());
                return SendMessageResponse.builder().build();
            }
            if (!faults.strikes(Fault.MESSAGE_LOST, "by the queue")) {
                arrive(request);
            }
            if (faults.strikes(Fault.MESSAGE_DUPLICATED, "by the queue")) {
                arrive(request);
            }
            return SendMessageResponse.builder().messageId("m-" + sent).build();
        });
    }

    /** Threads that the running task has started send the parts, as they query {@link SimulatedDynamoDb}. */
    private SendMessageResponse sendAside(SendMessageRequest request) {
        check(request);
        var what = Long.hashCode(scheduler.now() * 31 + request.messageBody().hashCode());
        var own = new Chance(scheduler, what);
        if (faults.strikesAside(Fault.FAILED_BEFORE, own, what)) {
            throw REFUSALS.failed();
        }
        parts.add(request.messageBody());
        if (faults.strikesAside(Fault.TIMED_OUT_AFTER, own, what)) {
            throw SdkClientException.create("no answer");
        }
        return SendMessageResponse.builder().build();
    }

    /** The parts that have been sent since this was asked last. */
    List<String> takeParts() {
        var sent = List.copyOf(parts);
        parts.clear();
        return sent;
    }

    private static void check(SendMessageRequest request) {
        var body = request.messageBody();
        if (body.isEmpty()) {
            throw refusal(400, "MissingParameter");
        }
        if (!body.codePoints().allMatch(SimulatedSqs::isTaken)) {
            throw refusal(400, "InvalidMessageContents");
        }
        var attributes = request.messageAttributes().entrySet().stream()
                .mapToInt(attribute -> ItemRules.bytes(attribute.getKey())
                        + ItemRules.bytes(attribute.getValue().dataType())
                        + ItemRules.bytes(attribute.getValue().stringValue()))
                .sum();
        if (ItemRules.bytes(body) + attributes > MAX_BYTES) {
            throw refusal(400, "InvalidParameterValue");
        }
    }

    /** What XML has as characters. */
    private static boolean isTaken(int codePoint) {
        return codePoint >= ' '
                ? codePoint != 0xFFFE && codePoint != 0xFFFF && Character.getType(codePoint) != Character.SURROGATE
                : codePoint == '\t' || codePoint == '\n' || codePoint == '\r';
    }

    @Override
    public ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
        return network.call("ReceiveMessage", REFUSALS, () -> {
            var most = request.maxNumberOfMessages() == null ? 1 : request.maxNumberOfMessages();
            var hidden = request.visibilityTimeout() == null
                    ? VISIBILITY_MICROS
                    : request.visibilityTimeout() * SECOND_MICROS;
            var giveUpAt = scheduler.now()
                    + (request.waitTimeSeconds() == null ? 0 : request.waitTimeSeconds() * SECOND_MICROS);
            var taken = receive(most, hidden);
            while (taken.isEmpty() && scheduler.now() < giveUpAt) {
                scheduler.pause(LOOK_MICROS);
                taken = receive(most, hidden);
            }
            return ReceiveMessageResponse.builder()
                    .messages(taken.stream()
                            .map(message -> message.asReceived(
                                    request.messageAttributeNames().contains("All")))
                            .toList())
                    .build();
        });
    }

    @Override
    public ChangeMessageVisibilityResponse changeMessageVisibility(ChangeMessageVisibilityRequest request) {
        return network.call("ChangeMessageVisibility", REFUSALS, () -> {
            received(request.receiptHandle())
                    .ifPresent(message ->
                            message.visibleFrom = scheduler.now() + request.visibilityTimeout() * SECOND_MICROS);
            return ChangeMessageVisibilityResponse.builder().build();
        });
    }

    @Override
    public DeleteMessageResponse deleteMessage(DeleteMessageRequest request) {
        return network.call("DeleteMessage", REFUSALS, () -> {
            received(request.receiptHandle()).ifPresent(this::delete);
            return DeleteMessageResponse.builder().build();
        });
    }

    /** The message that was received with this handle, unless it has been received again since. */
    private Optional<Sent> received(String handle) {
        return messages.values().stream()
                .filter(message -> message.handle().equals(handle))
                .findFirst();
    }

    /** Some of what is visible, in any order. */
    List<Sent> receive(int most) {
        return receive(most, VISIBILITY_MICROS);
    }

    private List<Sent> receive(int most, long hidden) {
        var visible = new ArrayList<Sent>();
        for (var message : List.copyOf(messages.values())) {
            if (message.visibleFrom <= scheduler.now()) {
                visible.add(chance.below(visible.size() + 1), message);
            }
        }
        var taken = new ArrayList<Sent>();
        for (var message : visible.subList(0, Math.min(most, visible.size()))) {
            if (++message.receives > MAX_RECEIVES) {
                messages.remove(message.id);
            } else {
                message.visibleFrom = scheduler.now()
                        + (faults.strikes(Fault.VISIBLE_WHILE_WORKING, message.id) ? chance.below(50_000) : hidden);
                taken.add(message);
            }
        }
        return taken;
    }

    void delete(Sent message) {
        messages.remove(message.id);
    }

    void makeVisible(Sent message) {
        message.visibleFrom = scheduler.now();
    }

    void purge() {
        messages.clear();
    }

    int size() {
        return messages.size();
    }

    boolean isDead(Sent message) {
        return deadBodies.contains(message.body);
    }

    private void arrive(SendMessageRequest request) {
        var id = "m-%06d".formatted(++sent);
        var delay = faults.strikes(Fault.MESSAGE_DELAYED_MINUTES, id)
                ? chance.below(LONGEST_DELAY_MICROS)
                : chance.latency();
        var body = faults.strikes(Fault.MESSAGE_DAMAGED, id) ? damaged(request.messageBody()) : request.messageBody();
        messages.put(id, new Sent(id, request, body, scheduler.now() + delay));
    }

    /** Cut off, or with an event of an unknown kind or without a time. */
    private String damaged(String body) {
        return switch (chance.below(3)) {
            case 0 -> body.substring(0, body.length() / 2);
            case 1 -> body.replace("\"y\":\"", "\"y\":\"un");
            default -> body.replace("\"t\":\"", "\"t\":\"about ");
        };
    }

    private static SdkException refusal(int status, String code) {
        return SqsException.builder()
                .statusCode(status)
                .awsErrorDetails(Network.details(code))
                .build();
    }
}
