package io.daybook.simulation;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A transaction as the auditor has seen it become. */
final class AuditedTransaction {
    record Posting(String debit, String credit, BigInteger amount) {
        Posting mirrored() {
            return new Posting(/* debit= */ credit, /* credit= */ debit, amount);
        }
    }

    final String id;
    final Optional<String> key;
    /** The request, as the client wrote it. */
    final Optional<String> request;

    final String kind;
    final List<Posting> postings;
    final Optional<Instant> expiresAt;
    final Optional<String> reverses;
    final Moment placed;
    String end = "";
    List<BigInteger> settled = List.of();
    Moment ended = Moment.NEVER;
    String reversedBy = "";
    Moment reversed = Moment.NEVER;

    /**
     * When an event was written.
     *
     * @param from when it was decided that it is; nobody has seen it before
     * @param appliedAt from when on every read has shown it
     */
    record Moment(long from, AtomicLong appliedAt) {
        static final Moment NEVER = new Moment(Long.MAX_VALUE, new AtomicLong(Long.MAX_VALUE));
    }

    AuditedTransaction(
            String id,
            Optional<String> key,
            Optional<String> request,
            String kind,
            List<Posting> postings,
            Optional<Instant> expiresAt,
            Optional<String> reverses,
            Moment placed) {
        this.id = id;
        this.key = key;
        this.request = request;
        this.kind = kind;
        this.postings = postings;
        this.expiresAt = expiresAt;
        this.reverses = reverses;
        this.placed = placed;
    }

    String status() {
        return status(end);
    }

    /** What it was first. */
    String firstStatus() {
        return status("");
    }

    /** What every read has shown it to be at a time. */
    String shownAt(long time) {
        return status(ended.appliedAt().get() <= time ? end : "");
    }

    private String status(String endedBy) {
        if (!kind.equals("held")) {
            return kind;
        }
        return endedBy.isEmpty() ? "pending" : endedBy.equals("settled") ? "posted" : endedBy;
    }

    /** How many of its events a read can have shown by a time. */
    long eventsBy(long time) {
        return moments().filter(moment -> moment.from() <= time).count();
    }

    /** How many of its events every read has shown since a time. */
    long eventsShownAt(long time) {
        return moments().filter(moment -> moment.appliedAt().get() <= time).count();
    }

    boolean isShownAt(long time) {
        return placed.appliedAt().get() <= time;
    }

    private Stream<Moment> moments() {
        return Stream.of(placed, ended, reversed);
    }

    boolean isPending() {
        return status().equals("pending");
    }

    /** What was posted of it. */
    List<Posting> posted() {
        if (kind.equals("posted")) {
            return postings;
        }
        return IntStream.range(0, settled.size())
                .filter(at -> settled.get(at).signum() > 0)
                .mapToObj(at ->
                        new Posting(postings.get(at).debit(), postings.get(at).credit(), settled.get(at)))
                .toList();
    }
}
