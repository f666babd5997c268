package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The ledger's rules: what a command leads to, and what an event changes. Pure functions, both. */
public final class Ledger {
    private static final Duration LONGEST_HOLD = Duration.ofDays(366);

    private Ledger() {}

    /**
     * Decides a command on these books. A command that has been carried out already {@linkplain Decision.Stands stands},
     * so deciding it again on the books that its own events led to tells how it ended.
     *
     * @param now the time by which expiry is judged, and the earliest that events are dated
     */
    public static Decision decide(Books books, Command command, Instant now) {
        return switch (command) {
            case Command.OpenAccount open -> open(books, open, now);
            case Command.ChangeAccount change -> change(books, change, now);
            case Command.PostTransaction post -> post(books, post, now);
            case Command.SettleHold settle -> settle(books, settle, now);
            case Command.VoidHold release -> release(books, release, now);
            case Command.ExpireHold expire -> expire(books, expire, now);
            case Command.ReverseTransaction reverse -> reverse(books, reverse, now);
        };
    }

    /** The books after an event that was decided on them. */
    public static Books evolve(Books books, Event event) {
        return switch (event) {
            case Event.AccountDefined defined ->
                books.with(defined)
                        .with(books.account(defined.account())
                                .map(own -> redefined(books, own, defined))
                                .orElseGet(() -> Account.opened(defined)));
            case Event.OfTransaction happened -> {
                var touched = happened.entries().stream()
                        .map(entry -> head(books, entry.part()).after(entry, happened.recordedAt()))
                        .toList();
                yield books.with(fold(books, happened)).with(touched);
            }
        };
    }

    /** The books after these events, one after the other. */
    public static Books evolve(Books books, List<Event> events) {
        for (var event : events) {
            books = evolve(books, event);
        }
        return books;
    }

    /** The heads that a new definition writes: of a striped account's parts those that it closes or opens again. */
    private static List<Account> redefined(Books books, Account own, Event.AccountDefined defined) {
        return Stream.concat(Stream.of(own), parts(books, own).filter(part -> !part.follows(defined)))
                .distinct()
                .map(head -> head.redefined(defined))
                .toList();
    }

    private static Transaction fold(Books books, Event.OfTransaction event) {
        return event instanceof Event.Placed placed
                ? Transaction.of(placed)
                : books.transaction(event.id()).orElseThrow().with(event);
    }

    private static Decision open(Books books, Command.OpenAccount command, Instant now) {
        var existing = books.account(command.account());
        if (existing.isEmpty()) {
            var at = now.truncatedTo(ChronoUnit.MICROS);
            return append(
                    new Event.AccountDefined(command.ledger(), command.account(), 1, command.definition(), at, at));
        }
        return existing.get().opening().equals(command.definition().fingerprint())
                ? new Decision.Stands()
                : refuse(new Refusal.AccountExists(command.account()));
    }

    private static Decision change(Books books, Command.ChangeAccount command, Instant now) {
        var account = books.accounts().get(command.account());
        var current = books.definitions().get(command.account());
        if (account == null || current == null) {
            return refuse(new Refusal.AccountNotFound(command.account()));
        }
        var changed =
                command.amendments().stream().reduce(current.definition(), Ledger::amended, (first, second) -> second);
        if (changed.equals(current.definition())) {
            return new Decision.Stands();
        }
        if (changed.metadata().size() > Metadata.MAX_PAIRS) {
            return refuse(new Refusal.TooMuchMetadata());
        }
        if (account.isStriped() && (changed.minimum() != null || changed.maximum() != null)) {
            return refuse(new Refusal.StripedLimit(changed.minimum() != null));
        }
        if (changed.minimum() != null
                && changed.maximum() != null
                && changed.minimum().compareTo(changed.maximum()) > 0) {
            return refuse(new Refusal.LimitsCrossed(
                    command.amendments().stream().anyMatch(Command.Amendment.Minimum.class::isInstance)));
        }
        var closes = changed.closed() && !account.closed();
        if (closes && parts(books, account).anyMatch(part -> part.counters().hasPending())) {
            return refuse(new Refusal.AccountInUse(command.account()));
        }
        return append(new Event.AccountDefined(
                command.ledger(),
                command.account(),
                account.definition() + 1,
                changed,
                current.openedAt(),
                recordedAt(now, Stream.concat(Stream.of(account), parts(books, account)))));
    }

