package io.daybook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.journal.Journal;
import io.daybook.journal.Outbox;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Standing;
import io.daybook.ledger.Timestamp;
import io.daybook.runtime.Deployment;
import io.daybook.views.EntryPlace;
import io.daybook.views.Page;
import io.daybook.views.Paging;
import io.daybook.views.Parallel;
import io.daybook.views.Range;
import io.daybook.views.RecordedEntry;
import io.daybook.views.Views;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code GET /v1/ledgers/{ledger}/accounts/{account}/statement}
 *
 * <p>Complete or refused: the versions on a page follow the one before without a gap, and the closing version is followed
 * by the next one known, from the view or, where that has none, from the journal; so is the opening version on a page
 * that does not begin with it. So in each part of a striped account. Costs three queries of one item each, on later pages
 * four, the page's, and one of the journal.
 */
public final class ReadStatement extends ApiHandler {
    /** A media range that a statement can be answered in, and its weight if it has one. */
    private static final Pattern RANGE = Pattern.compile(
            "\\s*(?:(?<csv>text/csv)|application/(?:json|\\*)|\\*/\\*)\\s*(?:(?:;.*)?;\\s*q=(?<q>[01](?:\\.\\d*)?)\\s*(?:;.*)?|;.*)?");

    private final Journal journal;
    private final Views views;
    private final InstantSource clock;

    public ReadStatement() {
        this(Deployment.ofLambda(deployment ->
                new ReadStatement(deployment).rehearse("from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", "")));
    }

    public ReadStatement(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
        views = deployment.views();
        clock = deployment.clock();
    }

