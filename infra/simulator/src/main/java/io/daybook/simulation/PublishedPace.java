package io.daybook.simulation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How long DynamoDB's calls take by the figures that have been published: those that Alex DeBrie measured from Lambda in
 * February 2020, 400 calls of each kind
 * (https://www.alexdebrie.com/posts/dynamodb-transactions-performance/, https://github.com/alexdebrie/dynamodb-performance-testing).
 * Between 5 and 25 items he found a call to grow evenly with its items, and so it is taken to go on up to 100.
 *
 * <p>For reads, and for SQS, there is no such table; they are given the figures of a single or batched write, which are
 * not better than theirs. Neither holds an item of a transaction up.
 */
public final class PublishedPace implements Pace {
    private static final List<Double> SHARES = List.of(0.0, 0.5, 0.9, 0.95, 0.99, 1.0);

    /**
     * Of one kind of call, in milliseconds: the least, the medians and so on as in {@link #SHARES}.
     *
     * @param small with as few items as {@code smallItems}
     * @param large with as many as {@code largeItems}
     */
    private record Latencies(int smallItems, List<Double> small, int largeItems, List<Double> large) {
        static Latencies ofEach(List<Double> single) {
            return new Latencies(1, single, 2, single);
        }

        /** The latency that this share of all calls does not exceed. */
        long micros(double share, int items) {
            int upper = 1;
            while (SHARES.get(upper) < share) {
                upper++;
            }
            var from = SHARES.get(upper - 1);
            var part = (share - from) / (SHARES.get(upper) - from);
            return Math.round(1000 * (at(upper - 1, items) * (1 - part) + at(upper, items) * part));
        }

        double mean(int items) {
            return IntStream.range(1, SHARES.size())
                    .mapToDouble(upper ->
                            (SHARES.get(upper) - SHARES.get(upper - 1)) * (at(upper - 1, items) + at(upper, items)) / 2)
                    .sum();
        }

        private double at(int position, int items) {
            var more = (large.get(position) - small.get(position)) / (largeItems - smallItems);
            return small.get(position) + more * (items - smallItems);
        }
    }

    private static final Latencies SINGLE = Latencies.ofEach(List.of(5.47, 7.55, 11.3, 13.2, 16.2, 29.0));
    private static final Latencies BATCH = new Latencies(
            5, List.of(6.59, 8.14, 13.3, 15.4, 25.5, 56.8), 25, List.of(7.96, 10.2, 16.0, 18.0, 27.6, 76.4));
    private static final Latencies TRANSACTION = new Latencies(
            5, List.of(19.4, 25.3, 30.7, 36.4, 92.5, 218.0), 25, List.of(23.5, 32.1, 40.5, 47.2, 97.5, 258.0));

    private final Chance chance;
    private final double heldShare;

    /** @param heldShare for which part of its time a transaction holds its items: the way from prepare to commit */
    PublishedPace(Chance chance, double heldShare) {
        this.chance = chance;
        this.heldShare = heldShare;
    }

    /**
     * How long calls take on average, in milliseconds.
     *
     * @param items how many items a call reads or writes
     */
    public static double meanMillis(String operation, int items) {
        return latencies(operation).mean(items);
    }

    private static Latencies latencies(String operation) {
        return switch (operation) {
            case "TransactWriteItems" -> TRANSACTION;
            case "BatchGetItem", "BatchWriteItem", "TransactGetItems" -> BATCH;
            case "GetItem", "PutItem", "UpdateItem", "Query", "SendMessage" -> SINGLE;
            default -> throw new IllegalArgumentException("no figures of " + operation);
        };
    }

    @Override
    public Attempt attempt(String operation, int items) {
        var whole = latencies(operation).micros(chance.share(), items);
        var held = operation.equals("TransactWriteItems") ? Math.round(whole * heldShare) : 0;
        var there = (whole - held) / 2;
        return new Attempt() {
            @Override
            public long there() {
                return there;
            }

            @Override
            public long held() {
                return held;
            }

            @Override
            public long back() {
                return whole - held - there;
            }
        };
    }
}
