package io.daybook.journal;

import static io.daybook.items.Attributes.DUE_SHARD;
import static io.daybook.items.Attributes.KIND;
import static io.daybook.items.Deviation.Rule.COMPLETE;
import static io.daybook.items.Deviation.Rule.COVERED;
import static io.daybook.items.Deviation.Rule.EXPIRED;
import static io.daybook.items.Deviation.Rule.HEAD;
import static io.daybook.items.Deviation.Rule.LISTED;
import static io.daybook.items.Deviation.Rule.PROJECTED;
import static io.daybook.items.Deviation.Rule.READABLE;
import static io.daybook.items.Deviation.Rule.SOUND;

import io.daybook.items.Batches;
import io.daybook.items.Deviation;
import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.ledger.Account;
import io.daybook.ledger.Event;
import io.daybook.ledger.Names;
import io.daybook.ledger.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Holds the journal against itself, some of its items at a time. What these build on or name is read after them, so that
 * what is written meanwhile never looks like a fault.
 */
public final class JournalAudit {
    /** Longer than the relay and the expiry need to catch up with what some failed runs have left. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final Shards shards;

    public JournalAudit(DynamoDbClient dynamoDb, String table, Shards shards) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        this.shards = shards;
    }

    /** Whether an item of the journal is an event. */
    public static boolean isEvent(Item item) {
        return item.has(KIND);
    }

    /** The key of one of a transaction's events. */
    public static Item event(String ledger, String transaction, int number) {
        return Item.keyed(Keys.transaction(ledger, transaction), Integer.toString(number));
    }

    /** The key of one of an account's definitions. */
    public static Item keyOf(String ledger, String account, long definition) {
        return Item.keyed(Keys.account(ledger, account), Keys.definition(definition));
    }

