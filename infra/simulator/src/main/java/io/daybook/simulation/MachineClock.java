package io.daybook.simulation;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** The clock of one machine, off by as much as it is off. */
final class MachineClock implements InstantSource {
    static final Instant BEGINNING = Instant.parse("2026-11-24T08:00:00Z");

    private final Scheduler scheduler;
    private long skew;

    MachineClock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public Instant instant() {
        return BEGINNING.plus(scheduler.now() + skew, ChronoUnit.MICROS);
    }

    long skew() {
        return skew;
    }

    void setSkew(long micros) {
        skew = micros;
    }
}
