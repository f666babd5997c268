package io.daybook.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** {@code ./daybook audit}, {@code replay} and {@code redrive}: what an operator does to a Daybook that runs here. */
public final class Operator {
    private static final String USAGE = """
            usage: ./daybook audit   [--port P]              prove the books; ends with 1 where something deviates
                   ./daybook replay  [--port P] [--table T]  rebuild the views from the journal
                   ./daybook redrive [--port P]              send the dead letters back into the events queue""";

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_LISTED = 1000;

    private final URI uri;
    private final HttpClient http = HttpClient.newHttpClient();

    private Operator(URI uri) {
        this.uri = uri;
    }

    /** Does what the first argument says, and ends with 0 where all is well. */
    public static void main(String[] args) {
        int status;
        try {
            status = run(new ArrayDeque<>(List.of(args)));
        } catch (StartException e) {
            System.err.println(e.getMessage());
            status = 2;
        }
        System.exit(status);
    }

    private static int run(ArrayDeque<String> arguments) {
        var command = Optional.ofNullable(arguments.poll()).orElse("");
        var port = "8080";
        var request = JsonNodeFactory.instance.objectNode();
        while (!arguments.isEmpty()) {
            var option = arguments.pop();
            if (arguments.isEmpty() || !(option.equals("--port") || (option + command).equals("--tablereplay"))) {
                throw new StartException(USAGE);
            }
            if (option.equals("--port")) {
                port = arguments.pop();
            } else {
                request.put("table", arguments.pop());
            }
        }
        if (!port.matches("\\d{1,5}")) {
            throw new StartException(port + " is no port.");
        }
        var operator = new Operator(URI.create("http://127.0.0.1:" + port));
        return switch (command) {
            case "audit" -> operator.sweep("AuditLedger", request);
            case "replay" -> operator.sweep("ReplayJournal", request);
            case "redrive" -> operator.redrive();
            default -> throw new StartException(USAGE);
        };
    }

    /** Begins a run, waits for its end, and says what it has found. */
    private int sweep(String function, JsonNode request) {
        var run = invoke(function, request.toString()).path("run").asText();
        var question = JsonNodeFactory.instance.objectNode().put("run", run).toString();
        JsonNode told;
        do {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            told = invoke(function, question);
            System.err.printf(
                    "\r%s: %d of %d parts, %d items",
                    function,
                    told.path("done").asInt(),
                    told.path("parts").asInt(),
                    told.path("items").asLong());
        } while (told.path("done").asInt() < told.path("parts").asInt());
        System.err.println();
        told.path("first")
                .forEach(deviation -> System.out.printf(
                        "%s  %s  %s%n",
                        deviation.path("rule").asText(),
                        deviation.path("item").asText(),
                        deviation.path("detail").asText()));
        if (told.path("notShown").asInt() > 0) {
            System.out.printf(
                    "… and %d more, which the log names%n",
                    told.path("notShown").asInt());
        }
        int deviations = told.path("deviations").asInt();
        System.out.println(
                switch (deviations) {
                    case 0 -> "No deviation.";
                    case 1 -> "1 deviation.";
                    default -> deviations + " deviations.";
                });
        return deviations == 0 ? 0 : 1;
    }

    /** Lists what is among the dead letters, and has SQS move it back. */
    private int redrive() {
        var environment = send(HttpRequest.newBuilder(uri.resolve(LambdaApi.PATH + "ProjectEvents/configuration"))
                        .build())
                .at("/Environment/Variables");
        var deadLetters = environment.path("DEAD_LETTERS_QUEUE_URL").asText();
        var events = environment.path("EVENTS_QUEUE_URL").asText();
        var endpoint = URI.create(environment.path("AWS_ENDPOINT_URL_SQS").asText());
        try (var sqs = Services.embedded(endpoint, endpoint).client(SqsClient.builder(), endpoint)) {
            var letters = list(sqs, deadLetters);
            letters.values().forEach(Operator::print);
            if (letters.isEmpty()) {
                System.out.println("There are no dead letters.");
                return 0;
            }
            sqs.startMessageMoveTask(
                    start -> start.sourceArn(arn(sqs, deadLetters)).destinationArn(arn(sqs, events)));
            System.out.println(letters.size() + " on their way back into the events queue.");
            return 0;
        }
    }

    private static void print(Message letter) {
        System.out.printf(
                "%s  %s%n",
                attribute(letter, "event").orElse("moved by the queue: " + letter.body()),
                attribute(letter, "fault").orElse("the projector was not able to say why"));
    }

    private static Optional<String> attribute(Message letter, String name) {
        return Optional.ofNullable(letter.messageAttributes().get(name)).map(value -> value.stringValue());
    }

    /** A receive that hides nothing brings the same messages again and again. */
    private static Map<String, Message> list(SqsClient sqs, String queueUrl) {
        var letters = new LinkedHashMap<String, Message>();
        int before;
        do {
            before = letters.size();
            for (int i = 0; i < 10; i++) {
                sqs.receiveMessage(receive -> receive.queueUrl(queueUrl)
                                .maxNumberOfMessages(10)
                                .visibilityTimeout(0)
                                .messageAttributeNames("All"))
                        .messages()
                        .forEach(message -> letters.put(message.messageId(), message));
            }
        } while (letters.size() > before && letters.size() < MOST_LISTED);
        return letters;
    }

    private static String arn(SqsClient sqs, String queueUrl) {
        return sqs.getQueueAttributes(get -> get.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .getOrDefault(QueueAttributeName.QUEUE_ARN, "");
    }

    private JsonNode invoke(String function, String event) {
        return send(HttpRequest.newBuilder(uri.resolve(LambdaApi.PATH + function + "/invocations"))
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build());
    }

    private JsonNode send(HttpRequest request) {
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            var json = JSON.readTree(answer.body());
            if (answer.statusCode() != 200
                    || answer.headers().firstValue("x-amz-function-error").isPresent()) {
                throw new StartException(json.path("errorMessage").asText(answer.body()));
            }
            return json;
        } catch (ConnectException e) {
            throw new StartException("Nothing answers on %s. Is ./daybook local running?".formatted(uri), e);
        } catch (IOException e) {
            throw new StartException("%s breaks off: %s".formatted(uri, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted", e);
        }
    }
}
