package io.daybook.ledger;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An account as a caller sees it at one moment.
 *
 * @param definitionNumber the number of its definition
 * @param definedAt when that was recorded
 * @param parts how each of its parts stands, by their numbers; of an account that is not striped, the one
 */
public record AccountState(
        String ledger,
        String id,
        Definition definition,
        long definitionNumber,
        Instant openedAt,
        Instant definedAt,
        List<Standing> parts) {

    /** An account by its definition and how its parts stand. */
    public static AccountState of(Event.AccountDefined defined, List<Standing> parts) {
        return new AccountState(
                defined.ledger(),
                defined.account(),
                defined.definition(),
                defined.number(),
                defined.openedAt(),
                defined.recordedAt(),
                List.copyOf(parts));
    }

    /** The same account, its parts as these. */
    public AccountState with(List<Standing> others) {
        return new AccountState(ledger, id, definition, definitionNumber, openedAt, definedAt, List.copyOf(others));
    }

    /** The account as it is defined now, with its money as it stood at a time in the past. */
    public AccountState at(List<Standing> then) {
        return new AccountState(ledger, id, definition, definitionNumber, openedAt, openedAt, List.copyOf(then));
    }

    /** The names of what its money is kept in. */
    public List<String> partNames() {
        return Names.parts(id, definition.stripes());
    }

    /** The number of its newest entry, 0 before the first; of a striped account the sum of its parts' numbers. */
    public long version() {
        return parts.stream().mapToLong(Standing::version).sum();
    }

    /** Its counters; of a striped account the sums of its parts'. */
    public Counters balances() {
        return parts.stream().map(Standing::balances).reduce(Counters.ZERO, Counters::plus);
    }

    /** When its newest entry or its definition was recorded, whichever is later. */
    public Instant updatedAt() {
        return Stream.concat(Stream.of(definedAt), parts.stream().map(Standing::at))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }
}
