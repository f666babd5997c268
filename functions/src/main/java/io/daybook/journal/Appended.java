package io.daybook.journal;

import io.daybook.items.Item;
import io.daybook.ledger.Account;
import io.daybook.ledger.Event;
import io.daybook.ledger.Transaction;
import java.util.List;

/** How an attempt to append ended. */
sealed interface Appended {
    /** All of it was written, and is published; where the queue has not taken it, the relay will. */
    record Written() implements Appended {}

    /**
     * Nothing was written: another writer was first, or the table was busy.
     *
     * @param heads accounts that have moved on, as they are now
     * @param busy the keys of heads that another append had in hand
     * @param events events that exist already
     */
    record Raced(List<Account> heads, List<Item> busy, List<Event> events) implements Appended {
        /** Whether it has brought a head as it is: it is never again as new as now, so the next try is not put off. */
        boolean isFresh() {
            return !heads.isEmpty();
        }

        /** The transactions whose event 0 exists already, as it is. */
        List<Transaction> placed() {
            return events.stream()
                    .filter(Event.Placed.class::isInstance)
                    .map(event -> Transaction.of((Event.Placed) event))
                    .toList();
        }
    }

    /** No answer came. It may have been written. */
    record Unanswered() implements Appended {}
}
