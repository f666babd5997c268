package io.daybook.views;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What has been read for one page of an account's entries.
 *
 * @param parts of the account, or of each part of a striped one, what follows the page before
 */
public record Entries(List<Page<RecordedEntry>> parts, Paging paging) {
    /** All of it in one, up to where every part has been read. */
    public Page<RecordedEntry> merged() {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Comparator<String> order = paging.ascending() ? Comparator.naturalOrder() : Comparator.reverseOrder();
        var all = parts.stream()
                .flatMap(part -> part.items().stream())
                .sorted(Comparator.comparing(RecordedEntry::place, order))
                .toList();
        var known = parts.stream()
                .filter(part -> part.next().isPresent())
                .map(part -> part.items().getLast().place())
                .min(order);
        var items = all.stream()
                .filter(entry -> known.isEmpty() || order.compare(entry.place(), known.get()) <= 0)
                .limit(paging.limit())
                .toList();
        var more = known.isPresent() || items.size() < all.size();
        return new Page<>(items, more ? Optional.of(items.getLast().place()) : Optional.empty());
    }
}
