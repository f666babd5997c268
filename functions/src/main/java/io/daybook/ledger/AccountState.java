package io.daybook.ledger;

import java.time.Instant;

/**
 * An account as a caller sees it at one moment.
 *
 * @param definitionNumber the number of its definition
 * @param version the number of its newest entry, 0 before the first
 */
public record AccountState(
        String ledger,
        String id,
        Definition definition,
        long definitionNumber,
        Instant openedAt,
        long version,
        Counters balances,
        Instant updatedAt) {

    public static AccountState of(Account head, Event.AccountDefined defined) {
        return new AccountState(
                head.ledger(),
                head.id(),
                defined.definition(),
                defined.number(),
                defined.openedAt(),
                head.version(),
                head.counters(),
                head.recordedAt());
    }
}
