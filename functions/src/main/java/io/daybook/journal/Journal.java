package io.daybook.journal;

import io.daybook.items.Backoff;
import io.daybook.items.Item;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.Command;
import io.daybook.ledger.Decision;
import io.daybook.ledger.Event;
import io.daybook.ledger.Ledger;
import io.daybook.ledger.Transaction;
import io.daybook.telemetry.Observation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The one source of truth. Carries out commands: read, decide, append, publish; and once more where another writer was
 * first.
 */
public final class Journal {
    /** After so many lost races the caller is told to come again. */
    static final int MAX_TRIES = 10;

    /** How long a command is tried again, short of the last attempt. */
    static final Duration LONGEST = Duration.ofSeconds(3);

    private final JournalTable table;
    private final Appender appender;
    private final InstantSource clock;

    public Journal(JournalTable table, Appender appender, InstantSource clock) {
        this.table = table;
        this.appender = appender;
        this.clock = clock;
    }

    /** An account as it is now. */
    public Optional<AccountState> account(String ledger, String account) {
        return table.account(ledger, account).books().state(account);
    }

    /** A transaction as it is now. */
    public Optional<Transaction> transaction(String ledger, String id) {
        return Read.fold(table.stream(ledger, id));
    }

    /**
     * Carries out a command once, however often it is asked for.
     *
     * @param correlationId goes with the events, to the projector and its logs
     * @throws SdkException where AWS refuses a call for good, which is a fault of ours
     */
    public Outcome execute(Command command, String correlationId) {
        return new Execution(command, correlationId, false).run();
    }

    /**
     * Carries out transactions one after the other, later ones on what earlier ones have led to, in as few appends as
     * they fit into. Each is decided by itself, and decided again where its append has lost a race.
     *
     * @return how each ended, in their order
     */
    public List<Outcome> executeAll(List<Command.PostTransaction> commands, String correlationId) {
        return new Batch(table, appender, clock, commands, correlationId).run();
    }

    /** Carries out all of these transactions or none, in one append. */
    public AtomicOutcome executeAtomically(List<Command.PostTransaction> commands, String correlationId) {
        return new AtomicBatch(table, appender, clock, commands, correlationId).run();
    }

    /** Tells how {@link #executeAll} would end now. Writes nothing, and does not look at whether keys have been used. */
    public List<Outcome> rehearseAll(List<Command.PostTransaction> commands) {
        return new Batch(table, appender, clock, commands, "").rehearse();
    }

    /** Tells how {@link #executeAtomically} would end now. Writes nothing, and does not look at whether keys have been used. */
    public AtomicOutcome rehearseAtomically(List<Command.PostTransaction> commands) {
        return new AtomicBatch(table, appender, clock, commands, "").rehearse();
    }

    /** Tells how a command would end now. Writes nothing, and does not look at whether a key has been used. */
    public Outcome rehearse(Command command) {
        return new Execution(command, "", true).run();
    }

    /** One command on its way through the journal. */
    private final class Execution {
        private final Command command;
        private final String correlationId;
        private final boolean rehearsal;
        private Read read = Read.NOTHING;
        private int tries;
        private boolean written;
        /** An append ended without an answer: it may have been written. */
        private boolean unanswered;
        /** The streams in {@link #read} were read after the heads. */
        private boolean streamsChecked;

        Execution(Command command, String correlationId, boolean rehearsal) {
            this.command = command;
            this.correlationId = correlationId;
            this.rehearsal = rehearsal;
        }

        Outcome run() {
            try {
                read = load();
                var giveUpAt = clock.instant().plus(LONGEST);
                while (true) {
                    switch (decide()) {
                        case Decision.Stands() -> {
                            read = withReversal();
                            return new Outcome.Done(read.books(), written, tries);
                        }
                        case Decision.Refuse(var refusal) -> {
                            // Only the absence of the transaction's own event makes a refusal true.
                            if (!streamsChecked && !written && !rehearsal) {
                                checkStreams();
                            } else {
                                // What may still be under way must not be called refused.
                                return unanswered ? givenUp() : new Outcome.Refused(refusal, tries);
                            }
                        }
                        case Decision.Append(var events) -> {
                            if (rehearsal) {
                                written = true;
                                read = read.with(Ledger.evolve(read.books(), events));
                            } else if (tries == MAX_TRIES || clock.instant().isAfter(giveUpAt)) {
                                if (!unanswered || streamsChecked) {
                                    return givenUp();
                                }
                                checkStreams();
                            } else {
                                tries++;
                                append(events);
                            }
                        }
                    }
                }
            } catch (SdkException e) {
                Unreachable.orThrow(e);
                return givenUp();
            }
        }

