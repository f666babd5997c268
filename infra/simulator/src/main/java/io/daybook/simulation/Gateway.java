package io.daybook.simulation;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.JsonNode;
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
            history.note("is answered %d %s", answer.getStatusCode(), answer.getBody());
            answered++;
            return Optional.of(
                    new Answer(answer.getStatusCode(), answer.getHeaders(), Answers.parse(answer.getBody())));
        } catch (Died died) {
            if (scheduler.isOver()) {
                throw died;
            }
            history.note("gets no answer");
            return Optional.empty();
        }
    }

    private static APIGatewayV2HTTPEvent event(Call call) {
        var headers = new HashMap<>(Map.of("content-type", "application/json", "x-correlation-id", "simulated"));
        headers.putAll(call.headers);
        if (call.route.equals("post") && !call.isDryRun()) {
            headers.put("idempotency-key", call.requests.keySet().iterator().next());
        }
        var path = new HashMap<>(Map.of("ledger", call.ledger));
        path.put(call.target.startsWith("tx_") ? "id" : "account", call.target);
        return APIGatewayV2HTTPEvent.builder()
                .withHeaders(headers)
                .withPathParameters(path)
                .withQueryStringParameters(call.query)
                .withRawQueryString(call.query.entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")))
                .withBody(call.body)
                .build();
    }
}
