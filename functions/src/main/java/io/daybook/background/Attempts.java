package io.daybook.background;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run attempts, one thing after the other: one that fails holds up no other, but the run fails at its end. */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private @Nullable RuntimeException first;

    /**
     * What it comes to; empty where it throws.
     *
     * @param on the key of what it is about, for the log
     */
    <T> Optional<T> make(String on, Supplier<T> attempt) {
        try {
            return Optional.of(attempt.get());
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("on", on).setCause(e).log("failed, the run goes on");
            first = first == null ? e : first;
            return Optional.empty();
        }
    }

    boolean anyFailed() {
        return first != null;
    }

    /** Throws what the first one that failed has thrown, so that Lambda counts an error. */
    void end() {
        if (first != null) {
            throw first;
        }
    }
}
