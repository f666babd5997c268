package io.daybook.simulation;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Clients: what they ask for, and how they ask again when they got no answer. */
final class Workload {
    static final String LEDGER = "main";

    private static final List<String> CASH = List.of("cash");
    private static final List<String> USERS = List.of("hot", "hot", "hot", "users:a", "users:b", "users:c", "capped");
    private static final int MOST_TRIES = 8;

    private final Scheduler scheduler;
    private final Chance chance;
    private final Answers answers;
    private final Auditor auditor;
    private final History history;
    private final List<Machine> machines;
    private int calls;
    private int keys;
    private int answered;

    Workload(
            Scheduler scheduler,
            Chance chance,
            Answers answers,
            Auditor auditor,
            History history,
            List<Machine> machines) {
        this.scheduler = scheduler;
        this.chance = chance;
        this.answers = answers;
        this.auditor = auditor;
        this.history = history;
        this.machines = machines;
    }

    int calls() {
        return calls;
    }

    int answered() {
        return answered;
    }

    /** What a client asks for; each call of it is a new {@link Call}. */
    private record Wish(
            String route, String target, String body, Map<String, String> query, Map<String, String> requests) {}

    /** Opens the accounts, all at once. */
    void open() {
        opening("cash", "asset", "null", "null");
        opening("hot", "liability", "\"0\"", "null");
        opening("users:a", "liability", "\"0\"", "null");
        opening("users:b", "equity", "\"-500\"", "null");
        opening("users:c", "liability", "\"0\"", "null");
        opening("capped", "income", "\"0\"", "\"3000\"");
    }

    private void opening(String account, String type, String minimum, String maximum) {
        var body =
                "{\"asset\":\"USD/2\",\"type\":\"%s\",\"minimum\":%s,\"maximum\":%s}".formatted(type, minimum, maximum);
        var wish = new Wish("open", account, body, Map.of(), Map.of());
        scheduler.start(account, chance.below(50_000), () -> insist(wish, Integer.MAX_VALUE));
    }

    /** Some clients who come at about the same time. */
    void burst(long at) {
        for (int client = chance.between(6, 20); client > 0; client--) {
            scheduler.start("client", at + chance.below(400_000), this::visit);
        }
    }

    private void visit() {
        var wish = wish();
        if (chance.happens(0.15)) {
            scheduler.start("twin", chance.below(30_000), () -> insist(wish, MOST_TRIES));
        }
        insist(wish, MOST_TRIES);
        if (chance.happens(0.2)) {
            scheduler.pause(chance.below(90_000_000));
            insist(wish, MOST_TRIES);
        }
        if (wish.route().equals("post") && chance.happens(0.1)) {
            var key = wish.requests().keySet().iterator().next();
            insist(post(key, transaction()), 1);
        }
    }

    /** Asks until there is an answer that is one, or patience ends. */
    private void insist(Wish wish, int most) {
        for (int attempt = 0; attempt < most; attempt++) {
            var status = ask(wish);
            if (!Answers.isOpen(status)) {
                return;
            }
            scheduler.pause(chance.between(50_000, 3_000_000));
        }
    }

    /** One call; its status, or 599 where no answer came. */
    private int ask(Wish wish) {
        var call = new Call(++calls, wish.route(), wish.target(), wish.body(), wish.query(), scheduler.now());
        call.requests.putAll(wish.requests());
        scheduler.workFor(call);
        history.note("asks %s %s %s %s", wish.target(), wish.requests().keySet(), wish.query(), wish.body());
        try {
            var answer = chance.pick(machines).answer(wish.route(), event(wish));
            history.note("is answered %d %s", answer.getStatusCode(), answer.getBody());
            var replayed = "true".equals(answer.getHeaders().get("idempotency-replayed"));
            answers.judge(call, answer.getStatusCode(), Answers.parse(answer.getBody()), replayed);
            answered++;
            return answer.getStatusCode();
        } catch (Died died) {
            if (scheduler.isOver()) {
                throw died;
            }
            history.note("gets no answer");
            return 599;
        }
    }

