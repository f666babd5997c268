package io.daybook.journal;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Over how many keys the busiest keys are spread. A shard is stored with what was written under it, so the counts may
 * grow; they must never shrink, since readers cover no more than the count.
 *
 * @param outbox keys of the outbox, and of the holds that end by themselves
 * @param transactionList keys of each ledger's list of transactions
 */
public record Shards(int outbox, int transactionList) {

    /** All shards of the outbox, each minute beginning with another one, so that none starves behind a backlog. */
    public List<Integer> outboxFrom(Instant now) {
        var first = Math.floorMod(now.getEpochSecond() / 60, outbox);
        return IntStream.range(0, outbox).mapToObj(i -> (first + i) % outbox).toList();
    }

    int outboxOf(String key) {
        return Math.floorMod(key.hashCode(), outbox);
    }

    int listOf(String key) {
        return Math.floorMod(key.hashCode(), transactionList);
    }
}
