package io.daybook.simulation;

/** The machine went away in the middle of an invocation. An error, so that no handler can catch it as a failed call. */
final class Died extends Error {
    private static final long serialVersionUID = 1;

    Died() {
        super("the machine went away", null, false, false);
    }
}
