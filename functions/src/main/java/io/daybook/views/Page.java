package io.daybook.views;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list.
 *
 * @param next where the following part starts; empty at the end. A page may be short, even empty, before the end.
 */
public record Page<T>(List<T> items, Optional<String> next) {}