    /**
     * What is answered.
     *
     * @param opening the account as it stood before {@code from}
     * @param closing the account as it stood before {@code to}
     */
    private record Statement(
            AccountState opening, AccountState closing, Instant from, Instant to, Page<RecordedEntry> page) {}

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        var id = request.account();
        var range = request.range();
        var from = range.from().orElseThrow(() -> Request.missing("from"));
        var to = range.to().orElseThrow(() -> Request.missing("to"));
        var cursors = Cursors.ofEntries("statement", ledger, id, range);
        var paging = cursors.ascendingPaging(request);
        request.endParameters();
        var account = journal.account(ledger, id)
                .orElseThrow(() -> Problem.accountNotFound(id).refused());
        // After the first answer, which sets the clock right, and before what it is to judge.
        var now = clock.instant();
        var parts = account.partNames();
        var opening = account.at(Parallel.map(parts, part -> views.before(ledger, part, from)));
        var closing = account.at(Parallel.map(parts, part -> views.before(ledger, part, to)));
        // What the first page begins with is held against the opening itself.
        if (isBehind(closing, versions(opening))
                || isBehind(closing, known(account, to))
                || (paging.after().isPresent() && isBehind(opening, known(account, from)))) {
            throw Problem.notYetProjected(id).refused();
        }
        var statement = new Statement(opening, closing, from, to, page(range, paging, opening, closing));
        var reply = request.header("accept").filter(ReadStatement::wantsCsv).isPresent()
                ? csv(statement, request, cursors.writer(paging))
                : Reply.json(200, json(statement, cursors.writer(paging)));
        var varied = reply.with("vary", "accept");
        // An entry may still come in before a later instant.
        return to.isAfter(now.minus(Outbox.SETTLED)) ? varied : varied.forGood();
    }

    /** Whether a part of the account stands at an earlier version than its own of these. */
    private static boolean isBehind(AccountState account, List<Long> versions) {
        return IntStream.range(0, versions.size())
                .anyMatch(i -> account.parts().get(i).version() < versions.get(i));
    }

    /** The versions that the account's parts had before an instant, by the next entry known of each. */
    private List<Long> known(AccountState account, Instant instant) {
        var next = Parallel.map(account.partNames(), part -> views.versionBeforeNext(account.ledger(), part, instant));
        return IntStream.range(0, next.size())
                .mapToObj(i -> next.get(i).orElse(account.parts().get(i).version()))
                .toList();
    }

    /**
     * A page of the entries, none of which is missing. It ends before the first entry that has come in since the closing was
     * read, which belongs to a later statement.
     */
    private Page<RecordedEntry> page(Range range, Paging paging, AccountState opening, AccountState closing) {
        var read = views.entries(opening.ledger(), opening.partNames(), range, paging);
        var versions = versionsBefore(paging, opening);
        for (int i = 0; i < versions.size(); i++) {
            var end = closing.parts().get(i).version();
            if (!follows(read.parts().get(i), versions.get(i), end)) {
                throw Problem.notYetProjected(opening.id()).refused();
            }
        }
        var page = read.merged();
        var items = page.items().stream()
                .takeWhile(it -> it.entry().version()
                        <= closing.parts().get(index(it.entry())).version())
                .toList();
        items.forEach(it -> versions.set(index(it.entry()), it.entry().version()));
        if (versions.equals(versions(closing))) {
            return new Page<>(items, Optional.empty());
        }
        var next = items.size() == page.items().size()
                ? page.next()
                : items.stream().map(RecordedEntry::place).reduce((first, second) -> second);
        if (next.isEmpty()) {
            throw Problem.notYetProjected(opening.id()).refused();
        }
        return new Page<>(items, next);
    }

    /** Whether what was read of a part goes on from a version without a gap, if it was read so far up to the closing one. */
    private static boolean follows(Page<RecordedEntry> part, long version, long closing) {
        for (var recorded : part.items()) {
            if (recorded.entry().version() > closing) {
                return version == closing;
            }
            if (recorded.entry().version() != ++version) {
                return false;
            }
        }
        return version == closing || part.next().isPresent();
    }

    /** The versions of the account's parts where a page begins. */
    private List<Long> versionsBefore(Paging paging, AccountState opening) {
        if (paging.after().isEmpty()) {
            return versions(opening);
        }
        var place = EntryPlace.parse(paging.after().get()).orElseThrow();
        return new ArrayList<>(
                Parallel.map(opening.partNames(), part -> views.versionBefore(opening.ledger(), part, place)));
    }

    private static List<Long> versions(AccountState account) {
        return new ArrayList<>(account.parts().stream().map(Standing::version).toList());
    }

    /** Where the part of an entry is among its account's parts. */
    private static int index(Entry entry) {
        return Math.max(0, entry.stripe() - 1);
    }

    private static ObjectNode json(Statement statement, java.util.function.Function<String, String> cursor) {
        var account = statement.closing();
        var node = Json.object()
                .put("ledger", account.ledger())
                .put("account", account.id())
                .put("asset", account.definition().asset().toString())
                .put("from", Timestamp.format(statement.from()))
                .put("to", Timestamp.format(statement.to()));
        node.set("opening", json(statement.opening()));
        node.set("closing", json(statement.closing()));
        node.set(
                "totals",
                Json.counters(
                        statement.closing().balances().minus(statement.opening().balances())));
        node.set("entries", Json.page(statement.page(), Json::entry, RecordedEntry::place, cursor));
        return node;
    }

    private static ObjectNode json(AccountState account) {
        var node = Json.object().put("version", account.version());
        node.set(
                "balances",
                Json.balances(account.balances(), account.definition().type().normal()));
        return node;
    }

    /** Whether CSV is wanted more than JSON; where both are wanted as much, whether it is named first (RFC 9110, 12.5.1). */
    private static boolean wantsCsv(String accept) {
        return Stream.of(accept.toLowerCase(Locale.ROOT).split(","))
                .map(RANGE::matcher)
                .filter(range -> range.matches() && weight(range) > 0)
                .reduce((best, range) -> weight(range) > weight(best) ? range : best)
                .filter(range -> range.group("csv") != null)
                .isPresent();
    }

    private static double weight(Matcher range) {
        var weight = range.group("q");
        return weight == null ? 1 : Double.parseDouble(weight);
    }

    private static Reply csv(Statement statement, Request request, java.util.function.Function<String, String> cursor) {
        var header =
                "recordedAt,effectiveAt,transaction,stripe,version,debitsPosted,creditsPosted,debitsPending,creditsPending,posted,pending,available,description";
        var lines = statement.page().items().stream().map(ReadStatement::line);
        var body = Stream.concat(Stream.of(header), lines).collect(Collectors.joining("\r\n", "", "\r\n"));
        var reply = new Reply(200, java.util.Map.of("content-type", "text/csv; charset=utf-8; header=present"), body);
        return statement
                .page()
                .next()
                .map(cursor)
                .map(next -> reply.with("link", "<%s>; rel=\"next\"".formatted(request.pathWith("cursor", next))))
                .orElse(reply);
    }

    /** RFC 4180: a field with a comma, a quote or a line break is quoted, and quotes in it doubled. */
    private static String line(RecordedEntry recorded) {
        var entry = recorded.entry();
        var change = entry.change();
        var description = Optional.ofNullable(recorded.description()).orElse("");
        return Stream.of(
                        Timestamp.format(recorded.recordedAt()),
                        Timestamp.format(recorded.effectiveAt()),
                        recorded.transaction(),
                        entry.stripe() == 0 ? "" : entry.stripe(),
                        entry.version(),
                        change.debitsPosted(),
                        change.creditsPosted(),
                        change.debitsPending(),
                        change.creditsPending(),
                        entry.balances().posted(entry.normal()),
                        entry.balances().pending(entry.normal()),
                        entry.balances().available(entry.normal()),
                        description.matches("(?s).*[\",\r\n].*")
                                ? "\"" + description.replace("\"", "\"\"") + "\""
                                : description)
                .map(String::valueOf)
                .collect(Collectors.joining(","));
    }
}
