package io.daybook.bench;

import java.util.Collection;

/**
 * How far samples lie from each other.
 *
 * @param low a quarter of the samples is below it
 * @param high a quarter of the samples is above it
 */
record Spread(int samples, double min, double low, double median, double high, double max) {

    static Spread of(Collection<? extends Number> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        var sorted = samples.stream().mapToDouble(Number::doubleValue).sorted().toArray();
        return new Spread(
                sorted.length,
                sorted[0],
                quantile(sorted, 0.25),
                quantile(sorted, 0.5),
                quantile(sorted, 0.75),
                sorted[sorted.length - 1]);
    }

    /** A value that this share of the samples is not above, between two of them where it falls there. */
    static double quantile(Collection<? extends Number> samples, double share) {
        return quantile(
                samples.stream().mapToDouble(Number::doubleValue).sorted().toArray(), share);
    }

    private static double quantile(double[] sorted, double share) {
        var at = share * (sorted.length - 1);
        var below = (int) at;
        var above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
