package io.daybook.views;

import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Counters;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;

/**
 * The sums of all accounts of a ledger at one cut in time, by asset and account type.
 *
 * @param at entries recorded at or before it are counted
 */
public record TrialBalance(Instant at, SortedMap<Line, Counters> sums) {
    /** The sums of one asset over its lines. */
    public Counters total(Asset asset) {
        return sums.entrySet().stream()
                .filter(line -> line.getKey().asset().equals(asset))
                .map(Map.Entry::getValue)
                .reduce(Counters.ZERO, Counters::plus);
    }

    /** Whether debits equal credits for every asset, posted and pending. */
    public boolean balanced() {
        return sums.keySet().stream()
                .map(Line::asset)
                .distinct()
                .map(this::total)
                .allMatch(Counters::even);
    }

    /** What the accounts of a line have in common. */
    public record Line(Asset asset, AccountType type) implements Comparable<Line> {
        private static final Comparator<Line> ORDER =
                Comparator.comparing((Line line) -> line.asset().toString()).thenComparing(Line::type);

        @Override
        public int compareTo(Line other) {
            return ORDER.compare(this, other);
        }
    }
}
