package io.daybook.local;

/** The local cloud, or a command to it, can't start. The message is one sentence for the person who wanted it to. */
public final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The sentence to show. */
    public StartException(String message) {
        super(message);
    }

    /** The sentence to show, and what is behind it. */
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
