package io.daybook.local;

/** An invocation that Lambda would report as a function error: the handler threw, or ran out of time. */
public final class FunctionException extends Exception {
    private static final long serialVersionUID = 1L;

    FunctionException(String message, Throwable cause) {
        super(message, cause);
    }
}
