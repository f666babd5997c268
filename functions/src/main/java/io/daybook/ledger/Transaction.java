package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A transaction as its events so far have made it. */
public record Transaction(Event.Placed placed, Event.@Nullable Ended ended, Event.@Nullable Reversed reversed) {

    /** What a caller is told of it. */
    public enum Status {
        POSTED,
        PENDING,
        VOIDED,
        EXPIRED,
        DECLINED
    }

    public static Transaction of(Event.Placed placed) {
        return new Transaction(placed, null, null);
    }

    /**
     * Folds those of a transaction's events that are known, in any order; empty while event 0 is missing. A reversal waits
     * for the end of the hold that it rests on.
     */
    public static Optional<Transaction> fold(Iterable<? extends Event.OfTransaction> events) {
        Event.Placed placed = null;
        Event.Ended ended = null;
        Event.Reversed reversed = null;
        for (var event : events) {
            switch (event) {
                case Event.Placed p -> placed = p;
                case Event.Ended e -> ended = e;
                case Event.Reversed r -> reversed = r;
            }
        }
        if (placed == null) {
            return Optional.empty();
        }
        var waits = placed instanceof Event.Held && ended == null;
        return Optional.of(new Transaction(placed, ended, waits ? null : reversed));
    }

    Transaction with(Event.OfTransaction event) {
        return switch (event) {
            case Event.Placed p -> new Transaction(p, ended, reversed);
            case Event.Ended e -> new Transaction(placed, e, reversed);
            case Event.Reversed r -> new Transaction(placed, ended, r);
        };
    }

    /** As it was when it was first answered. */
    public Transaction first() {
        return of(placed);
    }

    public String id() {
        return placed.id();
    }

    public Terms terms() {
        return placed.terms();
    }

    public Status status() {
        return switch (placed) {
            case Event.Posted p -> Status.POSTED;
            case Event.Declined d -> Status.DECLINED;
            case Event.Held h ->
                switch (ended) {
                    case null -> Status.PENDING;
                    case Event.Settled s -> Status.POSTED;
                    case Event.Voided v -> Status.VOIDED;
                    case Event.Expired e -> Status.EXPIRED;
                };
        };
    }

    /** The entries of its latest event that has any. */
    public List<Entry> entries() {
        return ended == null ? placed.entries() : ended.entries();
    }

    /** What was settled of a hold, without the postings that were dropped; empty unless one was settled. */
    public Optional<List<Posting>> settled() {
        return ended instanceof Event.Settled settled
                ? Optional.of(withAmounts(terms().postings(), settled.amounts()))
                : Optional.empty();
    }

    /** What has been posted: of a hold, what was settled; nothing where nothing was. */
    public List<Posting> postedPostings() {
        return placed instanceof Event.Posted ? terms().postings() : settled().orElse(List.of());
    }

    /** Whether the entries of one of its events change the accounts as its postings say, and no others. */
    public boolean explains(Event.OfTransaction event) {
        var changes = new HashMap<String, Counters>();
        event.entries().forEach(entry -> changes.merge(entry.account(), entry.change(), Counters::plus));
        return changes.equals(
                switch (event) {
                    case Event.Posted posted -> Changes.posted(terms().postings());
                    case Event.Held held -> Changes.held(terms().postings());
                    case Event.Settled settled -> Changes.settled(terms().postings(), settled.amounts());
                    case Event.Voided voided -> Changes.released(terms().postings());
                    case Event.Expired expired -> Changes.released(terms().postings());
                    case Event.Declined declined -> Map.of();
                    case Event.Reversed reversed -> Map.of();
                });
    }

    /** When its latest event was recorded. */
    public Instant updatedAt() {
        if (reversed != null) {
            return reversed.recordedAt();
        }
        return ended == null ? placed.recordedAt() : ended.recordedAt();
    }

    private static List<Posting> withAmounts(List<Posting> postings, List<BigInteger> amounts) {
        var settled = new ArrayList<Posting>();
        for (int i = 0; i < postings.size(); i++) {
            if (amounts.get(i).signum() > 0) {
                var posting = postings.get(i);
                settled.add(new Posting(posting.debit(), posting.credit(), amounts.get(i)));
            }
        }
        return List.copyOf(settled);
    }
}
