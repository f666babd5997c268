package io.daybook.views;

import static io.daybook.items.Attributes.DEFINITION;
import static io.daybook.items.Attributes.TRANSACTION;
import static io.daybook.items.Deviation.Rule.FOLD;
import static io.daybook.items.Deviation.Rule.FOUNDED;
import static io.daybook.items.Deviation.Rule.HEAD;
import static io.daybook.items.Deviation.Rule.READABLE;
import static io.daybook.items.Deviation.Rule.VIEWED;

import io.daybook.items.Batches;
import io.daybook.items.Deviation;
import io.daybook.items.Item;
import io.daybook.ledger.Account;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Holds the views against the events that they come from, and each account's entries against each other: each one against
 * the one before it, so that no account is too large.
 */
public final class ViewsAudit {
    /** Of a transaction's three events the last one, that it has been reversed, moves nothing. */
    private static final List<Integer> WITH_ENTRIES = List.of(0, 1);

    private static final Pattern PLACE = Pattern.compile(".*#([012])");

    private final DynamoDbClient dynamoDb;
    private final String table;
    private final Views views;

    public ViewsAudit(DynamoDbClient dynamoDb, String table) {
        this.dynamoDb = dynamoDb;
        this.table = table;
        views = new Views(dynamoDb, table);
    }

    /** What of these projections is not in the views as it should be; all of them have been projected. */
    public List<Deviation> viewed(List<Projection> projections) {
        var expected = new HashMap<String, Item>();
        projections.stream()
                .flatMap(projection -> projection.items().stream())
                .forEach(item -> expected.put(item.key(), item));
        projections.stream()
                .flatMap(projection -> projection.definitions().stream())
                .forEach(item -> expected.merge(item.key(), item, ViewsAudit::newer));
        var found = read(expected.values().stream()
                .map(item -> Item.keyed(item.pk(), item.sk()))
                .toList());
        var deviations = new ArrayList<Deviation>();
        expected.forEach((key, item) -> {
            var there = found.get(key);
            if (there == null) {
                deviations.add(Deviation.of(VIEWED, item, "it is missing in the views"));
            } else if (!there.equals(item) && !isNewer(there, item)) {
                deviations.add(Deviation.of(VIEWED, item, "it is not what its event says"));
            }
        });
        return deviations;
    }

    private static Item newer(Item one, Item other) {
        return isNewer(one, other) ? one : other;
    }

    /** Only a definition gives way to a newer one. */
    private static boolean isNewer(Item there, Item item) {
        return item.sk().equals(Keys.DEFINITION)
                && there.has(DEFINITION)
                && there.number(DEFINITION) > item.number(DEFINITION);
    }

    /**
     * Which entries among these items have not the number after the entry before them, or not the balances that their
     * change makes of that one's. Costs a query for the first of an account's in each page, unless it is the first of all.
     *
     * @param items a page in the order of a scan, in which an account's entries are most likely in their own
     * @param cut of a ledger, before which every event has been projected
     */
    public List<Deviation> folded(List<Item> items, Function<String, Instant> cut) {
        var deviations = new ArrayList<Deviation>();
        var before = Optional.<Item>empty();
        for (var item : items) {
            if (isEntry(item)) {
                var last = before;
                judged(item, () -> entry(item, last, cut)).ifPresent(deviations::add);
                before = Optional.of(item);
            }
        }
        return deviations;
    }

    private static boolean isEntry(Item item) {
        return item.pk().startsWith("e#")
                && item.sk().compareTo("0") > 0
                && item.sk().compareTo(":") < 0;
    }

    /** What a check finds; where it can't be made for what it would have to read, that. */
    private static Optional<Deviation> judged(Item item, Supplier<Optional<Deviation>> check) {
        try {
            return check.get();
        } catch (SdkException e) {
            // A read that fails says nothing of the books.
            throw e;
        } catch (RuntimeException e) {
            return Optional.of(Deviation.of(READABLE, item, "it or its entry can't be read: " + e.getMessage()));
        }
    }

    /** @param last the entry before it in its page, which may be another account's */
    private Optional<Deviation> entry(Item item, Optional<Item> last, Function<String, Instant> cut) {
        var recorded = Views.entry(item);
        var entry = recorded.entry();
        if (follows(
                entry,
                last.filter(it -> it.pk().equals(item.pk()))
                        .map(it -> Views.entry(it).standing()))) {
            return Optional.empty();
        }
        // In this order: what was recorded before the cut is in the views by the time that they are read.
        var key = item.pk().split("#", 3);
        if (recorded.recordedAt().isAfter(cut.apply(key[1]))) {
            return Optional.empty();
        }
        var before = views.beforeForSure(key[1], key[2], item.sk());
        if (follows(entry, Optional.of(before))) {
            return Optional.empty();
        }
        return Optional.of(Deviation.of(
                FOLD,
                item,
                entry.version() == before.version() + 1
                        ? "its balances are not those of the entry before it and its change"
                        : "entry %d follows entry %d".formatted(entry.version(), before.version())));
    }

