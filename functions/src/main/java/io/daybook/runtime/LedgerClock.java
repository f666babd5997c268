package io.daybook.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * The machine's clock for as long as it agrees with DynamoDB's, else DynamoDB's.
 *
 * <p>An account's clock never runs back, so one machine whose clock is ahead would date all that follows on the accounts
 * it touches. The {@code Date} of every answer shows how far off the machine is.
 */
public final class LedgerClock implements InstantSource, ExecutionInterceptor {
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private final InstantSource machine;

    /** How far DynamoDB's clock is ahead of the machine's, by its newest answer. */
    private volatile Duration ahead = Duration.ZERO;

    /** The newest date that was read: all answers within a second tell the same. */
    private volatile Read newest = new Read("", Instant.EPOCH);

    private record Read(String date, Instant instant) {}

    public LedgerClock(InstantSource machine) {
        this.machine = machine;
    }

    @Override
    public Instant instant() {
        var now = machine.instant();
        var offset = ahead;
        return offset.abs().compareTo(TOLERANCE) > 0 ? now.plus(offset) : now;
    }

    /** How far off the machine's clock is, where that is more than can be tolerated; else zero. */
    Duration skew() {
        var offset = ahead;
        return offset.abs().compareTo(TOLERANCE) > 0 ? offset : Duration.ZERO;
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        context.httpResponse().firstMatchingHeader("Date").ifPresent(this::answered);
    }

    private void answered(String date) {
        try {
            var theirs = read(date);
            var ours = machine.instant();
            // The header tells whole seconds: any moment of that second agrees with it.
            ahead = ours.truncatedTo(ChronoUnit.SECONDS).equals(theirs)
                    ? Duration.ZERO
                    : Duration.between(ours, theirs);
        } catch (DateTimeParseException e) {
            // An answer without a readable date says nothing about the clock.
        }
    }

    private Instant read(String date) {
        var read = newest;
        if (!read.date.equals(date)) {
            read = new Read(
                    date,
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            newest = read;
        }
        return read.instant;
    }
}
