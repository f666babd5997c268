package io.daybook.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Clients: what they ask for, and how they ask again when they got no answer. */
final class Workload {
    private static final List<String> CASH = List.of("cash", "cash", "pool");
    private static final List<String> USERS =
            List.of("hot", "hot", "hot", "users:a", "users:b", "users:c", "capped", "fees");
    private static final List<String> YEN_CASH = List.of("cash:yen");
    private static final List<String> YEN_USERS = List.of("users:a:yen", "users:b:yen");
    private static final int MOST_TRIES = 8;

    private final Scheduler scheduler;
    private final Chance chance;
    private final Steps steps;
    private final Answers answers;
    private final Auditor auditor;
    private final Gateway gateway;
    private final Reader reader;
    private int keys;

    Workload(Scheduler scheduler, Chance chance, Steps steps, Auditor auditor, Gateway gateway, Readings readings) {
        this.scheduler = scheduler;
        this.chance = chance;
        this.steps = steps;
        this.auditor = auditor;
        this.gateway = gateway;
        answers = new Answers(auditor);
        reader = new Reader(scheduler, chance, auditor, gateway, readings);
    }

    /** What a client asks for; each call of it is a new {@link Call}. */
    private record Wish(
            String route, String target, String body, Map<String, String> query, Map<String, String> requests) {
        Wish asDryRun() {
            return new Wish(route, target, body, Map.of("dryRun", "true"), requests);
        }

        boolean moves() {
            return !route.equals("change") && !route.equals("open");
        }
    }

    /** Opens the accounts, all at once. */
    void open() {
        opening("cash", "USD/2", "asset", "null", "null");
        opening("hot", "USD/2", "liability", "\"0\"", "null");
        opening("users:a", "USD/2", "liability", "\"0\"", "null");
        opening("users:b", "USD/2", "equity", "\"-500\"", "null");
        opening("users:c", "USD/2", "liability", "\"0\"", "null");
        opening("capped", "USD/2", "income", "\"0\"", "\"3000\"");
        striped("pool", "USD/2", "asset", chance.between(2, 4));
        striped("fees", "USD/2", "income", chance.between(2, 16));
        opening("cash:yen", "JPY/0", "expense", "null", "null");
        opening("users:a:yen", "JPY/0", "liability", "\"0\"", "null");
        opening("users:b:yen", "JPY/0", "liability", "\"0\"", "null");
    }

    private void opening(String account, String asset, String type, String minimum, String maximum) {
        var body = "{\"asset\":\"%s\",\"type\":\"%s\",\"minimum\":%s,\"maximum\":%s}"
                .formatted(asset, type, minimum, maximum);
        var wish = new Wish("open", account, body, Map.of(), Map.of());
        scheduler.start(account, chance.below(50_000), () -> insist(wish, Integer.MAX_VALUE));
    }

    private void striped(String account, String asset, String type, int stripes) {
        var body = "{\"asset\":\"%s\",\"type\":\"%s\",\"minimum\":null,\"stripes\":%d}".formatted(asset, type, stripes);
        var wish = new Wish("open", account, body, Map.of(), Map.of());
        scheduler.start(account, chance.below(50_000), () -> insist(wish, Integer.MAX_VALUE));
    }

    /** Some clients who come at about the same time. */
    void burst(long at, int most) {
        for (int client = chance.between(most / 3, most); client > 0; client--) {
            scheduler.start("client", at + chance.below(400_000), this::visit);
        }
    }

    /** Somebody adds up the ledger soon. */
    void addUpSoon() {
        scheduler.start("client", chance.below(400_000), () -> {
            if (steps.taken()) {
                reader.trialBalance();
            }
        });
    }

    private void visit() {
        var kind = chance.below(100);
        if (kind < 25) {
            if (steps.taken()) {
                reader.read();
            }
        } else if (kind < 30) {
            clash();
        } else if (kind < 34) {
            twins();
        } else {
            write();
        }
    }

    /** The limits of an account are changed while others spend from it. */
    private void clash() {
        var account = chance.pick(USERS);
        for (int spender = chance.between(2, 4); spender > 0; spender--) {
            scheduler.start("spender", chance.below(30_000), () -> {
                var spending = transaction(1, List.of(account), CASH);
                insist(post("k-" + ++keys, spending), MOST_TRIES);
            });
        }
        var minimum = "{\"minimum\":\"%d\"}".formatted(chance.between(-500, 2000));
        insist(new Wish("change", account, minimum, Map.of(), Map.of()), MOST_TRIES);
    }

