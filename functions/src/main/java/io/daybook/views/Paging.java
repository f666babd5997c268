package io.daybook.views;

import java.util.Optional;

/**
 * Which part of a list is asked for.
 *
 * @param after where the part before it ended; empty for the beginning
 */
public record Paging(int limit, boolean ascending, Optional<String> after) {}