    /** The account that an item is the head of; empty where it is no head, or none that can be read. */
    public static Optional<Account> head(Item item) {
        try {
            return item.sk().equals(Keys.HEAD) ? Optional.of(Heads.decode(item)) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * What is wrong with these items.
     *
     * @param now what is overdue is judged by it
     */
    public List<Deviation> check(List<Item> items, Instant now) {
        var deviations = new ArrayList<Deviation>();
        var checks = new ArrayList<Check>();
        for (var item : items) {
            try {
                checks.add(checkOf(item, now));
                shards.uncovered(item).ifPresent(what -> deviations.add(Deviation.of(COVERED, item, what)));
            } catch (RuntimeException e) {
                deviations.add(Deviation.of(READABLE, item, String.valueOf(e.getMessage())));
            }
        }
        var found =
                read(checks.stream().flatMap(check -> check.needs().stream()).toList());
        for (var check : checks) {
            try {
                check.judge().accept(found, deviations);
            } catch (SdkException e) {
                // Some judges read once more. A read that fails says nothing of the books.
                throw e;
            } catch (RuntimeException e) {
                deviations.add(
                        Deviation.of(READABLE, check.item(), "what belongs to it can't be read: " + e.getMessage()));
            }
        }
        return deviations;
    }

    /**
     * How one item is judged.
     *
     * @param needs the keys of what it builds on or names
     */
    private record Check(Item item, List<Item> needs, Judge judge) {}

    private interface Judge {
        void accept(Map<String, Item> found, List<Deviation> deviations);
    }

    private Check checkOf(Item item, Instant now) {
        if (item.pk().startsWith("outbox#")) {
            return outbox(item, now);
        }
        if (item.pk().startsWith("due#")) {
            return due(item, now);
        }
        if (item.sk().equals(Keys.HEAD)) {
            return placed(head(item, Heads.decode(item)), Keys.head(Heads.decode(item)));
        }
        var event = EventItems.decode(item);
        return placed(
                switch (event) {
                    case Event.AccountDefined defined -> definition(item, defined);
                    case Event.Placed placing -> placing(item, placing);
                    case Event.Ended ended -> ending(item, ended);
                    case Event.Reversed reversed -> reversing(item, reversed);
                },
                Keys.of(event));
    }

    /** Content that says another key than its own is not what it seems. */
    private static Check placed(Check check, Item place) {
        if (!check.item().key().equals(place.key())) {
            throw new IllegalStateException("by its content it belongs under " + place.key());
        }
        return check;
    }

    private static Check head(Item item, Account head) {
        var key = keyOf(head.ledger(), head.id(), head.definition());
        return new Check(item, List.of(key), (found, deviations) -> {
            var definition = found.get(key.key());
            if (definition == null) {
                deviations.add(Deviation.of(COMPLETE, item, "its definition is missing: " + key.key()));
            } else if (!head.follows((Event.AccountDefined) EventItems.decode(definition))) {
                deviations.add(Deviation.of(HEAD, item, "its limits are not those of " + key.key()));
            }
        });
    }

    private static Check definition(Item item, Event.AccountDefined defined) {
        var heads = new LinkedHashSet<Item>();
        heads.add(Item.keyed(item.pk(), Keys.HEAD));
        Names.parts(defined.account(), defined.definition().stripes())
                .forEach(part -> heads.add(Item.keyed(Keys.account(defined.ledger(), part), Keys.HEAD)));
        var before = Item.keyed(item.pk(), Keys.definition(defined.number() - 1));
        var needs = new ArrayList<>(heads);
        if (defined.number() > 1) {
            needs.add(before);
        }
        return new Check(item, needs, (found, deviations) -> {
            missing(item, needs, found, deviations);
            var previous = Optional.ofNullable(found.get(before.key()))
                    .map(EventItems::decode)
                    .map(Event.AccountDefined.class::cast);
            for (var key : heads) {
                var head = Optional.ofNullable(found.get(key.key())).map(Heads::decode);
                if (head.isPresent()
                        && head.get().definition() < defined.number()
                        && writes(defined, previous, head.get())) {
                    deviations.add(Deviation.of(
                            HEAD,
                            item,
                            "head %s knows no more than definition %d"
                                    .formatted(head.get().part(), head.get().definition())));
                }
            }
        });
    }

    /** Whether a definition is written into a head: into an account's own always, into a part where it changes the part. */
    private static boolean writes(Event.AccountDefined defined, Optional<Event.AccountDefined> previous, Account head) {
        return head.stripe() == 0
                || previous.filter(before -> before.definition().closed()
                                != defined.definition().closed())
                        .isPresent();
    }

    private Check placing(Item item, Event.Placed placed) {
        var reverses = placed.terms().reverses();
        var expiresAt = placed.terms().expiresAt();
        var needs = new ArrayList<Item>();
        if (reverses != null) {
            needs.add(event(placed.ledger(), reverses, 2));
        }
        var end = event(placed.ledger(), placed.id(), 1);
        return new Check(item, needs, (found, deviations) -> {
            missing(item, needs, found, deviations);
            sound(item, Transaction.of(placed), placed, deviations);
            if (placed instanceof Event.Held && expiresAt != null) {
                // In this order: its end takes it off the list in one write.
                var due = Item.keyed(
                        Keys.due((int) item.number(DUE_SHARD)), Keys.dueSort(expiresAt, placed.ledger(), placed.id()));
                if (!exists(due) && !exists(end)) {
                    deviations.add(Deviation.of(LISTED, item, "it is pending and not listed as " + due.key()));
                }
            }
        });
    }

    private static Check ending(Item item, Event.Ended ended) {
        var start = event(ended.ledger(), ended.id(), 0);
        return new Check(item, List.of(start), (found, deviations) -> {
            missing(item, List.of(start), found, deviations);
            var placed = Optional.ofNullable(found.get(start.key())).map(EventItems::decode);
            if (placed.isPresent() && placed.get() instanceof Event.Held hold) {
                sound(item, Transaction.of(hold), ended, deviations);
            } else if (placed.isPresent()) {
                deviations.add(Deviation.of(SOUND, item, "it ends what is no hold"));
            }
        });
    }

    private static Check reversing(Item item, Event.Reversed reversed) {
        var needs = List.of(event(reversed.ledger(), reversed.id(), 0), event(reversed.ledger(), reversed.by(), 0));
        return new Check(item, needs, (found, deviations) -> missing(item, needs, found, deviations));
    }

    private static Check outbox(Item item, Instant now) {
        var pending = Outbox.pending(item);
        return new Check(item, pending.events(), (found, deviations) -> {
            missing(item, pending.events(), found, deviations);
            if (pending.recordedAt().plus(PATIENCE).isBefore(now)) {
                deviations.add(Deviation.of(
                        PROJECTED, item, "not in the views yet, published again " + pending.attempts() + " times"));
            }
        });
    }

    private Check due(Item item, Instant now) {
        var due = new DueHolds.Due(item.sk());
        var start = event(due.ledger(), due.transaction(), 0);
        var end = event(due.ledger(), due.transaction(), 1);
        return new Check(item, List.of(start, end), (found, deviations) -> {
            missing(item, List.of(start), found, deviations);
            if (found.containsKey(end.key())) {
                // Only if it is still there: its end takes it off the list in one write.
                if (exists(item)) {
                    deviations.add(Deviation.of(LISTED, item, "the hold has ended and is still listed"));
                }
            } else if (due.expiresAt().plus(PATIENCE).isBefore(now)) {
                deviations.add(Deviation.of(EXPIRED, item, "the hold should have expired"));
            }
        });
    }

    private static void missing(Item item, List<Item> needs, Map<String, Item> found, List<Deviation> deviations) {
        needs.stream()
                .filter(need -> !found.containsKey(need.key()))
                .forEach(need -> deviations.add(Deviation.of(COMPLETE, item, "there is no " + need.key())));
    }

    private static void sound(
            Item item, Transaction transaction, Event.OfTransaction event, List<Deviation> deviations) {
        if (!transaction.explains(event)) {
            deviations.add(Deviation.of(SOUND, item, "its entries are not what its postings come to"));
        }
    }

    private boolean exists(Item item) {
        return !read(List.of(Item.keyed(item.pk(), item.sk()))).isEmpty();
    }

    private Map<String, Item> read(List<Item> keys) {
        var found = new HashMap<String, Item>();
        Batches.get(dynamoDb, table, List.copyOf(new LinkedHashSet<>(keys)))
                .forEach(item -> found.put(item.key(), item));
        return found;
    }
}
