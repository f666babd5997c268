package io.daybook.bench;

import java.util.List;

/**
 * What a bench has found.
 *
 * @param figures what it is about, those with a target first
 * @param raw what the figures come from, in a form that Jackson can write
 * @param plot the figures to look at
 */
record Report(List<Figure> figures, Object raw, Plot plot) {
    Report {
        figures = List.copyOf(figures);
    }
}
