package io.daybook.journal;

import io.daybook.ledger.Account;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The striped accounts that this machine has met, so that a transaction reads no more than the parts it moves. In how many
 * parts an account is kept never changes, so what is known stays true however old it is; nothing else of these heads is
 * decided on.
 */
final class StripedAccounts {
    /** They are the few that every payment touches; the one that was not asked for the longest time makes room. */
    private static final int MOST = 10_000;

    private record Id(String ledger, String account) {}

    private final Map<Id, Account> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Id, Account> eldest) {
            return size() > MOST;
        }
    };

    synchronized Optional<Account> find(String ledger, String account) {
        return Optional.ofNullable(known.get(new Id(ledger, account)));
    }

    synchronized void note(List<Account> heads) {
        heads.stream().filter(Account::isStriped).forEach(own -> known.put(new Id(own.ledger(), own.id()), own));
    }
}
