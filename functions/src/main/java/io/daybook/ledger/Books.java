package io.daybook.ledger;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The part of one ledger that a decision is made on: whatever has been read of it. What is absent here counts as not
 * existing.
 *
 * @param accounts heads by the name of the account or of the part of a striped one
 * @param definitions the newest definition event of those accounts for which it matters
 * @param transactions by id
 */
public record Books(
        Map<String, Account> accounts,
        Map<String, Event.AccountDefined> definitions,
        Map<String, Transaction> transactions) {
    public static final Books EMPTY = new Books(Map.of(), Map.of(), Map.of());

    public Books {
        accounts = Collections.unmodifiableMap(accounts);
        definitions = Collections.unmodifiableMap(definitions);
        transactions = Collections.unmodifiableMap(transactions);
    }

    /** An account's head: its own, or that of a part by the part's name. */
    public Optional<Account> account(String part) {
        return Optional.ofNullable(accounts.get(part));
    }

    /** An account as a caller sees it, where these books have its heads and its definition. */
    public Optional<AccountState> state(String id) {
        var definition = definitions.get(id);
        return account(id)
                .filter(own -> definition != null)
                .map(own -> AccountState.of(Objects.requireNonNull(definition), standings(own)));
    }

    /** How the parts stand that an account's money is kept in. */
    private List<Standing> standings(Account own) {
        return own.parts().stream()
                .map(part -> account(part).orElseThrow())
                .map(part -> new Standing(part.version(), part.counters(), part.recordedAt()))
                .toList();
    }

    public Optional<Transaction> transaction(String id) {
        return Optional.ofNullable(transactions.get(id));
    }

    public Books with(List<Account> heads) {
        var copy = new HashMap<>(accounts);
        heads.forEach(head -> copy.put(head.part(), head));
        return new Books(copy, definitions, transactions);
    }

    public Books with(Event.AccountDefined definition) {
        return new Books(accounts, put(definitions, definition.account(), definition), transactions);
    }

    public Books with(Transaction transaction) {
        return new Books(accounts, definitions, put(transactions, transaction.id(), transaction));
    }

    private static <V> Map<String, V> put(Map<String, V> map, String key, V value) {
        var copy = new HashMap<>(map);
        copy.put(key, value);
        return copy;
    }
}
