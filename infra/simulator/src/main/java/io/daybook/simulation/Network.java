package io.daybook.simulation;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** What lies between a function and a service: time passes, answers are lost, and the SDK tries again. */
final class Network {
    /** As the SDK's standard mode makes; fewer while its budget for retries is used up. */
    private static final int MOST_ATTEMPTS = 3;

    /** For one attempt, and for all of them. */
    private static final int ANSWER_MICROS = 1_400_000;

    private static final int PATIENCE_MICROS = 3_000_000;
    private static final int LONGEST_WAY_MICROS = 2_000_000;

    private final Scheduler scheduler;
    private final Chance chance;
    private final Faults faults;
    private final History history;
    private final Pace pace;
    private int operations;
    private long answerSentAt;

    /** How a service says that it failed, or that it is too busy. */
    interface Refusals {
        SdkException failed();

        SdkException throttled();
    }

    Network(Scheduler scheduler, Chance chance, Faults faults, History history) {
        this(scheduler, chance, faults, history, Pace.wild(chance));
    }

    Network(Scheduler scheduler, Chance chance, Faults faults, History history, Pace pace) {
        this.scheduler = scheduler;
        this.chance = chance;
        this.faults = faults;
        this.history = history;
        this.pace = pace;
    }

    int operations() {
        return operations;
    }

    /** When the answer that has just arrived was sent. */
    long answerSentAt() {
        return answerSentAt;
    }

    static AwsErrorDetails details(String code) {
        return AwsErrorDetails.builder().errorCode(code).errorMessage(code).build();
    }

    <T> T call(String what, Refusals refusals, Supplier<T> service) {
        return call(what, 1, refusals, attempt -> service.get());
    }

    /** @param items how many items the call reads or writes */
    <T> T call(String what, int items, Refusals refusals, Function<Pace.Attempt, T> service) {
        operations++;
        var giveUpAt = scheduler.now() + PATIENCE_MICROS;
        var attempts = chance.between(1, MOST_ATTEMPTS);
        try {
            for (int attempt = 1; true; attempt++) {
                try {
                    return attempt(what, pace.attempt(what, items), refusals, service);
                } catch (SdkException e) {
                    var failure = e.toBuilder().numAttempts(attempt).build();
                    if (scheduler.now() > giveUpAt) {
                        throw ApiCallTimeoutException.create(PATIENCE_MICROS / 1000);
                    }
                    if (attempt == attempts || !isRetried(e)) {
                        throw failure;
                    }
                }
            }
        } finally {
            // What the caller does next may be to wait before it tries again: in virtual time that takes no time.
            LockSupport.unpark(Thread.currentThread());
        }
    }

    /** What the SDK tries again by itself: no answer, overload, and a fault of the service. */
    private static boolean isRetried(SdkException e) {
        return !(e instanceof AwsServiceException answer)
                || answer.isThrottlingException()
                || answer.statusCode() >= 500
                || answer instanceof TransactionInProgressException;
    }

    private <T> T attempt(String what, Pace.Attempt attempt, Refusals refusals, Function<Pace.Attempt, T> service) {
        dieIf(Fault.DIED_BEFORE, what);
        scheduler.pause(attempt.there());
        timeOutIf(Fault.TIMED_OUT_BEFORE, what);
        arriveLate(what, () -> service.apply(attempt));
        if (faults.strikes(Fault.FAILED_BEFORE, what)) {
            throw refusals.failed();
        }
        if (faults.strikes(Fault.THROTTLED, what)) {
            throw refusals.throttled();
        }
        var answer = answered(() -> service.apply(attempt));
        dieIf(Fault.DIED_AFTER, what);
        timeOutIf(Fault.TIMED_OUT_AFTER, what);
        if (faults.strikes(Fault.FAILED_AFTER, what)) {
            throw refusals.failed();
        }
        var sentAt = scheduler.now();
        scheduler.pause(attempt.back());
        answerSentAt = sentAt;
        return answer.get();
    }

    /** What the service says, to be heard when it has come back: a refusal has the same way as any other answer. */
    private static <T> Supplier<T> answered(Supplier<T> service) {
        try {
            var result = service.get();
            return () -> result;
        } catch (SdkException refusal) {
            return () -> {
                throw refusal;
            };
        }
    }

    private void dieIf(Fault fault, String what) {
        if (faults.strikes(fault, what)) {
            throw new Died();
        }
    }

    private void timeOutIf(Fault fault, String what) {
        if (faults.strikes(fault, what)) {
            timeOut();
        }
    }

    private void timeOut() {
        scheduler.pause(ANSWER_MICROS);
        throw SdkClientException.create("no answer");
    }

    private <T> void arriveLate(String what, Supplier<T> service) {
        if (faults.strikes(Fault.ARRIVED_LATE, what)) {
            scheduler.start(scheduler.subject(), chance.below(LONGEST_WAY_MICROS), () -> {
                try {
                    var _ = service.get();
                } catch (SdkException e) {
                    history.note("nobody waits for %s", e.getClass().getSimpleName());
                }
            });
            timeOut();
        }
    }
}
