package io.daybook.views;

import static io.daybook.items.Attributes.*;

import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.items.Values;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * What one event puts into the views. Every item is a function of that one event and has a key of its own, so that events
 * may arrive twice and in any order; only a definition gives way to a newer one.
 *
 * @param items to be put, whatever is there
 * @param definitions to be put unless a newer definition is there
 */
public record Projection(List<Item> items, List<Item> definitions) {

    /**
     * What this event item puts into the views.
     *
     * @throws IllegalStateException where the item is no event of the journal
     */
    public static Projection of(Item event) {
        return switch (EventItems.decode(event)) {
            case Event.AccountDefined defined -> of(defined, event);
            case Event.OfTransaction happened -> of(happened, event);
        };
    }

    private static Projection of(Event.AccountDefined defined, Item item) {
        var ledger = defined.ledger();
        // Events go in as they are, and so with whatever a later release may have added to them.
        var definition = new Item(item.attributes()).putAll(Keys.definition(ledger, defined.account()));
        if (defined.number() > 1) {
            return new Projection(List.of(), List.of(definition));
        }
        var account = Keys.inAccounts(ledger, defined.account())
                .put(ACCOUNT, defined.account())
                .put(ASSET, defined.definition().asset().toString())
                .put(ACCOUNT_TYPE, defined.definition().type().name());
        if (defined.definition().stripes() > 1) {
            account.put(STRIPES, defined.definition().stripes());
        }
        return new Projection(List.of(account, Keys.inLedgers(ledger).put(LEDGER, ledger)), List.of(definition));
    }

    private static Projection of(Event.OfTransaction event, Item item) {
        var items = new ArrayList<Item>();
        for (var entry : event.entries()) {
            items.add(entry(event, entry));
        }
        items.add(new Item(item.attributes()).putAll(Keys.inTransactions(event, item.number(LIST_SHARD))));
        return new Projection(items, List.of());
    }

    private static Item entry(Event.OfTransaction event, Entry entry) {
        var origin = event.origin();
        var view = Keys.entry(event.ledger(), entry.part(), event.recordedAt(), entry.version())
                .put(ACCOUNT, entry.account())
                .put(TRANSACTION, event.id())
                .put(VERSION, entry.version())
                .put(NORMAL, Values.of(entry.normal()))
                .put(CHANGE, Values.of(entry.change()))
                .put(BALANCES, Values.of(entry.balances()))
                .put(RECORDED_AT, event.recordedAt())
                .put(EFFECTIVE_AT, origin.effectiveAt())
                .put(DESCRIPTION, origin.description());
        return entry.stripe() == 0 ? view : view.put(STRIPE, entry.stripe());
    }
}
