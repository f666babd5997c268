package io.daybook.runtime;

import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/**
 * Every metric that Daybook emits, each with the question that it answers. All are in the namespace Daybook and have one
 * dimension, Service, the name of the stack: more of them would multiply what they cost, and what happened to which route,
 * ledger or account is in the logs, by the saved queries.
 *
 * <p>How a command has ended is counted once: as one of POSTED to DEFINED where this call wrote it, else as one of REPLAYED
 * to OUTCOME_UNKNOWN. A dry run counts as none of them.
 */
public enum Metric {
    LATENCY("Latency", MetricUnit.MILLISECONDS, "How long does a call take inside its function?"),
    COLD_STARTS("ColdStarts", MetricUnit.COUNT, "How many functions had to be started for a call?"),
    SERVER_ERRORS("ServerErrors", MetricUnit.COUNT, "How many calls are answered with 5xx?"),

    POSTED(
            "Posted",
            MetricUnit.COUNT,
            "How many transactions have moved money, settled holds and reversals among them?"),
    PENDING("Pending", MetricUnit.COUNT, "How many holds have been placed?"),
    VOIDED("Voided", MetricUnit.COUNT, "How many holds have been voided?"),
    EXPIRED("Expired", MetricUnit.COUNT, "How many holds have expired?"),
    DECLINED_FUNDS("DeclinedInsufficientFunds", MetricUnit.COUNT, "How many transactions lack funds?"),
    DECLINED_MAXIMUM("DeclinedMaximumExceeded", MetricUnit.COUNT, "How many transactions would exceed a maximum?"),
    DECLINED_CLOSED("DeclinedAccountClosed", MetricUnit.COUNT, "How many transactions find an account closed?"),
    DEFINED("Defined", MetricUnit.COUNT, "How many accounts have been opened or changed?"),
    REPLAYED(
            "Replayed",
            MetricUnit.COUNT,
            "How many commands had been carried out before, and got the first answer again?"),
    REFUSED("Refused", MetricUnit.COUNT, "How many commands cannot be decided as they are?"),
    CONTENTION("Contention", MetricUnit.COUNT, "How many commands were given up, with nothing written?"),
    OUTCOME_UNKNOWN("OutcomeUnknown", MetricUnit.COUNT, "How many commands may have been written or not?"),

    TRIES("Tries", MetricUnit.COUNT, "How many appends does a call try?"),
    CONFLICTS(
            "Conflicts",
            MetricUnit.COUNT,
            "How many appends came to nothing, since another writer was first or no answer came?"),
    TRANSACTIONS_PER_APPEND(
            "TransactionsPerAppend", MetricUnit.COUNT, "How many transactions of a batch fit into one append?"),

    PROJECTED("Projected", MetricUnit.COUNT, "How many events have got into the views?"),
    PROJECTION_LAG(
            "ProjectionLag", MetricUnit.MILLISECONDS, "How long after the journal has an event is it in the views?"),
    MESSAGES_PER_BATCH(
            "MessagesPerBatch",
            MetricUnit.COUNT,
            "How many messages are projected together? The queue hands over 10 at most."),
    REPUBLISHED("Republished", MetricUnit.COUNT, "How many messages did the relay have to publish again?"),
    OUTBOX_AGE("OutboxAge", MetricUnit.MILLISECONDS, "For how long has the oldest append waited to be acknowledged?"),

    AUDITED_ITEMS("AuditLedgerItems", MetricUnit.COUNT, "How many items has the audit read?"),
    AUDIT_DEVIATIONS("AuditLedgerDeviations", MetricUnit.COUNT, "How many deviations has the audit found?"),
    REPLAYED_ITEMS("ReplayJournalItems", MetricUnit.COUNT, "How many events has a replay read?"),
    REPLAY_DEVIATIONS("ReplayJournalDeviations", MetricUnit.COUNT, "How many events could a replay not read?"),

    READ_UNITS("ReadUnits", MetricUnit.COUNT, "How many read units of DynamoDB does an invocation take?"),
    WRITE_UNITS(
            "WriteUnits",
            MetricUnit.COUNT,
            "How many write units of DynamoDB does an invocation take? Of cancelled appends DynamoDB tells none."),
    CLOCK_SKEW(
            "ClockSkew",
            MetricUnit.MILLISECONDS,
            "How far off DynamoDB's clock is a machine's, where that is more than 2 s?"),
    PRIMING("Priming", MetricUnit.MILLISECONDS, "How long does a function rehearse before Lambda takes its snapshot?");

    private final String title;
    private final MetricUnit unit;
    private final String question;

    Metric(String title, MetricUnit unit, String question) {
        this.title = title;
        this.unit = unit;
        this.question = question;
    }

    /** Its name in CloudWatch. */
    public String title() {
        return title;
    }

    /** The question that it answers. */
    public String question() {
        return question;
    }

    MetricUnit unit() {
        return unit;
    }
}
