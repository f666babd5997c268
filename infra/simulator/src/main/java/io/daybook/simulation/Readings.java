package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.ledger.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds what readers of one ledger are shown against the auditor's books: it must have been so at some time. */
final class Readings {
    /** What is dated so long ago does not change any more; the clocks of reader and writer may be off. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    /** How far a machine's clock may be off in judging what is settled. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    private final Auditor auditor;
    private final AuditedViews views;
    private final Scheduler scheduler;
    /** The trial balances that were given, by their cut. */
    private final Map<String, Map<String, Tally>> balances = new TreeMap<>();

    /** A statement that was given. */
    private record Statement(Call call, AuditedAccount account, Instant from, long opening, Instant to, long closing) {}

    private final List<Statement> statements = new ArrayList<>();

    Readings(Auditor auditor, AuditedViews views, Scheduler scheduler) {
        this.auditor = auditor;
        this.views = views;
        this.scheduler = scheduler;
    }

    void judgeFailure(Call call, Gateway.Answer answer) {
        unless(answer.status() != 500, "%s was answered by a bug of ours: %s", call, answer.body());
    }

    void judgeAccount(Call call, Gateway.Answer answer) {
        var account = auditor.accounts().get(call.target);
        switch (answer.status()) {
            case 200 -> {
                judgeAccount(call, answer.body());
                var tag = answer.headers().get("etag");
                unless(
                        tag == null || !tag.equals(call.headers.get("if-none-match")),
                        "%s was answered in full, though it had %s already",
                        call,
                        tag);
                if (tag != null) {
                    judgeTag(call, account, tag, Optional.of(answer.body()));
                }
            }
            case 304 -> judgeTag(call, account, call.headers.get("if-none-match"), Optional.empty());
            case 409 ->
                unless(
                        answer.body().path("type").asText().equals("urn:daybook:not-yet-projected")
                                ? isBefore(call, SETTLED.minus(CLOCKS))
                                : account.since(call.startedAt).getFirst().version() < leastVersion(call),
                        "%s %s was refused: %s",
                        call,
                        call.query,
                        answer.body());
            default -> throw new Violation("%s was answered with %s".formatted(call, answer));
        }
    }

    private static long leastVersion(Call call) {
        return Long.parseLong(call.query.getOrDefault("atLeast", "0"));
    }

    /** An account's tag tells its version, or those of its parts, and the number of its definition. */
    private void judgeTag(Call call, AuditedAccount account, String tag, Optional<JsonNode> body) {
        var parts = tag.replace("\"", "").split("-", 2);
        var versions = Stream.of(parts[0].split("\\.")).map(Long::parseLong).toList();
        var definition = Long.parseLong(parts[1]);
        unless(versions.size() == account.parts().size(), "%s has the tag %s", call, tag);
        var sum = Tally.NOTHING;
        long version = 0;
        for (int i = 0; i < versions.size(); i++) {
            var part = account.parts().get(i);
            judgeVersion(call, part, versions.get(i), account.isStriped());
            sum = sum.plus(part.at(versions.get(i)).orElseThrow());
            version += versions.get(i);
        }
        var shows = version;
        var tally = sum;
        unless(
                body.map(shown -> shown.path("version").asLong() == shows
                                && Answers.tally(shown.path("balances")).equals(tally))
                        .orElse(true),
                "%s has the tag %s: %s",
                call,
                tag,
                body);
        unless(
                account.states().stream()
                        .anyMatch(state -> state.definition() == definition
                                && body.map(shown -> isDefinedAs(state, shown)).orElse(true)),
                "%s was never defined as %s has it: %s %s",
                account.id,
                call,
                tag,
                body);
        unless(
                !isStrong(call)
                        || account.isStriped()
                        || account.since(call.startedAt).stream()
                                .anyMatch(state -> state.version() == shows && state.definition() == definition),
                "%s was not %s in the time of %s",
                account.id,
                tag,
                call);
    }

    /** Whether it asks for a time that was over so long when it came. */
    private static boolean isBefore(Call call, Duration past) {
        var latest =
                MachineClock.BEGINNING.plus(call.startedAt, ChronoUnit.MICROS).minus(past);
        return call.query.containsKey("at")
                && !Instant.parse(call.query.get("at")).isAfter(latest);
    }

