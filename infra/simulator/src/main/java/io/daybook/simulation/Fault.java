package io.daybook.simulation;

/** What can go wrong, with how often it does to one call or message while faults are on. */
enum Fault {
    TIMED_OUT_BEFORE(0.008),
    TIMED_OUT_AFTER(0.012),
    /** The caller gives up, and the request arrives after that. */
    ARRIVED_LATE(0.006),
    FAILED_BEFORE(0.012),
    FAILED_AFTER(0.012),
    THROTTLED(0.02),
    DIED_BEFORE(0.004),
    DIED_AFTER(0.006),
    PART_UNPROCESSED(0.05),
    WRITE_THROTTLED_IN_TRANSACTION(0.01),
    /** A transaction is cancelled for a reason that no other try can overcome, among others that one could. */
    REFUSED_FOR_GOOD(0.002),
    /** The items of a transaction that is committed can be read one after the other, not all at once. */
    APPLIED_ONE_BY_ONE(0.2),
    READ_STALE(0.3),
    MESSAGE_LOST(0.04),
    MESSAGE_DUPLICATED(0.06),
    MESSAGE_DELAYED_MINUTES(0.05),
    MESSAGE_DAMAGED(0.02),
    MESSAGE_NOT_DELETED(0.04),
    VISIBLE_WHILE_WORKING(0.08),
    QUEUE_PURGED(0.06),
    TWO_RELAYS(0.4),
    CLOCK_JUMPED(0.05);

    private final double rate;

    Fault(double rate) {
        this.rate = rate;
    }

    double rate() {
        return rate;
    }
}
