package io.daybook.simulation;

import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A client who reads: lists to their end, and some things twice. */
final class Reader {
    private static final int MOST_TRIES = 5;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private final Scheduler scheduler;
    private final Chance chance;
    private final Auditor auditor;
    private final Gateway gateway;
    private final Readings readings;

    Reader(Scheduler scheduler, Chance chance, Auditor auditor, Gateway gateway, Readings readings) {
        this.scheduler = scheduler;
        this.chance = chance;
        this.auditor = auditor;
        this.gateway = gateway;
        this.readings = readings;
    }

    /** A call with its answer. */
    private record Asked(Call call, Gateway.Answer answer) {
        boolean isFound() {
            return answer.status() == 200;
        }
    }

    void read() {
        var accounts = List.copyOf(auditor.accounts().keySet());
        if (accounts.isEmpty()) {
            return;
        }
        var account = chance.pick(accounts);
        switch (chance.below(12)) {
            case 0, 1, 2 -> account(account);
            case 3 -> list("entries", account, range());
            case 4 -> list("transactions", "", range());
            case 5 -> list("accounts", "", chance.happens(0.5) ? Map.of() : Map.of("prefix", "users:"));
            case 6, 7, 8 -> statement(account);
            case 9 -> trialBalance();
            case 10 -> transaction();
            default ->
                ask("ledgers", "", Map.of(), Map.of())
                        .ifPresent(asked -> readings.judgeLedgers(asked.answer().body()));
        }
    }

    /** Asks until there is an answer that is one, or patience ends. */
    private Optional<Asked> ask(String route, String target, Map<String, String> query, Map<String, String> headers) {
        for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
            var call = new Call(gateway.nextNumber(), auditor.ledger, route, target, "", query, scheduler.now());
            call.headers.putAll(headers);
            var answer = gateway.send(call);
            if (answer.isPresent() && !Answers.isOpen(answer.get().status())) {
                return Optional.of(new Asked(call, answer.get()));
            }
            answer.ifPresent(failed -> readings.judgeFailure(call, failed));
            scheduler.pause(chance.between(50_000, MICROS_PER_SECOND));
        }
        return Optional.empty();
    }

    private void account(String id) {
        var version = auditor.accounts().get(id).now().version();
        var query = switch (chance.below(4)) {
            case 0 -> Map.of("consistency", "strong");
            case 1 -> Map.of("atLeast", Long.toString(version));
            case 2 -> Map.of("at", Timestamp.format(past()));
            default -> Map.<String, String>of();
        };
        var first = ask("read", id, query, Map.of());
        first.ifPresent(asked -> readings.judgeAccount(asked.call(), asked.answer()));
        if (first.filter(Asked::isFound).isPresent() && !query.containsKey("at")) {
            var tag = Map.of("if-none-match", first.get().answer().headers().get("etag"));
            scheduler.pause(chance.below(5 * MICROS_PER_SECOND));
            ask("read", id, query, tag).ifPresent(asked -> readings.judgeAccount(asked.call(), asked.answer()));
        }
    }

    private void transaction() {
        var known = List.copyOf(auditor.transactions().values());
        if (known.isEmpty()) {
            return;
        }
        var transaction = chance.pick(known);
        if (transaction.key.isPresent() && chance.happens(0.5)) {
            ask("transactions", "", Map.of("key", transaction.key.get()), Map.of())
                    .ifPresent(asked -> readings.judgeByKey(asked.call(), transaction, asked.answer()));
            return;
        }
        var first = ask("transaction", transaction.id, Map.of(), Map.of());
        first.ifPresent(asked -> readings.judgeTransaction(asked.call(), asked.answer()));
        if (first.filter(Asked::isFound).isPresent()) {
            var tag = Map.of("if-none-match", first.get().answer().headers().get("etag"));
            scheduler.pause(chance.below(5 * MICROS_PER_SECOND));
            ask("transaction", transaction.id, Map.of(), tag)
                    .ifPresent(asked -> readings.judgeTransaction(asked.call(), asked.answer()));
        }
    }

    /** Some moment up to now, which may be one of an entry. */
    private Instant past() {
        var account = chance.pick(List.copyOf(auditor.accounts().values()));
        return chance.happens(0.3)
                ? chance.pick(account.states()).recordedAt()
                : MachineClock.BEGINNING.plus((long) (scheduler.now() * chance.share()), ChronoUnit.MICROS);
    }

    private Map<String, String> range() {
        var range = new LinkedHashMap<String, String>();
        if (chance.happens(0.3)) {
            var from = past();
            var to = past();
            if (chance.happens(0.5)) {
                range.put("from", Timestamp.format(from));
            }
            if (range.isEmpty() || from.isBefore(to)) {
                range.put("to", Timestamp.format(to));
            }
        }
        return range;
    }

    private void list(String route, String target, Map<String, String> choice) {
        var query = new LinkedHashMap<>(choice);
        query.put("limit", chance.pick(List.of("2", "7", "30", "100")));
        query.put("order", chance.pick(List.of("asc", "desc")));
        Optional<Listing> listing = Optional.empty();
        while (true) {
            var asked = ask(route, target, query, Map.of()).filter(Asked::isFound);
            if (asked.isEmpty()) {
                return;
            }
            var call = asked.get().call();
            var body = asked.get().answer().body();
            if (listing.isEmpty()) {
                listing = Optional.of(readings.begin(call));
            }
            listing.get().judge(call, body);
            if (body.path("next").isNull()) {
                listing.get().end();
                return;
            }
            query.put("cursor", body.path("next").asText());
            scheduler.pause(chance.below(2 * MICROS_PER_SECOND));
        }
    }

    private void statement(String account) {
        var times = Stream.of(past(), past()).sorted().map(Timestamp::format).toList();
        if (times.getFirst().equals(times.getLast())) {
            return;
        }
        var query = new LinkedHashMap<String, String>();
        query.put("from", times.getFirst());
        query.put("to", times.getLast());
        query.put("limit", chance.pick(List.of("3", "100")));
        var progress = new Readings.Progress();
        while (true) {
            var asked = ask("statement", account, query, Map.of()).filter(Asked::isFound);
            if (asked.isEmpty()) {
                return;
            }
            var body = asked.get().answer().body();
            readings.judgeStatement(asked.get().call(), body, progress);
            var next = body.path("entries").path("next");
            if (next.isNull()) {
                return;
            }
            query.put("cursor", next.asText());
            scheduler.pause(chance.below(2 * MICROS_PER_SECOND));
        }
    }

    /** The newest there is, or one that was given before and must not have changed. */
    void trialBalance() {
        var given = readings.oldestBalance();
        var query = given.isPresent() && chance.happens(0.3)
                ? Map.of("at", given.get())
                : chance.happens(0.2) ? Map.of("at", Timestamp.format(past())) : Map.<String, String>of();
        ask("trial-balance", "", query, Map.of())
                .ifPresent(asked -> readings.judgeTrialBalance(asked.call(), asked.answer()));
    }
}