    private static APIGatewayV2HTTPEvent event(Wish wish) {
        var headers = new HashMap<>(Map.of("content-type", "application/json", "x-correlation-id", "simulated"));
        if (wish.route().equals("post")) {
            headers.put("idempotency-key", wish.requests().keySet().iterator().next());
        }
        var path = new HashMap<>(Map.of("ledger", LEDGER));
        path.put(wish.target().startsWith("tx_") ? "id" : "account", wish.target());
        return APIGatewayV2HTTPEvent.builder()
                .withHeaders(headers)
                .withPathParameters(path)
                .withQueryStringParameters(wish.query())
                .withRawQueryString(wish.query().entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + pair.getValue())
                        .collect(Collectors.joining("&")))
                .withBody(wish.body())
                .build();
    }

    private Wish wish() {
        var kind = chance.below(100);
        var known = List.copyOf(auditor.transactions().keySet());
        if (kind < 50 || known.isEmpty()) {
            return post("k-" + ++keys, transaction());
        }
        if (kind < 60) {
            return batch();
        }
        if (kind < 80) {
            return onTransaction(known);
        }
        if (kind < 86) {
            return change();
        }
        return kind < 90 ? new Wish("transaction", chance.pick(known), "", Map.of(), Map.of()) : read();
    }

    private Wish post(String key, ObjectNode transaction) {
        var body = transaction.toString();
        return new Wish("post", "", body, Map.of(), Map.of(key, body));
    }

    private Wish batch() {
        var requests = new LinkedHashMap<String, String>();
        var body = Answers.JSON.createObjectNode();
        if (chance.happens(0.4)) {
            body.put("atomic", true);
        }
        var transactions = body.putArray("transactions");
        // Now and then one that does not fit one append.
        for (int left = chance.happens(0.1) ? 60 : chance.between(1, 6); left > 0; left--) {
            var key = keys > 0 && chance.happens(0.05) ? "k-" + chance.between(1, keys) : "k-" + ++keys;
            if (!requests.containsKey(key)) {
                var request = auditor.byKey(key)
                        .flatMap(used -> used.request)
                        .map(used -> (ObjectNode) Answers.parse(used))
                        .orElseGet(this::transaction);
                requests.put(key, request.toString());
                transactions.addObject().put("key", key).setAll(request);
            }
        }
        return new Wish("batch", "", body.toString(), Map.of(), requests);
    }

    private ObjectNode transaction() {
        var body = Answers.JSON.createObjectNode();
        var postings = body.putArray("postings");
        for (int left = chance.happens(0.7) ? 1 : chance.between(2, 3); left > 0; left--) {
            var deposit = chance.happens(0.55);
            var debit = chance.pick(deposit ? CASH : USERS);
            var credit = chance.pick(USERS);
            if (credit.equals(debit)) {
                credit = chance.happens(0.02) ? "nobody" : "cash";
            }
            postings.addObject()
                    .put("debit", debit)
                    .put("credit", credit)
                    .put("amount", Integer.toString(chance.between(1, 1000)));
        }
        if (chance.happens(0.35)) {
            body.put("pending", true);
            if (chance.happens(0.6)) {
                body.put(
                        "expiresAt",
                        MachineClock.BEGINNING
                                .plus(scheduler.now() + chance.between(500_000, 240_000_000), ChronoUnit.MICROS)
                                .toString());
            }
        }
        if (chance.happens(0.05)) {
            var account = postings.get(0).path("debit").asText();
            if (auditor.accounts().containsKey(account)) {
                body.putObject("expect")
                        .put(account, auditor.accounts().get(account).now().version());
            }
        }
        return body;
    }

    private Wish onTransaction(List<String> known) {
        var pending = known.stream()
                .filter(id -> auditor.transactions().get(id).isPending())
                .toList();
        var id = chance.pick(pending.isEmpty() || chance.happens(0.3) ? known : pending);
        var route = chance.pick(List.of("settle", "settle", "void", "reverse", "reverse"));
        return new Wish(route, id, route.equals("settle") ? settlement(id) : "", Map.of(), Map.of());
    }

    private String settlement(String id) {
        if (chance.happens(0.5)) {
            return "";
        }
        var postings = new ArrayList<String>();
        for (var held : auditor.transactions().get(id).postings) {
            var amount = held.amount().intValue();
            postings.add("{\"debit\":\"%s\",\"credit\":\"%s\",\"amount\":\"%d\"}"
                    .formatted(
                            held.debit(), held.credit(), chance.between(1, chance.happens(0.1) ? amount + 5 : amount)));
        }
        return "{\"postings\":" + postings + "}";
    }

    private Wish change() {
        var account = chance.pick(USERS);
        var body = chance.pick(List.of(
                "{\"minimum\":\"%d\"}".formatted(chance.between(-500, 800)),
                "{\"minimum\":\"0\"}",
                "{\"maximum\":\"%d\"}".formatted(chance.between(900, 5000)),
                "{\"maximum\":null}",
                "{\"closed\":true}",
                "{\"closed\":false}",
                "{\"closed\":false}"));
        return new Wish("change", account, body, Map.of(), Map.of());
    }

    private Wish read() {
        var account = chance.pick(USERS);
        var known = auditor.accounts().get(account);
        var query = known == null || chance.happens(0.3)
                ? Map.<String, String>of()
                : chance.happens(0.5)
                        ? Map.of("consistency", "strong")
                        : Map.of("atLeast", Long.toString(known.now().version()));
        return new Wish("read", account, "", query, Map.of());
    }
}