    private static boolean isStrong(Call call) {
        return "strong".equals(call.query.get("consistency"));
    }

    private static boolean isDefinedAs(AuditedAccount.State state, JsonNode shown) {
        return state.minimum()
                        .map(Object::toString)
                        .orElse("null")
                        .equals(shown.path("minimum").asText())
                && state.maximum()
                        .map(Object::toString)
                        .orElse("null")
                        .equals(shown.path("maximum").asText())
                && state.closed() == shown.path("closed").asBoolean();
    }

    /** An account as it is shown alone, or in the list of all. */
    private void judgeAccount(Call call, JsonNode body) {
        var account = auditor.accounts().get(body.path("id").asText());
        unless(body.path("ledger").asText().equals(auditor.ledger), "%s shows another ledger's: %s", call, body);
        unless(account != null, "%s shows an account that is not there: %s", call, body);
        if (account.isStriped()) {
            judgeSums(call, account, body);
        } else {
            judgeVersion(call, account, body.path("version").asLong(), false);
            var tally = account.at(body.path("version").asLong());
            unless(
                    tally.isPresent() && tally.get().equals(Answers.tally(body.path("balances"))),
                    "%s never was as %s shows it: %s",
                    account.id,
                    call,
                    body);
        }
        unless(
                body.path("asset").asText().equals(account.asset)
                        && body.path("type").asText().equals(account.type)
                        && account.states().stream().anyMatch(state -> isDefinedAs(state, body)),
                "%s was never defined as %s shows it: %s",
                account.id,
                call,
                body);
    }

    /** Of a striped account each part may be seen at a moment of its own; what was at a time that is over is final. */
    private void judgeSums(Call call, AuditedAccount account, JsonNode body) {
        var at = Optional.ofNullable(call.query.get("at")).map(Instant::parse);
        var version = body.path("version").asLong();
        var least = account.parts().stream()
                .mapToLong(part -> inView(call, part, at))
                .sum();
        unless(
                version >= least && version <= account.now().version(),
                "%s shows %s at version %d; in its view was %d, the newest is %d",
                call,
                account.id,
                version,
                least,
                account.now().version());
        if (isBefore(call, SETTLED.plus(CLOCKS))) {
            var then = at.orElseThrow().plus(1, ChronoUnit.MICROS);
            unless(
                    version == account.entriesBefore(then, scheduler.now())
                            && account.tallyBefore(then, scheduler.now()).equals(Answers.tally(body.path("balances"))),
                    "%s was not as %s %s shows it: %s",
                    account.id,
                    call,
                    call.query,
                    body);
        }
    }

    /** The version that the view of an account or a part was at for sure when a call came. */
    private long inView(Call call, AuditedAccount account, Optional<Instant> at) {
        var sure = call.startedAt - SimulatedDynamoDb.OLDEST_READ_MICROS;
        return account.entries().stream()
                .filter(state -> at.isEmpty() || !state.recordedAt().isAfter(at.get()))
                .filter(state -> views.wasThere(place(account.id, state), sure))
                .mapToLong(AuditedAccount.State::version)
                .max()
                .orElse(0);
    }

    /**
     * Not older than was asked for or than the view was for sure, and not newer than there is.
     *
     * @param part whether it is one part of a striped account, of which the journal answers all that asks for a version
     */
    private void judgeVersion(Call call, AuditedAccount account, long version, boolean part) {
        var at = Optional.ofNullable(call.query.get("at")).map(Instant::parse);
        var inView = inView(call, account, at);
        var wanted = isStrong(call) || (part && call.query.containsKey("atLeast"))
                ? account.since(call.startedAt).getFirst().version()
                : leastVersion(call);
        var most = at.map(instant -> account.entriesBefore(instant.plus(1, ChronoUnit.MICROS), scheduler.now()))
                .orElse(account.now().version());
        // What was at a time that is over is final.
        unless(
                version >= (isBefore(call, SETTLED.plus(CLOCKS)) ? most : Math.max(inView, wanted)) && version <= most,
                "%s shows %s at version %d; in its view was %d, asked for was %d, the newest is %d",
                call,
                account.id,
                version,
                inView,
                wanted,
                most);
    }

    private Table.Key place(String account, AuditedAccount.State entry) {
        return AuditedViews.entry(auditor.ledger, account, Timestamp.format(entry.recordedAt()), entry.version());
    }

