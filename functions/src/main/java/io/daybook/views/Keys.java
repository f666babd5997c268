package io.daybook.views;

import io.daybook.items.Item;
import io.daybook.ledger.Event;
import io.daybook.ledger.Timestamp;
import java.time.Instant;
import java.util.Locale;

/** The keys of the views table. */
final class Keys {
    static final String LEDGERS = "ledgers";

    /** Sorts after every entry, so that the definition comes first in a descending query. */
    static final String DEFINITION = "~";

    private Keys() {}

    /** Of an account, or of a part of a striped one by its name. */
    static String entries(String ledger, String part) {
        return "e#" + ledger + "#" + part;
    }

    static Item entry(String ledger, String part, Instant recordedAt, long version) {
        return Item.keyed(entries(ledger, part), inEntries(recordedAt, version));
    }

    /** An entry's place among its account's or its part's. */
    static String inEntries(Instant recordedAt, long version) {
        return Timestamp.format(recordedAt) + String.format(Locale.ROOT, "#%012d", version);
    }

    static Item definition(String ledger, String account) {
        return Item.keyed(entries(ledger, account), DEFINITION);
    }

    static String transactions(String ledger, long shard) {
        return "t#" + ledger + "#" + shard;
    }

    static Item inTransactions(Event.OfTransaction event, long shard) {
        return Item.keyed(
                transactions(event.ledger(), shard),
                Timestamp.format(event.origin().recordedAt()) + "#" + event.id() + "#" + event.number());
    }

    static String accounts(String ledger) {
        return "accounts#" + ledger;
    }

    static Item inAccounts(String ledger, String account) {
        return Item.keyed(accounts(ledger), account);
    }

    /** The runs of one kind, by when they began. */
    static String runs(String kind) {
        return "runs#" + kind;
    }

    /** What the segments of a run have come to. */
    static String run(String kind, String run) {
        return "run#" + kind + "#" + run;
    }

    /** Whether replays and audits keep it, so that no event stands behind it. */
    static boolean isKept(String pk) {
        return pk.startsWith("audit#") || pk.startsWith("runs#") || pk.startsWith("run#");
    }

    static String audits(String ledger) {
        return "audit#" + ledger;
    }

    static Item audited(String ledger, Instant at) {
        return Item.keyed(audits(ledger), Timestamp.format(at));
    }

    /** The parts of one that is too large for an item. */
    static String auditedParts(String ledger, Instant at) {
        return audits(ledger) + "#" + Timestamp.format(at);
    }

    static Item inLedgers(String ledger) {
        return Item.keyed(LEDGERS, ledger);
    }
}