    /** The same request at the same time, on a version that only the first of them finds. */
    private void twins() {
        var account = chance.pick(USERS);
        var transaction = transaction(1, CASH, List.of(account));
        if (auditor.accounts().containsKey(account)) {
            transaction
                    .putObject("expect")
                    .put(account, auditor.accounts().get(account).now().version());
        }
        var wish = post("k-" + ++keys, transaction);
        for (int twin = chance.between(1, 3); twin > 0; twin--) {
            scheduler.start("twin", chance.below(60_000), () -> insist(wish, MOST_TRIES));
        }
        insist(wish, MOST_TRIES);
    }

    private void write() {
        var wish = wish();
        if (wish.moves() && chance.happens(0.06)) {
            insist(wish.asDryRun(), 2);
        }
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
        if (!steps.taken()) {
            return;
        }
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
        var call = new Call(
                gateway.nextNumber(),
                auditor.ledger,
                wish.route(),
                wish.target(),
                wish.body(),
                wish.query(),
                scheduler.now());
        call.requests.putAll(wish.requests());
        return gateway.send(call)
                .map(answer -> {
                    answers.judge(call, answer.status(), answer.body(), answer.isReplayed());
                    return answer.status();
                })
                .orElse(599);
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
        return kind < 90 ? change() : post("k-" + ++keys, transaction());
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
        // Now and then one that does not fit one append, or whose events do not fit one message.
        var large = chance.happens(0.2);
        for (int left = !large && chance.happens(0.1) ? 60 : chance.between(large ? 4 : 1, 6); left > 0; left--) {
            var key = keys > 0 && chance.happens(0.05) ? "k-" + chance.between(1, keys) : "k-" + ++keys;
            if (!requests.containsKey(key)) {
                var request = auditor.byKey(key)
                        .filter(used -> chance.happens(0.8))
                        .flatMap(used -> used.request)
                        .map(used -> (ObjectNode) Answers.parse(used))
                        .orElseGet(this::transaction);
                if (large) {
                    enlarge(request);
                }
                if (steps.taken()) {
                    requests.put(key, request.toString());
                    transactions.addObject().put("key", key).setAll(request);
                }
            }
        }
        return new Wish("batch", "", body.toString(), Map.of(), requests);
    }

    /** With as much metadata as is allowed, in letters that take most room in a message. */
    private void enlarge(ObjectNode transaction) {
        var metadata = transaction.putObject("metadata");
        for (int pair = 0; pair < 20; pair++) {
            metadata.put("pair-" + pair, "\u20ac".repeat(chance.between(400, 512)));
        }
    }

    private ObjectNode transaction() {
        var kind = chance.below(100);
        var postings = kind < 70 ? 1 : kind < 97 ? chance.between(2, 3) : chance.between(4, 40);
        return transaction(postings, CASH, USERS);
    }

    private ObjectNode transaction(int count, List<String> cash, List<String> users) {
        var body = Answers.JSON.createObjectNode();
        var postings = body.putArray("postings");
        for (int left = count; left > 0; left--) {
            var yen = chance.happens(0.15);
            var deposit = chance.happens(0.55);
            var from = yen ? YEN_CASH : cash;
            var to = yen ? YEN_USERS : users;
            var debit = chance.pick(deposit ? from : to);
            // Now and then from one asset to another.
            var credit = chance.pick(chance.happens(0.01) ? YEN_USERS : to);
            if (credit.equals(debit)) {
                credit = chance.happens(0.02) ? "nobody" : from.getFirst();
            }
            postings.addObject()
                    .put("debit", debit)
                    .put("credit", credit)
                    .put("amount", Integer.toString(chance.between(1, 1000)));
        }
        if (chance.happens(0.1)) {
            body.put("description", "No. " + chance.below(1000));
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
        if (chance.happens(0.06)) {
            var account = postings.get(0).path("debit").asText();
            if (auditor.accounts().containsKey(account)) {
                var version = auditor.accounts().get(account).now().version();
                body.putObject("expect").put(account, chance.happens(0.8) ? version : version + 1);
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
}
