package io.daybook.simulation;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
    final long placedAt;
    String end = "";
    List<BigInteger> settled = List.of();
    long endedAt = Long.MAX_VALUE;
    String reversedBy = "";
    long reversedAt = Long.MAX_VALUE;

    AuditedTransaction(
            String id,
            Optional<String> key,
            Optional<String> request,
            String kind,
            List<Posting> postings,
            Optional<Instant> expiresAt,
            Optional<String> reverses,
            long placedAt) {
        this.id = id;
        this.key = key;
        this.request = request;
        this.kind = kind;
        this.postings = postings;
        this.expiresAt = expiresAt;
        this.reverses = reverses;
        this.placedAt = placedAt;
    }

    String status() {
        return statusAt(Long.MAX_VALUE - 1);
    }

    String statusAt(long time) {
        if (!kind.equals("held")) {
            return kind;
        }
        var endedBy = endedAt <= time ? end : "";
        return endedBy.isEmpty() ? "pending" : endedBy.equals("settled") ? "posted" : endedBy;
    }

    int eventsAt(long time) {
        return (placedAt <= time ? 1 : 0) + (endedAt <= time ? 1 : 0) + (reversedAt <= time ? 1 : 0);
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
