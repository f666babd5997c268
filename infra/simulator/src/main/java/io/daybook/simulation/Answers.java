package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds every answer against the auditor's books: what was called done is done, what was called failed never is. */
final class Answers {
    static final JsonMapper JSON = new JsonMapper();

    private static final Set<String> DECLINES =
            Set.of("urn:daybook:insufficient-funds", "urn:daybook:maximum-exceeded", "urn:daybook:account-closed");

    private final Auditor auditor;
    private final Rehearsals rehearsals;
    /** The first answer that each key was given. */
    private final Map<String, JsonNode> first = new HashMap<>();

    Answers(Auditor auditor) {
        this.auditor = auditor;
        rehearsals = new Rehearsals(auditor);
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** Whether the same call might get another answer. */
    static boolean isOpen(int status) {
        return status >= 500;
    }

    void judge(Call call, int status, JsonNode body, boolean replayed) {
        unless(status != 500 || call.hopeless, "%s was answered by a bug of ours: %s", call, body);
        if (call.isDryRun()) {
            rehearsals.judge(call, status, body);
        } else if (call.route.equals("batch")) {
            judgeBatch(call, status, body);
        } else if (call.route.equals("post")) {
            var key = call.requests.keySet().iterator().next();
            judgeOne(call, key, status, replayed, body);
            if (isFailure(status, body)) {
                refuse(call, "declined");
            }
        } else if (isFailure(status, body)) {
            // A settle or void that comes too late writes the expiry, and says so.
            refuse(call, "expired");
            judgeFailure(call, body);
        } else if (status < 300) {
            judgeSuccess(call, status, body);
        }
    }

    /** Whether an answer says for sure that no money has moved. */
    private static boolean isFailure(int status, JsonNode body) {
        return (status >= 400 && status < 500) || body.path("type").asText().equals("urn:daybook:contention");
    }

    private void refuse(Call call, String permitted) {
        call.refused = true;
        call.written.forEach(event ->
                unless(event.startsWith(permitted), "%s was answered as a failure, and had written %s", call, event));
    }

    private void judgeBatch(Call call, int status, JsonNode body) {
        if (status != 200) {
            if (isFailure(status, body)) {
                refuse(call, "nothing");
            }
            return;
        }
        unless(body.path("results").size() == call.requests.size(), "%s has too few results", call);
        for (var result : body.path("results")) {
            var key = result.path("key").asText();
            var itemStatus = result.path("status").asInt();
            var item = itemStatus == 201 ? result.path("transaction") : result.path("problem");
            judgeOne(call, key, itemStatus, result.path("replayed").asBoolean(), item);
        }
    }

    /** One transaction that was asked for, alone or in a batch. */
    private void judgeOne(Call call, String key, int status, boolean replayed, JsonNode item) {
        var found = auditor.byKey(key);
        var type = item.path("type").asText();
        if (status == 201 || DECLINES.contains(type)) {
            unless(found.isPresent(), "%s was answered with %d and is not in the journal", key, status);
            var transaction = found.get();
            unless(
                    transaction.request.get().equals(call.requests.get(key)),
                    "%s was answered with what another request has led to",
                    key);
            unless(
                    status == 201 != transaction.kind.equals("declined"),
                    "%s was answered with %d and is %s",
                    key,
                    status,
                    transaction.kind);
            var same = first.putIfAbsent(key, item);
            unless(same == null || same.equals(item), "%s was answered with %s and then with %s", key, same, item);
            unless(
                    replayed || call.written.contains(transaction.kind + " " + transaction.id),
                    "%s is called new by %s, which has not written it",
                    key,
                    call);
            if (status == 201) {
                judgeContent(key, transaction, item);
            }
        } else if (isFailure(status, item)) {
            call.refusedKeys.add(key);
            found.ifPresent(transaction -> unless(
                    !call.written.contains(transaction.kind + " " + transaction.id),
                    "%s was refused with %s by %s, which has written it",
                    key,
                    type,
                    call));
            judgeRefusal(call, key, item, type);
        }
    }

    private void judgeRefusal(Call call, String key, JsonNode item, String type) {
        var found = auditor.byKey(key);
        switch (type) {
            case "urn:daybook:idempotency-key-reused" ->
                unless(
                        found.isPresent()
                                && (call.isAtomic()
                                        || !found.get().request.get().equals(call.requests.get(key))),
                        "key %s is called used by another request",
                        key);
            case "urn:daybook:version-mismatch" -> {
                var account = auditor.accounts().get(item.path("account").asText());
                var actual = item.path("actual").asLong();
                unless(
                        call.route.equals("batch")
                                || account.since(call.startedAt).stream().anyMatch(state -> state.version() == actual),
                        "%s was not at version %d in the time of %s",
                        account.id,
                        actual,
                        call);
                unless(
                        call.route.equals("batch")
                                || found.isEmpty()
                                || account.states().stream()
                                        .noneMatch(state -> state.version() == actual
                                                && state.transaction().equals(found.get().id)),
                        "%s was refused for what it had made of %s itself",
                        key,
                        account.id);
            }
            case "urn:daybook:unknown-account" ->
                unless(
                        !existed(item.path("account").asText(), call.startedAt),
                        "%s is called unknown: %s",
                        item.path("account"),
                        call);
            default -> {}
        }
        // A retry never turns a success into a refusal.
        var settledBefore = found.isPresent()
                && found.get().placed.from() <= call.startedAt
                && found.get().request.get().equals(call.requests.get(key));
        unless(
                !settledBefore || type.equals("urn:daybook:contention") || call.isAtomic(),
                "%s was in the journal before %s, and was refused with %s",
                key,
                call,
                type);
    }

    private boolean existed(String account, long time) {
        return auditor.accounts().containsKey(account)
                && auditor.accounts().get(account).existedAt(time);
    }

    private void judgeContent(String key, AuditedTransaction transaction, JsonNode answer) {
        unless(answer.path("id").asText().equals(transaction.id), "%s has another id", key);
        unless(
                answer.path("status").asText().equals(transaction.kind.equals("held") ? "pending" : "posted"),
                "%s was first answered as %s",
                key,
                answer.path("status"));
        var asked = parse(transaction.request.get());
        for (int at = 0; at < transaction.postings.size(); at++) {
            var wanted = asked.path("postings").get(at);
            var posting = transaction.postings.get(at);
            unless(
                    wanted.path("debit").asText().equals(posting.debit())
                            && wanted.path("credit").asText().equals(posting.credit())
                            && wanted.path("amount")
                                    .asText()
                                    .equals(posting.amount().toString()),
                    "%s was asked for with %s and has %s",
                    key,
                    wanted,
                    posting);
        }
        unless(
                asked.path("postings").equals(answer.path("postings"))
                        && asked.path("postings").size() == transaction.postings.size(),
                "%s was answered with other postings",
                key);
        for (var entry : answer.path("entries")) {
            judgeBalances(entry);
        }
    }

    private void judgeBalances(JsonNode entry) {
        var part = auditor.part(entry);
        var version = entry.path("version").asLong();
        var tally = part.at(version);
        unless(tally.isPresent(), "%s has no version %d", part.id, version);
        unless(
                tally.get().equals(tally(entry.path("balances"))),
                "the balances of %s were answered as %s",
                part.id,
                entry);
    }

    static Tally tally(JsonNode counters) {
        return new Tally(
                number(counters, "debitsPosted"),
                number(counters, "creditsPosted"),
                number(counters, "debitsPending"),
                number(counters, "creditsPending"));
    }

    private static BigInteger number(JsonNode node, String name) {
        return new BigInteger(node.path(name).asText());
    }

    private void judgeFailure(Call call, JsonNode body) {
        var type = body.path("type").asText();
        var transaction = auditor.transactions().get(call.target);
        switch (type) {
            case "urn:daybook:transaction-not-found" ->
                unless(
                        transaction == null || !transaction.isShownAt(call.startedAt),
                        "%s is in the journal and was not found by %s",
                        call.target,
                        call);
            case "urn:daybook:account-not-found" ->
                unless(!existed(call.target, call.startedAt), "%s was not found by %s", call.target, call);
            case "urn:daybook:hold-not-pending" ->
                unless(
                        transaction.status().equals(body.path("actual").asText()),
                        "%s is %s and was called %s",
                        call.target,
                        transaction.status(),
                        body.path("actual"));
            case "urn:daybook:not-posted" ->
                unless(
                        transaction.reverses.isPresent()
                                || !transaction.shownAt(call.startedAt).equals("posted"),
                        "%s was posted and was called %s",
                        call.target,
                        body.path("actual"));
            case "urn:daybook:account-in-use" ->
                unless(
                        auditor.accounts().get(call.target).since(call.startedAt).stream()
                                .anyMatch(state -> !state.tally().holdsNothing()),
                        "%s had no hold",
                        call.target);
            default -> {}
        }
    }

    private void judgeSuccess(Call call, int status, JsonNode body) {
        switch (call.route) {
            case "open" ->
                unless(auditor.accounts().containsKey(call.target), "%s was opened and is not there", call.target);
            case "change" -> judgeChange(call);
            case "settle" -> {
                var hold = auditor.transactions().get(call.target);
                unless(hold.end.equals("settled"), "%s was called settled and is %s", call.target, hold.status());
                unless(
                        body.path("status").asText().equals("posted"),
                        "%s was settled and called %s",
                        call.target,
                        body.path("status"));
            }
            case "void" ->
                unless(
                        auditor.transactions().get(call.target).end.equals("voided")
                                && body.path("status").asText().equals("voided"),
                        "%s was called voided and is %s",
                        call.target,
                        auditor.transactions().get(call.target).status());
            case "reverse" -> {
                var by = body.path("id").asText();
                unless(
                        auditor.transactions().get(call.target).reversedBy.equals(by),
                        "%s is called the reversal of %s",
                        by,
                        call.target);
                unless(
                        status == 200 || call.written.contains("posted " + by),
                        "%s is called new by %s, which has not written it",
                        by,
                        call);
            }
            default -> throw new IllegalStateException(call.route);
        }
    }

    private void judgeChange(Call call) {
        var asked = parse(call.body);
        var states = auditor.accounts().get(call.target).since(call.startedAt);
        if (asked.has("closed")) {
            var closed = asked.path("closed").asBoolean();
            unless(states.stream().anyMatch(state -> state.closed() == closed), "%s was not changed", call.target);
        } else {
            var name = asked.has("minimum") ? "minimum" : "maximum";
            var wanted = asked.path(name).isNull() ? Optional.<BigInteger>empty() : Optional.of(number(asked, name));
            unless(
                    states.stream()
                            .anyMatch(state ->
                                    (name.equals("minimum") ? state.minimum() : state.maximum()).equals(wanted)),
                    "%s was not changed",
                    call.target);
        }
    }
}
