package io.daybook.journal;

import java.util.List;

/**
 * What one query has brought of a list.
 *
 * @param more whether the list goes on behind it; then it has at least one item
 */
public record Slice<T>(List<T> items, boolean more) {}
