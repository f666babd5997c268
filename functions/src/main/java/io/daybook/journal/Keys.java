package io.daybook.journal;

import io.daybook.items.Item;
import io.daybook.ledger.Account;
import io.daybook.ledger.Event;
import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The keys of the journal table. Each begins with its kind, so that a policy can name them and no ledger's name collides. */
final class Keys {
    static final String HEAD = "head";

    /** Sort keys of a transaction's three events. */
    static final String PLACED = "0";

    static final String ENDED = "1";
    static final String REVERSED = "2";

    private Keys() {}

    /** Of an account, or of a part of a striped one by its name. */
    static String account(String ledger, String part) {
        return "a#" + ledger + "#" + part;
    }

    static String transaction(String ledger, String id) {
        return "t#" + ledger + "#" + id;
    }

    /** Definitions sort by number, all of them before the head. */
    static String definition(long number) {
        return String.format(Locale.ROOT, "e#%010d", number);
    }

    static Item head(Account account) {
        return Item.keyed(account(account.ledger(), account.part()), HEAD);
    }

    /** The partition keys of the heads that an event moves. */
    static Stream<String> heads(Event event) {
        return event instanceof Event.OfTransaction happened
                ? happened.entries().stream().map(entry -> account(happened.ledger(), entry.part()))
                : Stream.empty();
    }

    static Item of(Event event) {
        return Item.keyed(
                partition(event),
                switch (event) {
                    case Event.AccountDefined defined -> definition(defined.number());
                    case Event.OfTransaction happened -> Integer.toString(happened.number());
                });
    }

    /** The partition key of an event. */
    static String partition(Event event) {
        return switch (event) {
            case Event.AccountDefined defined -> account(defined.ledger(), defined.account());
            case Event.OfTransaction happened -> transaction(happened.ledger(), happened.id());
        };
    }

    static String outbox(int shard) {
        return "outbox#" + shard;
    }

    /**
     * Sorts by age, which is that of the oldest of the events appended together; the first one's own key makes it unique.
     */
    static String outboxSort(List<Event> events) {
        var first = events.getFirst();
        var oldest = events.stream()
                .map(Event::recordedAt)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        var subject = switch (first) {
            case Event.AccountDefined defined -> defined.account() + "#" + defined.number();
            case Event.OfTransaction happened -> happened.id() + "#" + happened.number();
        };
        return Timestamp.format(oldest) + "#" + first.ledger() + "#" + subject;
    }

    static String due(int shard) {
        return "due#" + shard;
    }

    static String dueSort(Instant expiresAt, String ledger, String id) {
        return Timestamp.format(expiresAt) + "#" + ledger + "#" + id;
    }
}
