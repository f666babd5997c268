package io.daybook.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Hands each call of a client to any of the machines. */
final class Gateway {
    private final Scheduler scheduler;
    private final Chance chance;
    private final History history;
    private final List<Machine> machines;
    private int calls;
    private int answered;

    Gateway(Scheduler scheduler, Chance chance, History history, List<Machine> machines) {
        this.scheduler = scheduler;
        this.chance = chance;
        this.history = history;
        this.machines = machines;
    }

    /** What a client was answered. */
    record Answer(int status, Map<String, String> headers, JsonNode body) {
        static Answer of(JsonNode answer) {
            var headers = new HashMap<String, String>();
            answer.path("headers").forEachEntry((name, value) -> headers.put(name, value.asText()));
            return new Answer(
                    answer.path("statusCode").asInt(),
                    headers,
                    Answers.parse(answer.path("body").asText()));
        }

        boolean isReplayed() {
            return "true".equals(headers.get("idempotency-replayed"));
        }
    }

    int nextNumber() {
        return ++calls;
    }

    int calls() {
        return calls;
    }

    int answered() {
        return answered;
    }

    /** Makes one call; empty where no answer came. */
    Optional<Answer> send(Call call) {
        scheduler.workFor(call);
        history.note("asks %s %s %s %s", call.target, call.requests.keySet(), call.query, call.body);
        try {
            var answer = chance.pick(machines).answer(call.route, event(call));
            history.note("is answered %d %s", answer.status(), answer.body());
            answered++;
            return Optional.of(answer);
        } catch (Died died) {
            if (scheduler.isOver()) {
                throw died;
            }
            history.note("gets no answer");
            return Optional.empty();
        }
    }

    /** A request as API Gateway hands it to a function. */
    static ObjectNode event(
            Map<String, String> headers, Map<String, String> path, Map<String, String> query, String body) {
        var event = JsonNodeFactory.instance.objectNode();
        headers.forEach(event.putObject("headers").put("content-type", "application/json")::put);
        path.forEach(event.putObject("pathParameters")::put);
        query.forEach(event.putObject("queryStringParameters")::put);
        return event.put(
                        "rawQueryString",
                        query.entrySet().stream()
                                .map(pair -> pair.getKey() + "="
                                        + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                                .collect(Collectors.joining("&")))
                .put("body", body);
    }

    private static ObjectNode event(Call call) {
        var headers = new HashMap<>(Map.of("x-correlation-id", "simulated"));
        headers.putAll(call.headers);
        if (call.route.equals("post") && !call.isDryRun()) {
            headers.put("idempotency-key", call.requests.keySet().iterator().next());
        }
        var path = new HashMap<>(Map.of("ledger", call.ledger));
        path.put(call.target.startsWith("tx_") ? "id" : "account", call.target);
        return event(headers, path, call.query, call.body);
    }
}
