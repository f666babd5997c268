package io.daybook.simulation;

import static io.daybook.items.Attributes.DEVIATIONS;
import static io.daybook.simulation.Violation.unless;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Hands what is written to the auditor of its ledger, since nothing may ever belong to two, and views to theirs. */
final class Audit implements Consumer<Commit> {
    private static final Set<String> MAY_BE_LATE = Set.of("PROJECTED", "EXPIRED");
    private static final AttributeValue NONE = AttributeValue.fromL(List.of());

    private final Map<String, Auditor> ledgers = new TreeMap<>();
    private final AuditedViews views;

    Audit(Scheduler scheduler, List<String> ledgers) {
        views = new AuditedViews(scheduler);
        ledgers.forEach(ledger -> this.ledgers.put(ledger, new Auditor(ledger, scheduler, views)));
    }

    Auditor of(String ledger) {
        return ledgers.get(ledger);
    }

    Collection<Auditor> all() {
        return ledgers.values();
    }

    AuditedViews views() {
        return views;
    }

    @Override
    public void accept(Commit commit) {
        switch (commit.table()) {
            case Machine.VIEWS ->
                commit.writes().forEach(write -> {
                    if (isKept(write.key().pk())) {
                        auditPart(write);
                    } else {
                        views.written(write);
                    }
                });
            case Machine.JOURNAL -> {
                if (commit.writes().stream().allMatch(write -> write.key().pk().startsWith("outbox#"))) {
                    commit.writes().forEach(views::auditOutbox);
                } else {
                    append(commit);
                }
            }
            default -> {}
        }
    }

    /** Whether audits and replays keep it for themselves. */
    static boolean isKept(String pk) {
        return pk.startsWith("run#") || pk.startsWith("runs#") || pk.startsWith("audit#");
    }

    /** What a part of an audit or replay has come to. While all goes wrong, some of it may be late, and nothing else. */
    private static void auditPart(Commit.Write write) {
        for (var deviation :
                write.after().orElseThrow().getOrDefault(DEVIATIONS, NONE).l()) {
            unless(
                    MAY_BE_LATE.contains(deviation.l().getFirst().s()),
                    "%s names %s",
                    write.key(),
                    deviation.l().stream().map(AttributeValue::s).toList());
        }
    }

    private void append(Commit commit) {
        var touched =
                commit.writes().stream().map(write -> ledgerOf(write.key())).collect(Collectors.toSet());
        unless(touched.size() == 1, "one append writes into the ledgers %s", touched);
        of(touched.iterator().next()).append(commit);
    }

    /** The ledger stands in the partition key of what is an account's or a transaction's, else in the sort key. */
    private static String ledgerOf(Table.Key key) {
        var own = key.pk().startsWith("a#") || key.pk().startsWith("t#");
        return (own ? key.pk() : key.sk()).split("#", 3)[1];
    }
}