        private Decision decide() {
            // Once it is written there is nothing left to decide, only the answer to be found.
            return written
                    ? Ledger.decide(read.books(), command, clock.instant())
                    : Observation.span("decide", () -> Ledger.decide(read.books(), command, clock.instant()));
        }

        private Outcome givenUp() {
            return unanswered || written ? new Outcome.Unknown(tries) : new Outcome.Contention(tries);
        }

        private void append(List<Event> events) {
            var after = Ledger.evolve(read.books(), events);
            switch (appender.append(read, events, after, correlationId)) {
                case Appended.Written() -> {
                    written = true;
                    read = read.with(after);
                }
                case Appended.Raced raced -> {
                    streamsChecked = false;
                    Backoff.pause(raced.isFresh() ? 0 : tries);
                    read = reread(raced);
                }
                case Appended.Unanswered() -> {
                    streamsChecked = false;
                    unanswered = true;
                    Backoff.pause(tries);
                }
            }
        }

        private Read load() {
            return switch (command) {
                case Command.OnAccount change -> loadAccount(change.account());
                case Command.PostTransaction post -> table.load(List.of(post));
                case Command.OnTransaction change -> loadTransaction(change);
            };
        }

        private Read loadAccount(String account) {
            streamsChecked = true;
            return table.account(command.ledger(), account);
        }

        private Read loadTransaction(Command.OnTransaction change) {
            var stream = table.stream(command.ledger(), change.transaction());
            streamsChecked = stream.isEmpty();
            return withHeads(change, stream);
        }

        private Read withHeads(Command.OnTransaction change, List<Item> stream) {
            var found = Read.NOTHING.withStream(stream);
            return found.books()
                    .transaction(change.transaction())
                    .map(transaction -> Command.accountsOf(transaction.terms().postings()))
                    .map(accounts -> found.with(table.heads(command.ledger(), Map.of(change.moving(), accounts))))
                    .orElse(found);
        }

        /**
         * The stream and heads that belong to it, for a refusal rests on both. They are read between two looks at the stream
         * that see the same: no append to it was under way at either, and none has come between them.
         */
        private Read loadTogether(Command.OnTransaction change) {
            var stream = events(change);
            while (true) {
                var whole = withHeads(change, stream);
                var after = events(change);
                if (after.equals(stream)) {
                    return whole;
                }
                stream = after;
            }
        }

        private List<Item> events(Command.OnTransaction change) {
            return table.events(
                    command.ledger(), change.transaction(), List.of(Keys.PLACED, Keys.ENDED, Keys.REVERSED));
        }

        /** Reads again, after the heads, whether the command has been carried out meanwhile. */
        private void checkStreams() {
            read = switch (command) {
                case Command.OnAccount change -> loadAccount(change.account());
                case Command.PostTransaction post -> withPlaced(post.id());
                case Command.OnTransaction change -> loadTogether(change);
            };
            streamsChecked = true;
        }

        private Read withPlaced(String id) {
            return read.withStream(table.events(command.ledger(), id, List.of(Keys.PLACED)));
        }

        /** What a cancelled write has brought back saves reading it again, where that is all there is to know. */
        private Read reread(Appended.Raced raced) {
            return switch (command) {
                case Command.OnAccount change -> load();
                case Command.PostTransaction post -> table.after(raced, read).withPlaced(raced.placed());
                case Command.OnTransaction change -> raced.events().isEmpty() ? table.after(raced, read) : load();
            };
        }

        /** The answer to a reversal is the reversal, which only this call needs to know. */
        private Read withReversal() {
            return command instanceof Command.ReverseTransaction reverse
                            && read.books().transaction(reverse.id()).isEmpty()
                    ? withPlaced(reverse.id())
                    : read;
        }
    }
}
