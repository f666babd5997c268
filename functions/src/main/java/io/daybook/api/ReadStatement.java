package io.daybook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.journal.Journal;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.Counters;
import io.daybook.ledger.Side;
import io.daybook.ledger.Timestamp;
import io.daybook.runtime.Deployment;
import io.daybook.views.Page;
import io.daybook.views.Paging;
import io.daybook.views.Range;
import io.daybook.views.RecordedEntry;
import io.daybook.views.Views;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code GET /v1/ledgers/{ledger}/accounts/{account}/statement}
 *
 * <p>Complete or refused: the versions on a page follow the one before without a gap, and the closing version is followed
 * by the next one known, from the view or, where that has none, from the journal. Costs three queries of one item each,
 * the page's, and one of the journal.
 */
public final class ReadStatement extends ApiHandler {
    private final Journal journal;
    private final Views views;

    public ReadStatement() {
        this(Deployment.ofLambda(deployment ->
                new ReadStatement(deployment).rehearse("from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", "")));
    }

    public ReadStatement(Deployment deployment) {
        super(deployment);
        journal = deployment.journal();
        views = deployment.views();
    }

    /** How an account stood between two entries. */
    private record Standing(long version, Counters balances) {
        static Standing after(Optional<RecordedEntry> entry) {
            return entry.map(it -> new Standing(it.entry().version(), it.entry().balances()))
                    .orElse(new Standing(0, Counters.ZERO));
        }
    }

    private record Statement(
            AccountState account,
            Instant from,
            Instant to,
            Standing opening,
            Standing closing,
            Page<RecordedEntry> page) {}

    @Override
    Reply answer(Request request) {
        var ledger = request.ledger();
        var id = request.account();
        var range = request.range();
        var from = range.from().orElseThrow(() -> Request.missing("from"));
        var to = range.to().orElseThrow(() -> Request.missing("to"));
        var cursors = Cursors.of("statement", ledger, id, range.toString());
        var paging = cursors.ascendingPaging(request);
        request.endParameters();
        var account = journal.account(ledger, id)
                .orElseThrow(() -> Problem.accountNotFound(id).refused());
        var opening = Standing.after(views.lastEntryBefore(ledger, id, from));
        var closing = Standing.after(views.lastEntryBefore(ledger, id, to));
        var next = views.firstEntryFrom(ledger, id, to)
                .map(entry -> entry.entry().version() - 1)
                .orElse(account.version());
        var page = page(ledger, id, range, paging, opening, closing);
        if (closing.version() < next || closing.version() < opening.version()) {
            throw Problem.notYetProjected(id).refused();
        }
        var statement = new Statement(account, from, to, opening, closing, page);
        return request.header("accept").filter(ReadStatement::wantsCsv).isPresent()
                ? csv(statement, request, cursors.writer(paging))
                : Reply.json(200, json(statement, cursors.writer(paging)));
    }

    /** A page of the entries, checked to follow one another and what was before the page. */
    private Page<RecordedEntry> page(
            String ledger, String account, Range range, Paging paging, Standing opening, Standing closing) {
        var read = views.entries(ledger, account, range, paging);
        // What has come in since the closing was read belongs to a later statement.
        var items = read.items().stream()
                .filter(entry -> entry.entry().version() <= closing.version())
                .toList();
        var page = new Page<>(items, items.size() < read.items().size() ? Optional.empty() : read.next());
        var before = paging.after()
                .map(place -> Views.versionAt(place).orElseThrow(Cursors::foreign))
                .orElse(opening.version());
        for (var entry : items) {
            if (entry.entry().version() != before + 1) {
                throw Problem.notYetProjected(account).refused();
            }
            before++;
        }
        if (page.next().isEmpty() && before != closing.version()) {
            throw Problem.notYetProjected(account).refused();
        }
        return page;
    }

    private static ObjectNode json(Statement statement, java.util.function.Function<String, String> cursor) {
        var normal = statement.account().definition().type().normal();
        var node = Json.object()
                .put("ledger", statement.account().ledger())
                .put("account", statement.account().id())
                .put("asset", statement.account().definition().asset().toString())
                .put("from", Timestamp.format(statement.from()))
                .put("to", Timestamp.format(statement.to()));
        node.set("opening", json(statement.opening(), normal));
        node.set("closing", json(statement.closing(), normal));
        node.set(
                "totals",
                Json.counters(
                        statement.closing().balances().minus(statement.opening().balances())));
        node.set("entries", Json.page(statement.page(), Json::entry, RecordedEntry::place, cursor));
        return node;
    }

    private static ObjectNode json(Standing standing, Side normal) {
        var node = Json.object().put("version", standing.version());
        node.set("balances", Json.balances(standing.balances(), normal));
        return node;
    }

    /** Whether CSV is named before JSON, or alone. */
    private static boolean wantsCsv(String accept) {
        return Stream.of(accept.split(","))
                .map(String::strip)
                .filter(type -> type.startsWith("text/csv") || type.startsWith("application/") || type.startsWith("*/"))
                .findFirst()
                .filter(type -> type.startsWith("text/csv"))
                .isPresent();
    }

    private static Reply csv(Statement statement, Request request, java.util.function.Function<String, String> cursor) {
        var header =
                "recordedAt,effectiveAt,transaction,version,debitsPosted,creditsPosted,debitsPending,creditsPending,posted,pending,available,description";
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
