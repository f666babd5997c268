package io.daybook.simulation;

/** The contract does not hold. An error, so that no handler can take it for a failed call. */
final class Violation extends Error {
    private static final long serialVersionUID = 1;

    private final String rule;

    Violation(String message) {
        this(message, message);
    }

    private Violation(String rule, String message) {
        super(message);
        this.rule = rule;
    }

    /** What does not hold, without the names and figures for which it does not. */
    String rule() {
        return rule;
    }

    @SuppressWarnings("AnnotateFormatMethod") // Its annotation would be a dependency more.
    static void unless(boolean holds, String message, Object... figures) {
        if (!holds) {
            throw new Violation(message, message.formatted(figures));
        }
    }
}