    void judgeLedgers(JsonNode body) {
        for (var item : body.path("items")) {
            unless(Simulation.LEDGERS.contains(item.path("ledger").asText()), "there is no ledger %s", item);
        }
    }

    void judgeByKey(Call call, AuditedTransaction transaction, Gateway.Answer answer) {
        if (isNotYetShown(call, transaction) && answer.body().path("items").isEmpty()) {
            return;
        }
        unless(
                answer.status() == 200
                        && answer.body().path("items").size() == 1
                        && answer.body().path("next").isNull(),
                "%s with %s was answered with %s",
                call,
                call.query,
                answer);
        judgeTransaction(call, transaction, answer.body().path("items").get(0));
    }

    void judgeTransaction(Call call, Gateway.Answer answer) {
        var transaction = auditor.transactions().get(call.target);
        switch (answer.status()) {
            case 200 -> {
                var events = judgeTransaction(call, transaction, answer.body());
                var tag = answer.headers().get("etag");
                unless(
                        tag.equals("\"" + events + "\"") && !tag.equals(call.headers.get("if-none-match")),
                        "%s was answered with the tag %s",
                        call,
                        tag);
            }
            case 304 -> {
                var known = Integer.parseInt(call.headers.get("if-none-match").replace("\"", ""));
                unless(
                        known >= transaction.eventsShownAt(call.startedAt)
                                && known <= transaction.eventsBy(scheduler.now()),
                        "%s has %d events, and %s was answered with 304",
                        transaction.id,
                        transaction.eventsBy(call.startedAt),
                        call);
            }
            default ->
                unless(
                        answer.status() == 404 && isNotYetShown(call, transaction),
                        "%s was answered with %s",
                        call,
                        answer);
        }
    }

    /** Whether it was being written yet when it was asked for. */
    private static boolean isNotYetShown(Call call, AuditedTransaction transaction) {
        return !transaction.isShownAt(call.startedAt);
    }

    /** A transaction as the journal shows it; how many events of it are shown. */
    private int judgeTransaction(Call call, AuditedTransaction transaction, JsonNode body) {
        judgeListed(call, body);
        var events = events(transaction, body);
        unless(
                body.path("id").asText().equals(transaction.id)
                        && events >= transaction.eventsShownAt(call.startedAt)
                        && events <= transaction.eventsBy(scheduler.now()),
                "%s shows %d events of %s: %s",
                call,
                events,
                transaction.id,
                body);
        return events;
    }

    private static int events(AuditedTransaction transaction, JsonNode body) {
        var ended =
                transaction.kind.equals("held") && !body.path("status").asText().equals("pending");
        return 1 + (ended ? 1 : 0) + (body.path("reversedBy").isNull() ? 0 : 1);
    }

    /** A transaction as it was after some of its events. */
    private void judgeListed(Call call, JsonNode item) {
        var transaction = auditor.transactions().get(item.path("id").asText());
        unless(
                transaction != null && item.path("ledger").asText().equals(auditor.ledger),
                "%s shows a transaction that is not there: %s",
                call,
                item);
        var status = item.path("status").asText();
        var reversedBy = item.path("reversedBy");
        unless(
                status.equals(transaction.status()) || status.equals(transaction.firstStatus()),
                "%s is %s and is shown as %s by %s",
                transaction.id,
                transaction.status(),
                status,
                call);
        unless(
                reversedBy.isNull() || (reversedBy.asText().equals(transaction.reversedBy) && status.equals("posted")),
                "%s is shown as reversed by %s: %s",
                transaction.id,
                reversedBy,
                call);
        unless(
                item.path("postings").size() == transaction.postings.size()
                        && item.path("key").asText("").equals(transaction.key.orElse("")),
                "%s is shown with another key or other postings by %s: %s",
                transaction.id,
                call,
                item);
        for (var entry : item.path("entries")) {
            var account = auditor.part(entry);
            unless(
                    account.at(entry.path("version").asLong())
                            .equals(Optional.of(Answers.tally(entry.path("balances")))),
                    "%s never was as %s shows it: %s",
                    account.id,
                    call,
                    entry);
        }
    }

