package io.daybook.journal;

import static io.daybook.items.Attributes.LIST_SHARD;

import io.daybook.items.Item;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    /** What of the place of an item no reader looks at, since it was written when there were more shards. */
    Optional<String> uncovered(Item item) {
        if (isBeyond(item.pk(), "outbox#", outbox) || isBeyond(item.pk(), "due#", outbox)) {
            return Optional.of("no more than %d shards of the outbox are read".formatted(outbox));
        }
        return item.numberIfAny(LIST_SHARD)
                .filter(shard -> shard.intValue() >= transactionList)
                .map(shard ->
                        "it is listed under shard %s, and no more than %d are read".formatted(shard, transactionList));
    }

    private static boolean isBeyond(String pk, String prefix, int count) {
        return pk.startsWith(prefix) && Integer.parseInt(pk.substring(prefix.length())) >= count;
    }

    int outboxOf(String key) {
        return Math.floorMod(key.hashCode(), outbox);
    }

    int listOf(String key) {
        return Math.floorMod(key.hashCode(), transactionList);
    }
}