    private static Definition amended(Definition definition, Command.Amendment amendment) {
        var minimum = definition.minimum();
        var maximum = definition.maximum();
        var closed = definition.closed();
        var description = definition.description();
        var metadata = new TreeMap<>(definition.metadata());
        switch (amendment) {
            case Command.Amendment.Minimum change -> minimum = change.value();
            case Command.Amendment.Maximum change -> maximum = change.value();
            case Command.Amendment.Closed change -> closed = change.value();
            case Command.Amendment.Description change -> description = change.value();
            case Command.Amendment.Pair change -> {
                if (change.value() == null) {
                    metadata.remove(change.key());
                } else {
                    metadata.put(change.key(), change.value());
                }
            }
        }
        return new Definition(
                definition.asset(),
                definition.type(),
                minimum,
                maximum,
                definition.stripes(),
                closed,
                description,
                metadata);
    }

    private static Decision post(Books books, Command.PostTransaction command, Instant now) {
        var id = command.id();
        // A used key answers before any check against the present: a retry never turns a success into a refusal.
        var existing = books.transaction(id);
        if (existing.isPresent()) {
            return existing.get().terms().fingerprint().equals(command.fingerprint())
                    ? new Decision.Stands()
                    : refuse(new Refusal.KeyReused(id));
        }
        var expiresAt = command.expiresAt();
        if (expiresAt != null && (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(LONGEST_HOLD)))) {
            return refuse(new Refusal.ExpiryOutOfRange());
        }
        var refusal = unfit(books, command.postings())
                .or(() -> unexpected(books, command.expect()))
                .orElse(null);
        if (refusal != null) {
            return refuse(refusal);
        }
        var at = recordedAt(now, accounts(books, command.postings(), id));
        var terms = new Terms(
                command.key(),
                command.fingerprint(),
                command.postings(),
                Objects.requireNonNullElse(command.effectiveAt(), at),
                expiresAt,
                command.description(),
                command.metadata(),
                null);
        var changes = command.pending() ? Changes.held(command.postings()) : Changes.posted(command.postings());
        return append(declined(books, changes, id)
                .<Event>map(reason -> new Event.Declined(command.ledger(), id, terms, reason, at))
                .orElseGet(() -> command.pending()
                        ? new Event.Held(command.ledger(), id, terms, entries(books, changes, id), at)
                        : new Event.Posted(command.ledger(), id, terms, entries(books, changes, id), at)));
    }

    private static Decision settle(Books books, Command.SettleHold command, Instant now) {
        var found = books.transaction(command.transaction());
        if (found.isEmpty()) {
            return refuse(new Refusal.TransactionNotFound(command.transaction()));
        }
        var hold = found.get();
        var held = hold.terms().postings();
        var asked = command.postings() == null ? held : command.postings();
        if (hold.status() != Transaction.Status.PENDING) {
            var alike = hold.ended() instanceof Event.Settled settled
                    && differing(held, asked).isEmpty()
                    && settled.amounts().equals(amounts(asked));
            return alike ? new Decision.Stands() : refuse(notPending(hold));
        }
        if (due(hold, now)) {
            return append(expired(books, hold, now));
        }
        var misfit = differing(held, asked).or(() -> exceeding(held, asked));
        if (misfit.isPresent()) {
            return refuse(misfit.get());
        }
        return append(new Event.Settled(
                command.ledger(),
                hold.id(),
                amounts(asked),
                entries(books, Changes.settled(held, amounts(asked)), hold.id()),
                hold.placed().origin(),
                recordedAt(now, accounts(books, held, hold.id()))));
    }

    private static Decision release(Books books, Command.VoidHold command, Instant now) {
        var found = books.transaction(command.transaction());
        if (found.isEmpty()) {
            return refuse(new Refusal.TransactionNotFound(command.transaction()));
        }
        var hold = found.get();
        return switch (hold.status()) {
            case VOIDED -> new Decision.Stands();
            case PENDING ->
                append(
                        due(hold, now)
                                ? expired(books, hold, now)
                                : new Event.Voided(
                                        command.ledger(),
                                        hold.id(),
                                        released(books, hold),
                                        hold.placed().origin(),
                                        recordedAt(
                                                now,
                                                accounts(books, hold.terms().postings(), hold.id()))));
            case POSTED, EXPIRED, DECLINED -> refuse(notPending(hold));
        };
    }

    private static Decision expire(Books books, Command.ExpireHold command, Instant now) {
        var found = books.transaction(command.transaction());
        if (found.isEmpty()) {
            return refuse(new Refusal.TransactionNotFound(command.transaction()));
        }
        var hold = found.get();
        if (hold.status() == Transaction.Status.EXPIRED) {
            return new Decision.Stands();
        }
        return hold.status() == Transaction.Status.PENDING && due(hold, now)
                ? append(expired(books, hold, now))
                : refuse(notPending(hold));
    }

    private static Decision reverse(Books books, Command.ReverseTransaction command, Instant now) {
        var found = books.transaction(command.transaction());
        if (found.isEmpty()) {
            return refuse(new Refusal.TransactionNotFound(command.transaction()));
        }
        var original = found.get();
        if (original.reversed() != null) {
            return new Decision.Stands();
        }
        var reversal = original.terms().reverses() != null;
        if (original.status() != Transaction.Status.POSTED || reversal) {
            return refuse(new Refusal.NotPosted(original.id(), original.status(), reversal));
        }
        var postings = original.postedPostings().stream().map(Posting::mirrored).toList();
        var changes = Changes.posted(postings);
        var id = command.id();
        // Not recorded, unlike the decline of a transaction: the money may come.
        var declined = declined(books, changes, id);
        if (declined.isPresent()) {
            return refuse(declined.get());
        }
        var at = recordedAt(now, accounts(books, postings, id));
        var terms = new Terms(null, "", postings, at, null, command.description(), command.metadata(), original.id());
        return append(
                new Event.Posted(command.ledger(), id, terms, entries(books, changes, id), at),
                new Event.Reversed(
                        command.ledger(), original.id(), id, original.placed().origin(), at));
    }

    /** A posting whose accounts the ledger does not have, or whose accounts count different assets. */
    private static Optional<Refusal> unfit(Books books, List<Posting> postings) {
        for (int i = 0; i < postings.size(); i++) {
            var posting = postings.get(i);
            var debit = books.accounts().get(posting.debit());
            var credit = books.accounts().get(posting.credit());
            if (debit == null) {
                return Optional.of(new Refusal.UnknownAccount(posting.debit(), i, Side.DEBIT));
            }
            if (credit == null) {
                return Optional.of(new Refusal.UnknownAccount(posting.credit(), i, Side.CREDIT));
            }
            if (!debit.asset().equals(credit.asset())) {
                return Optional.of(new Refusal.AssetMismatch(i, debit.asset(), credit.asset()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Refusal> unexpected(Books books, Map<String, Long> expect) {
        for (var expected : new TreeMap<>(expect).entrySet()) {
            var account = head(books, expected.getKey());
            if (account.isStriped()) {
                return Optional.of(new Refusal.StripedExpected(account.id()));
            }
            if (account.version() != expected.getValue()) {
                return Optional.of(new Refusal.VersionMismatch(account.id(), expected.getValue(), account.version()));
            }
        }
        return Optional.empty();
    }

    /** The first account, in the order of the postings, that turns the changes down as a whole. */
    private static Optional<Refusal.Decline> declined(Books books, Map<String, Counters> changes, String transaction) {
        return changes.entrySet().stream()
                .flatMap(change -> declined(account(books, change.getKey(), transaction), change.getValue()).stream())
                .findFirst();
    }

    private static Optional<Refusal.Decline> declined(Account account, Counters change) {
        if (account.closed()) {
            return Optional.of(new Refusal.AccountClosed(account.id()));
        }
        var normal = account.type().normal();
        var before = account.counters();
        var after = before.plus(change);
        var minimum = account.minimum();
        var lowered = before.available(normal).subtract(after.available(normal));
        if (minimum != null && lowered.signum() > 0 && after.available(normal).compareTo(minimum) < 0) {
            return Optional.of(new Refusal.InsufficientFunds(account.id(), before.available(normal), lowered, minimum));
        }
        var maximum = account.maximum();
        var ceiling = after.ceiling(normal);
        var raised = ceiling.compareTo(before.ceiling(normal)) > 0;
        if (maximum != null && raised && ceiling.compareTo(maximum) > 0) {
            return Optional.of(new Refusal.MaximumExceeded(account.id(), maximum, ceiling));
        }
        var widest = after.widest();
        return widest.compareTo(Amount.COUNTER_MAX) > 0
                ? Optional.of(new Refusal.MaximumExceeded(account.id(), null, widest))
                : Optional.empty();
    }

    /** The first posting asked for that is not between the accounts of the held one in its place. */
    private static Optional<Refusal> differing(List<Posting> held, List<Posting> asked) {
        if (held.size() != asked.size()) {
            return Optional.of(new Refusal.PostingsDiffer(Math.min(held.size(), asked.size())));
        }
        return IntStream.range(0, held.size())
                .filter(i -> !held.get(i).debit().equals(asked.get(i).debit())
                        || !held.get(i).credit().equals(asked.get(i).credit()))
                .mapToObj(i -> (Refusal) new Refusal.PostingsDiffer(i))
                .findFirst();
    }

    private static Optional<Refusal> exceeding(List<Posting> held, List<Posting> asked) {
        return IntStream.range(0, held.size())
                .filter(i -> asked.get(i).amount().compareTo(held.get(i).amount()) > 0)
                .mapToObj(i -> (Refusal) new Refusal.ExceedsHold(i, held.get(i).amount()))
                .findFirst();
    }

    private static boolean due(Transaction hold, Instant now) {
        var expiresAt = hold.terms().expiresAt();
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    private static Event expired(Books books, Transaction hold, Instant now) {
        return new Event.Expired(
                hold.placed().ledger(),
                hold.id(),
                released(books, hold),
                hold.placed().origin(),
                recordedAt(now, accounts(books, hold.terms().postings(), hold.id())));
    }

    private static List<Entry> released(Books books, Transaction hold) {
        return entries(books, Changes.released(hold.terms().postings()), hold.id());
    }

    private static List<Entry> entries(Books books, Map<String, Counters> changes, String transaction) {
        return changes.entrySet().stream()
                .map(change -> {
                    var account = account(books, change.getKey(), transaction);
                    return new Entry(
                            account.id(),
                            account.stripe(),
                            account.type().normal(),
                            account.version() + 1,
                            change.getValue(),
                            account.counters().plus(change.getValue()));
                })
                .toList();
    }

    /** One time for the whole event, so that no account's clock runs back and a cut in time holds whole events only. */
    private static Instant recordedAt(Instant now, Stream<Account> touched) {
        return touched.map(Account::recordedAt)
                .reduce(now.truncatedTo(ChronoUnit.MICROS), (latest, other) -> other.isAfter(latest) ? other : latest);
    }

    private static Stream<Account> accounts(Books books, List<Posting> postings, String transaction) {
        return Command.accountsOf(postings).stream().map(id -> account(books, id, transaction));
    }

    /** An account that an earlier check has seen to be there: of a striped one the part that moves with the transaction. */
    private static Account account(Books books, String id, String transaction) {
        return head(books, head(books, id).partFor(transaction));
    }

    private static Stream<Account> parts(Books books, Account own) {
        return own.parts().stream().map(part -> head(books, part));
    }

    /** A head that an earlier check has seen to be there, or that a recorded event names. */
    private static Account head(Books books, String part) {
        return books.account(part).orElseThrow(() -> new IllegalStateException("the books lack a head they need"));
    }

    private static List<BigInteger> amounts(List<Posting> postings) {
        return postings.stream().map(Posting::amount).toList();
    }

    private static Refusal notPending(Transaction hold) {
        return new Refusal.HoldNotPending(hold.id(), hold.status());
    }

    private static Decision append(Event... events) {
        return new Decision.Append(List.of(events));
    }

    private static Decision refuse(Refusal refusal) {
        return new Decision.Refuse(refusal);
    }
}
