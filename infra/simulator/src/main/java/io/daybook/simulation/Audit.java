package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Hands what is written to the auditor of its ledger, since nothing may ever belong to two, and views to theirs. */
final class Audit implements Consumer<Commit> {
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
            case Machine.VIEWS -> commit.writes().forEach(views::written);
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
