package io.daybook.simulation;

/** The contract does not hold. An error, so that no handler can take it for a failed call. */
final class Violation extends Error {
    private static final long serialVersionUID = 1;

    Violation(String message) {
        super(message);
    }

    @SuppressWarnings("AnnotateFormatMethod") // Its annotation would be a dependency more.
    static void unless(boolean holds, String message, Object... figures) {
        if (!holds) {
            throw new Violation(message.formatted(figures));
        }
    }
}
