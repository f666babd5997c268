package io.daybook.journal;

import io.daybook.items.Backoff;
import io.daybook.ledger.Books;
import io.daybook.ledger.Command;
import io.daybook.ledger.Decision;
import io.daybook.ledger.Event;
import io.daybook.ledger.Ledger;
import io.daybook.ledger.Refusal;
import io.daybook.ledger.Transaction;
import io.daybook.telemetry.Observation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;

/** Transactions that are written in one append, all or none. */
final class AtomicBatch {
    private final JournalTable table;
    private final Appender appender;
    private final InstantSource clock;
    private final List<Command.PostTransaction> commands;
    private final String correlationId;

    private Read read = Read.NOTHING;
    private boolean keysChecked;
    private boolean unanswered;
    private int tries;

    AtomicBatch(
            JournalTable table,
            Appender appender,
            InstantSource clock,
            List<Command.PostTransaction> commands,
            String correlationId) {
        this.table = table;
        this.appender = appender;
        this.clock = clock;
        this.commands = commands;
        this.correlationId = correlationId;
    }

    /**
     * The whole batch, decided.
     *
     * @param used positions whose key the same request has used before
     * @param refusals by position, of what cannot be written
     * @param events what is to be appended for the rest
     * @param after the books it leads to
     */
    private record Decided(
            Set<Integer> used,
            SortedMap<Integer, Refusal> refusals,
            List<Event> events,
            Books after,
            List<Transaction> transactions) {}

    AtomicOutcome run() {
        try {
            read = table.load(commands);
            var giveUpAt = clock.instant().plus(Journal.LONGEST);
            while (true) {
                var decided = Observation.span("decide", this::decide);
                if (decided.used().size() == commands.size()) {
                    return new AtomicOutcome.Done(decided.transactions(), false);
                }
                var writes = Appender.writes(decided.events());
                var tooLarge = writes > Appender.MAX_WRITES;
                if (tooLarge && keysChecked) {
                    return new AtomicOutcome.TooLarge(writes, Appender.MAX_WRITES);
                }
                var refused = tooLarge
                        || !decided.refusals().isEmpty()
                        || !decided.used().isEmpty();
                if (refused || tries == Journal.MAX_TRIES || clock.instant().isAfter(giveUpAt)) {
                    if (!keysChecked && (refused || unanswered)) {
                        checkKeys();
                        continue;
                    }
                    return unanswered || !refused ? givenUp() : refused(decided);
                }
                tries++;
                switch (appender.append(read, decided.events(), decided.after(), correlationId)) {
                    case Appended.Written() -> {
                        return new AtomicOutcome.Done(decided.transactions(), true);
                    }
                    case Appended.Raced raced -> {
                        keysChecked = false;
                        Backoff.pause(tries);
                        read = table.after(raced, read).withPlaced(raced.placed());
                    }
                    case Appended.Unanswered() -> {
                        keysChecked = false;
                        unanswered = true;
                        Backoff.pause(tries);
                    }
                }
            }
        } catch (SdkException e) {
            Unreachable.orThrow(e);
            return givenUp();
        }
    }

    /** Decides all of it, and writes nothing. */
    AtomicOutcome rehearse() {
        try {
            read = table.load(commands);
            var decided = decide();
            var writes = Appender.writes(decided.events());
            if (writes > Appender.MAX_WRITES) {
                return new AtomicOutcome.TooLarge(writes, Appender.MAX_WRITES);
            }
            return decided.refusals().isEmpty()
                    ? new AtomicOutcome.Done(decided.transactions(), true)
                    : refused(decided);
        } catch (SdkException e) {
            Unreachable.orThrow(e);
            return givenUp();
        }
    }

    private Decided decide() {
        var books = read.books();
        var used = new HashSet<Integer>();
        var refusals = new TreeMap<Integer, Refusal>();
        var events = new ArrayList<Event>();
        var transactions = new ArrayList<Transaction>();
        for (int at = 0; at < commands.size(); at++) {
            var command = commands.get(at);
            switch (Ledger.decide(books, command, clock.instant())) {
                case Decision.Stands() -> used.add(at);
                case Decision.Refuse(var refusal) -> refusals.put(at, refusal);
                case Decision.Append(var more) -> {
                    if (more.getFirst() instanceof Event.Declined declined) {
                        refusals.put(at, declined.reason());
                    } else {
                        events.addAll(more);
                        books = Ledger.evolve(books, more);
                    }
                }
            }
            books.transaction(command.id()).ifPresent(transaction -> transactions.add(transaction.first()));
        }
        return new Decided(used, refusals, List.copyOf(events), books, List.copyOf(transactions));
    }

    /** A key that was used before, though by the same request, is as much in the way as a refusal. */
    private AtomicOutcome refused(Decided decided) {
        var refusals = new TreeMap<>(decided.refusals());
        decided.used()
                .forEach(at ->
                        refusals.put(at, new Refusal.KeyUsed(commands.get(at).id())));
        return new AtomicOutcome.Refused(refusals);
    }

    private AtomicOutcome givenUp() {
        return unanswered ? new AtomicOutcome.Unknown() : new AtomicOutcome.Contention(tries);
    }

    /** As in {@link Batch}. */
    private void checkKeys() {
        var known = read.books().transactions().size();
        read = table.withPlaced(read, commands);
        keysChecked = read.books().transactions().size() == known;
    }
}
