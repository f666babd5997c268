package io.daybook.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A measured quantity.
 *
 * @param spread of the samples that {@code value} is the median of; none where it was counted and not measured
 * @param target what is promised of it, if anything is
 */
record Figure(
        String name,
        double value,
        String unit,
        @Nullable Spread spread,
        @Nullable Target target) {

    /** What was counted, and is the same each time. */
    static Figure of(String name, double value, String unit) {
        return new Figure(name, value, unit, null, null);
    }

    /** The median of samples. */
    static Figure of(String name, Spread spread, String unit) {
        return new Figure(name, spread.median(), unit, spread, null);
    }

    Figure with(Target promised) {
        return new Figure(name, value, unit, spread, promised);
    }

    /** Whether the target is met; null without one. */
    @JsonProperty
    @Nullable
    Boolean holds() {
        return target == null ? null : target.holds(value);
    }

    boolean missed() {
        return target != null && !target.holds(value);
    }

    @Override
    public String toString() {
        return "%s is %s %s%s".formatted(name, text(value), unit, target == null ? "" : ", target " + target);
    }

    /** With as many decimals as can matter. */
    static String text(double value) {
        var size = Math.abs(value);
        var decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4;
        var pattern = decimals == 0 ? "#,##0" : "#,##0." + "#".repeat(decimals);
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
