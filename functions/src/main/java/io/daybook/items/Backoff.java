package io.daybook.items;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** How long a lost race waits before the next try: full jitter, so that the losers do not meet again. */
public final class Backoff {
    private static final Duration BASE = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMillis(500);

    /** Not from a seed: all that start from one snapshot of Lambda's would have the same one, and meet again. */
    private static final SecureRandom CHANCE = new SecureRandom();

    /** Where time is simulated, what waits instead: a chance of its own, up to so many nanoseconds. */
    public static final ScopedValue<LongConsumer> SIMULATED = ScopedValue.newInstance();

    private Backoff() {}

    /** Waits a random time up to twice as long as the time before, and not at all before the first try. */
    public static void pause(int lost) {
        if (lost > 0) {
            var most = Math.min(LONGEST.toNanos(), BASE.toNanos() << Math.min(lost, 10));
            SIMULATED.orElse(Backoff::park).accept(most);
        }
    }

    private static void park(long most) {
        LockSupport.parkNanos(CHANCE.nextLong(most));
    }
}