    /** The list that this call is the first page of. */
    Listing begin(Call call) {
        var sure = call.startedAt - SimulatedDynamoDb.OLDEST_READ_MICROS;
        return switch (call.route) {
            case "entries" -> {
                var account = auditor.accounts().get(call.target);
                var required = account.parts().stream()
                        .flatMap(part -> part.entries().stream()
                                .filter(state -> views.wasThere(place(part.id, state), sure))
                                .map(state -> part.place(Timestamp.format(state.recordedAt()), state.version())))
                        .filter(place -> isChosen(call, place))
                        .collect(Collectors.toSet());
                yield new Listing(
                        call,
                        required,
                        item -> auditor.part(item)
                                .place(
                                        item.path("recordedAt").asText(),
                                        item.path("version").asLong()),
                        this::judgeEntry);
            }
            case "transactions" -> {
                var required = auditor.transactions().keySet().stream()
                        .flatMap(id -> views.of(new Table.Key("t#" + auditor.ledger + "#" + id, "0")).stream())
                        .filter(view -> view.pk().startsWith("t#"))
                        .filter(view -> views.wasThere(view, sure) && isChosen(call, view.sk()))
                        .map(view -> view.sk().substring(0, view.sk().length() - 2))
                        .collect(Collectors.toSet());
                yield new Listing(
                        call,
                        required,
                        item -> item.path("recordedAt").asText() + "#"
                                + item.path("id").asText(),
                        this::judgeListed);
            }
            case "accounts" -> {
                var required = auditor.accounts().keySet().stream()
                        .filter(id -> id.startsWith(call.query.getOrDefault("prefix", "")))
                        .filter(id -> views.wasThere(new Table.Key("accounts#" + auditor.ledger, id), sure))
                        .collect(Collectors.toSet());
                yield new Listing(call, required, item -> item.path("id").asText(), this::judgeAccount);
            }
            default -> throw new IllegalStateException(call.route);
        };
    }

    private static boolean isChosen(Call call, String place) {
        return place.compareTo(call.query.getOrDefault("from", "")) >= 0
                && place.compareTo(call.query.getOrDefault("to", "~")) < 0;
    }

    private void judgeEntry(Call call, JsonNode item) {
        var account = auditor.part(item);
        var version = item.path("version").asLong();
        unless(
                item.path("account").asText().equals(call.target)
                        && version >= 1
                        && version <= account.now().version(),
                "%s shows an entry that is not there: %s",
                call,
                item);
        var entry = account.entries().get((int) version - 1);
        var before = account.at(version - 1).orElseThrow();
        unless(
                entry.tally().equals(Answers.tally(item.path("balances")))
                        && before.plus(Answers.tally(item.path("change"))).equals(entry.tally())
                        && Timestamp.format(entry.recordedAt())
                                .equals(item.path("recordedAt").asText())
                        && entry.transaction().equals(item.path("transaction").asText())
                        && isChosen(call, item.path("recordedAt").asText()),
                "%s shows entry %d otherwise than it is: %s",
                call,
                version,
                item);
    }

    /** How far a statement has been read. */
    static final class Progress {
        /** The version that the entries of each part have come to. */
        private final Map<String, Long> versions = new TreeMap<>();

        private long entries;
        private boolean settled;
    }

    /** One page of a statement, after others of it or none. */
    void judgeStatement(Call call, JsonNode body, Progress progress) {
        var account = auditor.accounts().get(call.target);
        var from = Instant.parse(call.query.get("from"));
        var to = Instant.parse(call.query.get("to"));
        var opening = judgeStanding(call, account, from, body.path("opening"));
        var closing = judgeStanding(call, account, to, body.path("closing"));
        var totals = Answers.tally(body.path("totals"));
        unless(
                Answers.tally(body.path("opening").path("balances"))
                        .plus(totals)
                        .equals(Answers.tally(body.path("closing").path("balances"))),
                "%s has totals that are not the difference: %s",
                call,
                body);
        var settled = !to.isAfter(
                MachineClock.BEGINNING.plus(call.startedAt, ChronoUnit.MICROS).minus(SETTLED));
        progress.settled |= settled && progress.entries == 0;
        if (!account.isStriped()) {
            progress.versions.putIfAbsent(account.id, opening);
        }
        for (var entry : body.path("entries").path("items")) {
            judgeEntry(call, entry);
            judgeNext(call, auditor.part(entry), from, entry.path("version").asLong(), progress);
        }
        var last = account.isStriped() ? opening + progress.entries : progress.versions.get(account.id);
        // While entries can still come in, those of a part that were slow may be behind the page already.
        unless(
                (account.isStriped() && !progress.settled)
                        || (last <= closing
                                && (last == closing
                                        || !body.path("entries").path("next").isNull())),
                "%s ends at %d, its closing is %d",
                call,
                last,
                closing);
        if (settled) {
            statements.add(new Statement(call, account, from, opening, to, closing));
        }
    }

