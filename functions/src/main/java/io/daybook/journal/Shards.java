package io.daybook.journal;

/**
 * Over how many keys the busiest keys are spread. A shard is stored with what was written under it, so the counts may
 * grow; they must never shrink, since readers cover no more than the count.
 *
 * @param outbox keys of the outbox, and of the holds that end by themselves
 * @param transactionList keys of each ledger's list of transactions
 */
public record Shards(int outbox, int transactionList) {

    int outboxOf(String key) {
        return Math.floorMod(key.hashCode(), outbox);
    }

    int listOf(String key) {
        return Math.floorMod(key.hashCode(), transactionList);
    }
}