    private static boolean follows(Entry entry, Optional<Standing> last) {
        var before = last.orElse(Standing.START);
        return entry.version() == before.version() + 1
                && entry.balances().equals(before.balances().plus(entry.change()));
    }

    /**
     * What is wrong with a head by the entry of its version, if that has been projected. Costs a query.
     *
     * @param cut before which every event has been projected
     */
    public Optional<Deviation> head(Account head, Instant cut) {
        var at = Keys.definition(head.ledger(), head.part());
        return judged(at, () -> {
            var entry = views.atForSure(head.ledger(), head.part(), head.recordedAt(), head.version());
            if (entry.version() == head.version()) {
                return entry.balances().equals(head.counters())
                        ? Optional.empty()
                        : Optional.of(Deviation.of(
                                HEAD, at, "the head's balances are not those of entry %d".formatted(head.version())));
            }
            return head.recordedAt().isAfter(cut)
                    ? Optional.empty()
                    : Optional.of(Deviation.of(
                            HEAD,
                            at,
                            "the head is at version %d, the last entry is %d"
                                    .formatted(head.version(), entry.version())));
        });
    }

    /** The event or events that an item of the views comes from, by its own account. */
    public sealed interface Origin {
        String ledger();
    }

    /**
     * One of this transaction's events.
     *
     * @param events the numbers of those that it can come from, the likeliest first
     */
    public record OfTransaction(String ledger, String transaction, List<Integer> events) implements Origin {}

    /** This definition of an account. */
    public record OfAccount(String ledger, String account, long definition) implements Origin {}

    /**
     * Where this item of the views comes from; empty where it comes from no one event.
     *
     * @throws RuntimeException where it can't be read
     */
    public static Optional<Origin> origin(Item item) {
        var kind = item.pk().split("#", 3);
        return switch (kind[0]) {
            case "e" ->
                Optional.of(
                        item.sk().equals(Keys.DEFINITION)
                                ? new OfAccount(kind[1], kind[2], item.number(DEFINITION))
                                : new OfTransaction(kind[1], item.text(TRANSACTION), WITH_ENTRIES));
            case "t" -> Optional.of(new OfTransaction(kind[1], item.text(TRANSACTION), named(item.sk())));
            case "accounts" -> Optional.of(new OfAccount(kind[1], item.sk(), 1));
            default -> Optional.empty();
        };
    }

    /** The event that a place in the list of transactions names at its end; none puts an item into any other place. */
    private static List<Integer> named(String place) {
        var number = PLACE.matcher(place);
        return number.matches() ? List.of(Integer.parseInt(number.group(1))) : List.of();
    }

    /** Those of these items of the views that these events do not put there as they are. */
    public static List<Item> without(List<Item> items, List<Projection> events) {
        var founded = new HashSet<Item>();
        events.forEach(projection -> {
            founded.addAll(projection.items());
            founded.addAll(projection.definitions());
        });
        return items.stream().filter(item -> !founded.contains(item)).toList();
    }

    /** What of these items, which no event puts into the views, should not be there. */
    public List<Deviation> unfounded(List<Item> items) {
        return items.stream()
                .filter(item -> !isOwn(item) && !isLedger(item))
                .map(item -> Deviation.of(FOUNDED, item, "no event puts it into the views like this"))
                .toList();
    }

    /** What replays and audits keep here themselves. */
    private static boolean isOwn(Item item) {
        return Keys.isKept(item.pk());
    }

    /** A ledger is there for its accounts, whichever was the first. */
    private boolean isLedger(Item item) {
        return item.pk().equals(Keys.LEDGERS)
                && !views.accounts(item.sk(), "", new Paging(1, true, Optional.empty()), true)
                        .items()
                        .isEmpty();
    }

    private Map<String, Item> read(List<Item> keys) {
        var found = new HashMap<String, Item>();
        // All of a ledger's list may stand under one key, which gives no more than 3,000 read units a second.
        Batches.getPatiently(dynamoDb, table, keys).forEach(item -> found.put(item.key(), item));
        return found;
    }
}