    private void judgeNext(Call call, AuditedAccount part, Instant from, long version, Progress progress) {
        var before = progress.versions.put(part.id, version);
        progress.entries++;
        var striped = auditor.accounts().get(call.target).isStriped();
        var follows = before == null
                ? version > part.entriesBefore(from, call.startedAt)
                        && version <= part.entriesBefore(from, scheduler.now()) + 1
                : version == before + 1;
        unless(
                follows || (striped && !progress.settled),
                "%s lacks what is before entry %d of %s",
                call,
                version,
                part.id);
    }

    /** How an account is said to have stood just before an instant; its version. */
    private long judgeStanding(Call call, AuditedAccount account, Instant instant, JsonNode standing) {
        var version = standing.path("version").asLong();
        unless(
                version >= account.entriesBefore(instant, call.startedAt)
                        && version <= account.entriesBefore(instant, scheduler.now()),
                "%s %s stands at %d before %s; it had %d entries",
                call,
                account.id,
                version,
                instant,
                account.entriesBefore(instant, scheduler.now()));
        var tally = Answers.tally(standing.path("balances"));
        var least = account.entriesBefore(instant, call.startedAt);
        unless(
                account.isStriped()
                        ? version > least || tally.equals(account.tallyBefore(instant, call.startedAt))
                        : account.at(version).equals(Optional.of(tally)),
                "%s never was as %s shows it: %s",
                account.id,
                call,
                standing);
        return version;
    }

    /** The cut of the oldest trial balance that was given. */
    Optional<String> oldestBalance() {
        return balances.keySet().stream().findFirst();
    }

    void judgeTrialBalance(Call call, Gateway.Answer answer) {
        var asked = call.query.get("at");
        var body = answer.body();
        if (answer.status() == 409) {
            unless(
                    asked != null && body.path("safe").asText().compareTo(asked) < 0,
                    "%s %s is refused: %s",
                    call,
                    call.query,
                    body);
            return;
        }
        var at = body.path("at").asText();
        unless(
                answer.status() == 200 && (asked == null || asked.equals(at)),
                "%s %s was answered with %s",
                call,
                call.query,
                answer);
        unless(body.path("balanced").asBoolean(), "%s is not balanced: %s", call, body);
        var shown = new TreeMap<String, Tally>();
        for (var asset : body.path("assets")) {
            for (var line : asset.path("types")) {
                shown.put(asset.path("asset").asText() + " " + line.path("type").asText(), Answers.tally(line));
            }
        }
        shown.values().removeIf(Tally.NOTHING::equals);
        var sums = sums(Instant.parse(at));
        unless(shown.equals(sums), "%s says that at %s there was %s; there was %s", call, at, shown, sums);
        balances.put(at, sums);
    }

    /** The auditor's own sums at a cut. */
    private Map<String, Tally> sums(Instant at) {
        var sums = new TreeMap<String, Tally>();
        for (var account : auditor.accounts().values()) {
            var tally = account.tallyBefore(at.plus(1, ChronoUnit.MICROS), scheduler.now());
            sums.merge(account.asset + " " + account.type, tally, Tally::plus);
        }
        sums.values().removeIf(Tally.NOTHING::equals);
        return sums;
    }

    /** What was given as settled has not changed since. */
    void auditEnd() {
        balances.forEach((at, sums) -> unless(
                sums.equals(sums(Instant.parse(at))), "the trial balance at %s was %s, and has changed", at, sums));
        for (var given : statements) {
            unless(
                    given.opening() == given.account().entriesBefore(given.from(), scheduler.now())
                            && given.closing() == given.account().entriesBefore(given.to(), scheduler.now()),
                    "the statement of %s from %s to %s, given to %s, has changed",
                    given.account().id,
                    given.from(),
                    given.to(),
                    given.call());
        }
    }
}
