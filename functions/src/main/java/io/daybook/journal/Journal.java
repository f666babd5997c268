package io.daybook.journal;

import io.daybook.items.Backoff;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.Command;
import io.daybook.ledger.Decision;
import io.daybook.ledger.Event;
import io.daybook.ledger.Ledger;
import io.daybook.ledger.Transaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * The one source of truth. Carries out commands: read, decide, append, publish; and once more where another writer was
 * first.
 */
public final class Journal {
    private static final int MAX_TRIES = 10;
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private final JournalTable table;
    private final Publisher publisher;
    private final InstantSource clock;

    public Journal(JournalTable table, Publisher publisher, InstantSource clock) {
        this.table = table;
        this.publisher = publisher;
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
        return new Execution(command, correlationId).run();
    }

    /** One command on its way through the journal. */
    private final class Execution {
        private final Command command;
        private final String correlationId;
        private Read read = Read.NOTHING;
        private int tries;
        private boolean written;
        /** An append ended without an answer: it may have been written. */
        private boolean unanswered;
        /** The streams in {@link #read} were read after the heads. */
        private boolean streamsChecked;

        Execution(Command command, String correlationId) {
            this.command = command;
            this.correlationId = correlationId;
        }

        Outcome run() {
            try {
                read = load();
                var giveUpAt = clock.instant().plus(LONGEST);
                while (true) {
                    switch (Ledger.decide(read.books(), command, clock.instant())) {
                        case Decision.Stands() -> {
                            read = withReversal();
                            return new Outcome.Done(read.books(), written, tries);
                        }
                        case Decision.Refuse(var refusal) -> {
                            // Only the absence of the transaction's own event makes a refusal true.
                            if (!streamsChecked && !written) {
                                checkStreams();
                            } else {
                                // What may still be under way must not be called refused.
                                return unanswered ? givenUp() : new Outcome.Refused(refusal, tries);
                            }
                        }
                        case Decision.Append(var events) -> {
                            if (tries == MAX_TRIES || clock.instant().isAfter(giveUpAt)) {
                                if (!unanswered || streamsChecked) {
                                    return givenUp();
                                }
                                checkStreams();
                            } else {
                                Backoff.pause(tries++);
                                append(events);
                            }
                        }
                    }
                }
            } catch (SdkClientException e) {
                return givenUp();
            } catch (SdkServiceException e) {
                if (e.isThrottlingException() || e.statusCode() >= 500) {
                    return givenUp();
                }
                throw e;
            }
        }

        private Outcome givenUp() {
            return unanswered ? new Outcome.Unknown(tries) : new Outcome.Contention(tries);
        }

        private void append(List<Event> events) {
            switch (table.append(read, events, correlationId)) {
                case Appended.Written(var message) -> {
                    publisher.publish(message, correlationId);
                    written = true;
                    read = read.with(Ledger.evolve(read.books(), events));
                }
                case Appended.Raced raced -> {
                    streamsChecked = false;
                    read = reread(raced);
                }
                case Appended.Unanswered() -> {
                    streamsChecked = false;
                    unanswered = true;
                }
            }
        }

        private Read load() {
            return switch (command) {
                case Command.OnAccount change -> loadAccount(change.account());
                case Command.PostTransaction post -> Read.NOTHING.with(table.heads(post.ledger(), post.accounts()));
                case Command.OnTransaction change -> loadTransaction(change.transaction());
            };
        }

        private Read loadAccount(String account) {
            return table.account(command.ledger(), account);
        }

        private Read loadTransaction(String id) {
            var stream = Read.NOTHING.withStream(table.stream(command.ledger(), id));
            var transaction = stream.books().transaction(id);
            streamsChecked = transaction.isEmpty();
            return transaction
                    .map(found -> Command.accountsOf(found.terms().postings()))
                    .map(accounts -> stream.with(table.heads(command.ledger(), accounts)))
                    .orElse(stream);
        }

        /** Reads again, after the heads, whether the command has been carried out meanwhile. */
        private void checkStreams() {
            switch (command) {
                case Command.OnAccount change -> {
                    // Head and definition came in one read, there is nothing else.
                }
                case Command.PostTransaction post -> read = withStream(post.id());
                case Command.OnTransaction change -> read = withStream(change.transaction());
            }
            streamsChecked = true;
        }

        private Read withStream(String id) {
            return read.withStream(table.stream(command.ledger(), id));
        }

        /** What a cancelled write has brought back saves reading it again, where that is all there is to know. */
        private Read reread(Appended.Raced raced) {
            return switch (command) {
                case Command.OnAccount change -> load();
                case Command.PostTransaction post -> {
                    var placed = raced.events().stream()
                            .filter(Event.Placed.class::isInstance)
                            .map(event -> Transaction.of((Event.Placed) event))
                            .findFirst();
                    var fresh = read.with(raced.heads());
                    yield placed.map(found -> fresh.with(fresh.books().with(found)))
                            .orElse(fresh);
                }
                case Command.OnTransaction change -> raced.events().isEmpty() ? read.with(raced.heads()) : load();
            };
        }

        /** The answer to a reversal is the reversal, which only this call needs to know. */
        private Read withReversal() {
            return command instanceof Command.ReverseTransaction reverse
                            && read.books().transaction(reverse.id()).isEmpty()
                    ? withStream(reverse.id())
                    : read;
        }
    }
}
