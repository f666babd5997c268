package io.daybook.background;

import static io.daybook.items.Attributes.LEDGER;
import static io.daybook.items.Attributes.RECORDED_AT;
import static io.daybook.items.Deviation.Rule.BALANCED;
import static io.daybook.items.Deviation.Rule.READABLE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.items.Deviation;
import io.daybook.items.Item;
import io.daybook.items.TableScan;
import io.daybook.journal.JournalAudit;
import io.daybook.journal.JournalTable;
import io.daybook.journal.Outbox;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.Metric;
import io.daybook.views.Paging;
import io.daybook.views.Projection;
import io.daybook.views.TrialBalances;
import io.daybook.views.Views;
import io.daybook.views.ViewsAudit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Proves the books: the journal against itself, the heads and the views against the journal, the views back against the
 * journal, and for each ledger debits against credits; its trial balance is kept for the ledgers that are too large to be
 * added up within a call. Each deviation is named in the log, counted in a metric and kept with the run.
 *
 * <p>Triggered by a schedule, and invoked by hand, with nothing or with {@code segments}, in how many parts to read each of
 * the tables. It reads while money moves: what may still be on its way into the views is left to the next run.
 */
public final class AuditLedger extends Sweep {
    private static final String KIND = "audit";
    private static final String JOURNAL = "journal";
    private static final String VIEWS = "views";
    private static final int PAGE = 1000;

    /** How many events an item of the views can come from by what it says. */
    private static final int MOST_ORIGINS = 2;

    private final TableScan journalScan;
    private final TableScan viewsScan;
    private final JournalTable journal;
    private final JournalAudit journalAudit;
    private final Outbox outbox;
    private final Views views;
    private final ViewsAudit viewsAudit;
    private final TrialBalances trialBalances;

    public AuditLedger() {
        this(Deployment.ofLambda(deployment -> deployment.runs(KIND).progress("none")));
    }

    public AuditLedger(Deployment deployment) {
        super(deployment, KIND, Metric.AUDITED_ITEMS, Metric.AUDIT_DEVIATIONS);
        journalScan = deployment.journalScan();
        viewsScan = deployment.viewsScan();
        journal = deployment.journalTable();
        journalAudit = deployment.journalAudit();
        outbox = deployment.outbox();
        views = deployment.views();
        viewsAudit = deployment.viewsAudit();
        trialBalances = deployment.trialBalances();
    }

    @Override
    Set<String> options() {
        return Set.of(SEGMENTS);
    }

    @Override
    List<ObjectNode> parts(JsonNode options) {
        return Stream.of(
                        segments(options, journalScan).map(part -> part.put("table", JOURNAL)),
                        segments(options, viewsScan).map(part -> part.put("table", VIEWS)),
                        ledgers().stream()
                                .map(ledger ->
                                        JsonNodeFactory.instance.objectNode().put("ledger", ledger)))
                .flatMap(parts -> parts)
                .toList();
    }

    private List<String> ledgers() {
        var ledgers = new ArrayList<String>();
        var after = Optional.<String>empty();
        do {
            var page = views.ledgers(new Paging(PAGE, true, after));
            ledgers.addAll(page.items());
            after = page.next();
        } while (after.isPresent());
        return ledgers;
    }

    @Override
    Page page(JsonNode part, Optional<Item> after) {
        if (part.has("ledger")) {
            return addUp(part.get("ledger").asText());
        }
        int segment = part.path("segment").asInt();
        int of = part.path("of").asInt();
        var ofJournal = part.path("table").asText().equals(JOURNAL);
        var page = (ofJournal ? journalScan : viewsScan).page(segment, of, after);
        var cuts = new HashMap<String, Instant>();
        Function<String, Instant> cut = ledger -> cuts.computeIfAbsent(ledger, this::safeCut);
        var deviations = ofJournal ? auditJournal(page.items(), cut) : auditViews(page.items(), cut);
        return new Page(page.items().size(), deviations, page.next());
    }

    private Page addUp(String ledger) {
        var cut = safeCut(ledger);
        var balance = trialBalances.live(ledger, cut, Integer.MAX_VALUE).orElseThrow();
        trialBalances.keep(ledger, balance);
        return new Page(
                balance.sums().size(),
                balance.balanced()
                        ? List.of()
                        : List.of(new Deviation(BALANCED, ledger, "debits and credits differ at " + cut)),
                Optional.empty());
    }

    private List<Deviation> auditJournal(List<Item> page, Function<String, Instant> cut) {
        var deviations =
                new ArrayList<>(journalAudit.check(page, deployment.clock().instant()));
        var projected = new ArrayList<Projection>();
        for (var item : page) {
            if (JournalAudit.isEvent(item)) {
                project(item, cut).ifPresent(projected::add);
            }
            JournalAudit.head(item)
                    .flatMap(head -> viewsAudit.head(head, cut.apply(head.ledger())))
                    .ifPresent(deviations::add);
        }
        deviations.addAll(viewsAudit.viewed(projected));
        return deviations;
    }

    /** What an event has put into the views, where it must have by now. */
    private Optional<Projection> project(Item event, Function<String, Instant> cut) {
        try {
            var projection = Projection.of(event);
            return event.time(RECORDED_AT).isAfter(cut.apply(event.text(LEDGER)))
                    ? Optional.empty()
                    : Optional.of(projection);
        } catch (IllegalStateException e) {
            // The journal's own audit names it.
            return Optional.empty();
        }
    }

    private Instant safeCut(String ledger) {
        return outbox.safeCut(ledger, deployment.shards().outbox(), deployment.clock());
    }

    private List<Deviation> auditViews(List<Item> page, Function<String, Instant> cut) {
        var deviations = new ArrayList<Deviation>();
        var origins = new LinkedHashMap<Item, List<Item>>();
        for (var item : page) {
            try {
                origins.put(item, ViewsAudit.origin(item).map(AuditLedger::keys).orElse(List.of()));
            } catch (RuntimeException e) {
                deviations.add(Deviation.of(READABLE, item, String.valueOf(e.getMessage())));
            }
        }
        deviations.addAll(viewsAudit.folded(List.copyOf(origins.keySet()), cut));
        // One after the other: nearly all come from the first, and a key that is not there costs as much as one that
        // is.
        var left = List.copyOf(origins.keySet());
        for (int next = 0; next < MOST_ORIGINS; next++) {
            int origin = next;
            var keys = left.stream()
                    .flatMap(item -> origins.getOrDefault(item, List.of()).stream()
                            .skip(origin)
                            .limit(1))
                    .distinct()
                    .toList();
            left = ViewsAudit.without(left, projections(keys));
        }
        deviations.addAll(viewsAudit.unfounded(left));
        return deviations;
    }

    /** The keys of the events that something may come from, the likeliest first. */
    private static List<Item> keys(ViewsAudit.Origin origin) {
        return switch (origin) {
            case ViewsAudit.OfTransaction of ->
                of.events().stream()
                        .map(number -> JournalAudit.event(of.ledger(), of.transaction(), number))
                        .toList();
            case ViewsAudit.OfAccount of -> List.of(JournalAudit.keyOf(of.ledger(), of.account(), of.definition()));
        };
    }

    private List<Projection> projections(List<Item> keys) {
        var projections = new ArrayList<Projection>();
        for (var event : journal.events(keys)) {
            try {
                projections.add(Projection.of(event));
            } catch (IllegalStateException e) {
                // The journal's own audit names it.
            }
        }
        return projections;
    }
}
