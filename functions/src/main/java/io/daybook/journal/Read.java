package io.daybook.journal;

import static io.daybook.items.Attributes.DUE_SHARD;

import io.daybook.items.EventItems;
import io.daybook.items.Item;
import io.daybook.ledger.Account;
import io.daybook.ledger.Books;
import io.daybook.ledger.Event;
import io.daybook.ledger.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command has read of the journal: the books to decide on, and where its holds are listed as due.
 *
 * @param dueShards by transaction id, of the holds that end by themselves
 */
record Read(Books books, Map<String, Integer> dueShards) {
    static final Read NOTHING = new Read(Books.EMPTY, Map.of());

    Read with(List<Account> heads) {
        return new Read(books.with(heads), dueShards);
    }

    Read with(Event.AccountDefined definition) {
        return new Read(books.with(definition), dueShards);
    }

    /** Adds a transaction from its event items; nothing where there are none. */
    Read withStream(List<Item> items) {
        var transaction = fold(items);
        if (transaction.isEmpty()) {
            return this;
        }
        var shards = new HashMap<>(dueShards);
        items.stream()
                .filter(item -> item.has(DUE_SHARD))
                .forEach(item -> shards.put(transaction.get().id(), Math.toIntExact(item.number(DUE_SHARD))));
        return new Read(books.with(transaction.get()), Map.copyOf(shards));
    }

    Read withPlaced(List<Transaction> placed) {
        var all = books;
        for (var transaction : placed) {
            all = all.with(transaction);
        }
        return new Read(all, dueShards);
    }

    Read with(Books evolved) {
        return new Read(evolved, dueShards);
    }

    int dueShard(String transaction) {
        return Optional.ofNullable(dueShards.get(transaction)).orElseThrow();
    }

    static Optional<Transaction> fold(List<Item> items) {
        return Transaction.fold(items.stream()
                .map(item -> (Event.OfTransaction) EventItems.decode(item))
                .toList());
    }
}
