package io.daybook.journal;

import io.daybook.items.Backoff;
import io.daybook.items.Item;
import io.daybook.ledger.Books;
import io.daybook.ledger.Command;
import io.daybook.ledger.Decision;
import io.daybook.ledger.Event;
import io.daybook.ledger.Ledger;
import io.daybook.telemetry.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Independent transactions on their way through the journal: decided in memory one after the other, written chunk by
 * chunk. A chunk is one append, so that whatever happens in the middle leaves whole transactions only.
 */
final class Batch {
    /** After this time what has not been decided is left to the next call, well within the API's 30 s. */
    private static final Duration LONGEST = Duration.ofSeconds(15);

    /** So many races a chunk may lose before it is left to the next call. */
    private static final int MAX_TRIES = 20;

    /**
     * So often a chunk that would be no better off if it were smaller soon tries again: what is in its way lasts no longer
     * than itself.
     */
    private static final int PATIENCE = 8;

    private final JournalTable table;
    private final Appender appender;
    private final InstantSource clock;
    private final List<Command.PostTransaction> commands;
    private final String correlationId;
    private final Outcome[] outcomes;
    /** Accounts of what could not be decided: nothing after it may be decided on them. */
    private final Set<String> undecided = new HashSet<>();

    private Read read = Read.NOTHING;
    /** Whether the used keys among the commands have been read after the heads. */
    private boolean keysChecked;

    Batch(
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
        this.outcomes = new Outcome[commands.size()];
        Arrays.fill(outcomes, new Outcome.Contention(0));
    }

    /**
     * A stretch of the batch, decided.
     *
     * @param to the position behind it
     * @param events what is to be appended for it
     * @param after the books it leads to
     * @param outcomes how its transactions end once it is written
     */
    private record Chunk(int from, int to, List<Event> events, Books after, List<Outcome> outcomes) {}

    List<Outcome> run() {
        try {
            read = table.load(commands);
            var giveUpAt = clock.instant().plus(LONGEST);
            int done = 0;
            while (done < commands.size() && clock.instant().isBefore(giveUpAt)) {
                done = carryOut(done, giveUpAt);
            }
        } catch (SdkException e) {
            Unreachable.orThrow(e);
        }
        return List.of(outcomes);
    }

    /** Decides all of it, and writes nothing. */
    List<Outcome> rehearse() {
        try {
            read = table.load(commands);
            keysChecked = true;
            note(decide(0, Integer.MAX_VALUE));
        } catch (SdkException e) {
            Unreachable.orThrow(e);
        }
        return List.of(outcomes);
    }

    /** Decides and writes one chunk, and says where the next one begins. */
    private int carryOut(int from, Instant giveUpAt) {
        int room = Appender.MAX_WRITES;
        int tries = 0;
        while (true) {
            var chunk = decided(from, room);
            if (chunk.events().isEmpty()) {
                return note(chunk);
            }
            if (tries == MAX_TRIES || clock.instant().isAfter(giveUpAt)) {
                return giveUp(chunk, new Outcome.Contention(tries));
            }
            switch (appender.append(read, chunk.events(), chunk.after(), correlationId)) {
                case Appended.Written() -> {
                    read = read.with(chunk.after());
                    return note(chunk);
                }
                case Appended.Raced raced
                when !raced.placed().isEmpty() -> {
                    // Not a race: the batch has been sent before. One look shows all of it that is there.
                    read = read.with(raced.heads());
                    checkKeys();
                }
                case Appended.Raced raced -> {
                    keysChecked = false;
                    tries++;
                    if (isBetterHalved(chunk.events(), raced)) {
                        room = Appender.writes(chunk.events()) / 2;
                        Backoff.pause(tries);
                    } else {
                        Backoff.pause(raced.isFresh() ? 0 : Math.max(1, tries - PATIENCE));
                    }
                    read = table.after(raced, read);
                }
                case Appended.Unanswered() -> {
                    return giveUp(chunk, new Outcome.Unknown(tries));
                }
            }
        }
    }

    /** Whether the first half of these events needs no more than half of the heads that were in their way. */
    private static boolean isBetterHalved(List<Event> events, Appended.Raced raced) {
        var half = events.subList(0, events.size() / 2);
        var needed = half.stream().flatMap(Keys::heads).collect(Collectors.toSet());
        var inTheWay = Stream.concat(raced.heads().stream().map(Keys::head), raced.busy().stream())
                .map(Item::pk)
                .toList();
        return !half.isEmpty() && 2 * inTheWay.stream().filter(needed::contains).count() <= inTheWay.size();
    }

    private Chunk decided(int from, int room) {
        return Observation.span("decide", () -> decide(from, room));
    }

    /** Decides from a position on for as long as the writes fit. */
    private Chunk decide(int from, int room) {
        var books = read.books();
        var events = new ArrayList<Event>();
        var ends = new ArrayList<Outcome>();
        var left = new HashSet<>(undecided);
        for (int at = from; at < commands.size(); at++) {
            var command = commands.get(at);
            if (!Collections.disjoint(command.accounts(), left)) {
                left.addAll(command.accounts());
                ends.add(new Outcome.Contention(0));
                continue;
            }
            switch (Ledger.decide(books, command, clock.instant())) {
                case Decision.Stands() -> ends.add(done(books, command, false, 0));
                case Decision.Refuse(var refusal) -> {
                    if (!keysChecked) {
                        checkKeys();
                        return decide(from, room);
                    }
                    ends.add(new Outcome.Refused(refusal, 0));
                }
                case Decision.Append(var more) -> {
                    var together = Stream.concat(events.stream(), more.stream()).toList();
                    if (Appender.writes(together) > room && !events.isEmpty()) {
                        return new Chunk(from, at, events, books, ends);
                    }
                    events.addAll(more);
                    books = Ledger.evolve(books, more);
                    ends.add(done(books, command, true, 1));
                }
            }
        }
        return new Chunk(from, commands.size(), events, books, ends);
    }

    /** Only the absence of a transaction's own event makes a refusal true: of one that turns up now it is to be asked again. */
    private void checkKeys() {
        var known = read.books().transactions().size();
        read = table.withPlaced(read, commands);
        keysChecked = read.books().transactions().size() == known;
    }

    private int note(Chunk chunk) {
        for (int at = chunk.from(); at < chunk.to(); at++) {
            outcomes[at] = chunk.outcomes().get(at - chunk.from());
            if (outcomes[at] instanceof Outcome.Contention) {
                undecided.addAll(commands.get(at).accounts());
            }
        }
        return chunk.to();
    }

    /**
     * Leaves a chunk undecided, apart from what turns out to be in the journal, and with it all that comes after on the
     * same accounts.
     */
    private int giveUp(Chunk chunk, Outcome undecidedOutcome) {
        try {
            checkKeys();
        } catch (SdkException e) {
            Unreachable.orThrow(e);
        }
        for (int at = chunk.from(); at < chunk.to(); at++) {
            var command = commands.get(at);
            if (Ledger.decide(read.books(), command, clock.instant()) instanceof Decision.Stands) {
                outcomes[at] = done(read.books(), command, false, undecidedOutcome.tries());
            } else {
                outcomes[at] = undecidedOutcome;
                undecided.addAll(command.accounts());
            }
        }
        return chunk.to();
    }

    /** Of the books only what answers this one transaction, since a batch has hundreds of them. */
    private static Outcome done(Books books, Command.PostTransaction command, boolean written, int tries) {
        var transaction = books.transaction(command.id()).orElseThrow();
        return new Outcome.Done(Books.EMPTY.with(transaction), written, tries);
    }
}
