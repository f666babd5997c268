package io.daybook.simulation;

import static io.daybook.items.Attributes.*;
import static io.daybook.simulation.Violation.unless;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Holds every item of the views against the events, at every write: it is what some event of the journal leads to, and an
 * outbox item goes only once all views of its events are there.
 */
final class AuditedViews {
    private final Scheduler scheduler;
    /** What each view may be; a definition may be any of its account's. */
    private final Map<Table.Key, List<Map<String, AttributeValue>>> permitted = new HashMap<>();

    private final Map<Table.Key, List<Table.Key>> viewsOfEvents = new HashMap<>();
    private final Map<Table.Key, Long> writtenAt = new HashMap<>();

    AuditedViews(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Whether a view has been there at this time. */
    boolean wasThere(Table.Key view, long time) {
        return writtenAt.getOrDefault(view, Long.MAX_VALUE) <= time;
    }

    /** Which items an event leads to. */
    List<Table.Key> of(Table.Key event) {
        return viewsOfEvents.getOrDefault(event, List.of());
    }

    /** From now on the views of this event may be written. */
    void expect(Map<String, AttributeValue> event) {
        var event0 = Table.Key.of(event);
        viewsOfEvents.put(event0, new ArrayList<>());
        var ledger = event.get(LEDGER);
        if (event0.pk().startsWith("a#")) {
            var account = event.get(ACCOUNT);
            permit(event0, "e#" + ledger.s() + "#" + account.s(), "~", event);
            if (event.get(DEFINITION).n().equals("1")) {
                var listed = new HashMap<>(
                        Map.of(ACCOUNT, account, ASSET, event.get(ASSET), ACCOUNT_TYPE, event.get(ACCOUNT_TYPE)));
                if (!event.get(STRIPES).n().equals("1")) {
                    listed.put(STRIPES, event.get(STRIPES));
                }
                permit(event0, "accounts#" + ledger.s(), account.s(), listed);
                permit(event0, "ledgers", ledger.s(), Map.of(LEDGER, ledger));
            }
            return;
        }
        var first = event.getOrDefault(FIRST_RECORDED_AT, event.get(RECORDED_AT));
        var id = event.get(TRANSACTION);
        permit(
                event0,
                "t#" + ledger.s() + "#" + event.get(LIST_SHARD).n(),
                first.s() + "#" + id.s() + "#" + event0.sk(),
                event);
        var entries = Optional.ofNullable(event.get(ENTRIES)).map(AttributeValue::l);
        for (var entry : entries.orElse(List.of())) {
            var parts = entry.l();
            var view = new HashMap<>(Map.of(
                    ACCOUNT, parts.get(0),
                    NORMAL, parts.get(1),
                    VERSION, parts.get(2),
                    CHANGE, AttributeValue.fromL(parts.subList(3, 7)),
                    BALANCES, AttributeValue.fromL(parts.subList(7, 11)),
                    TRANSACTION, id,
                    RECORDED_AT, event.get(RECORDED_AT),
                    EFFECTIVE_AT, event.getOrDefault(EFFECTIVE_AT, first)));
            Optional.ofNullable(event.get(DESCRIPTION)).ifPresent(text -> view.put(DESCRIPTION, text));
            var part = parts.get(0).s();
            if (parts.size() > 11) {
                view.put(STRIPE, parts.get(11));
                part += "#" + parts.get(11).n();
            }
            var key = entry(
                    ledger.s(),
                    part,
                    event.get(RECORDED_AT).s(),
                    Long.parseLong(parts.get(2).n()));
            permit(event0, key.pk(), key.sk(), view);
        }
    }

    static Table.Key entry(String ledger, String account, String recordedAt, long version) {
        return new Table.Key("e#" + ledger + "#" + account, recordedAt + "#%012d".formatted(version));
    }

    private void permit(Table.Key event, String pk, String sk, Map<String, AttributeValue> attributes) {
        var item = new HashMap<>(attributes);
        item.put(PK, AttributeValue.fromS(pk));
        item.put(SK, AttributeValue.fromS(sk));
        var key = new Table.Key(pk, sk);
        permitted.computeIfAbsent(key, none -> new ArrayList<>()).add(item);
        viewsOfEvents.get(event).add(key);
    }

    void written(Commit.Write write) {
        var key = write.key();
        unless(write.after().isPresent(), "view %s was deleted", key);
        var item = write.after().get();
        unless(
                permitted.getOrDefault(key, List.of()).contains(item),
                "view %s is what no event leads to: %s",
                key,
                item);
        unless(
                !key.sk().equals("~")
                        || write.before().map(AuditedViews::definition).orElse(0L) <= definition(item),
                "view %s was given an older definition",
                key);
        writtenAt.putIfAbsent(key, scheduler.now());
    }

    private static long definition(Map<String, AttributeValue> item) {
        return Long.parseLong(item.get(DEFINITION).n());
    }

    /** An outbox item is not brought back, and goes only once all views of its events are written. */
    void auditOutbox(Commit.Write write) {
        if (write.after().isPresent()) {
            unless(write.before().isPresent(), "outbox item %s was brought back", write.key());
            return;
        }
        var named = write.before().map(item -> item.get(EVENTS).l()).orElse(List.of());
        for (var name : named) {
            var event = new Table.Key(name.l().get(0).s(), name.l().get(1).s());
            unless(viewsOfEvents.containsKey(event), "outbox item %s names %s, which is not there", write.key(), event);
            for (var view : of(event)) {
                unless(
                        wasThere(view, scheduler.now()),
                        "outbox item %s was cleared before %s was written",
                        write.key(),
                        view);
            }
        }
    }
}
