package io.daybook.items;

/**
 * The names of all attributes in both tables. They are short because DynamoDB charges for their bytes in every item;
 * what each one means stands here and nowhere else.
 */
public final class Attributes {
    /** Partition key. */
    public static final String PK = "pk";

    /** Sort key. */
    public static final String SK = "sk";

    /** Schema of the item, so that a later release can tell how to read it. */
    public static final String SCHEMA = "z";

    /** The kind of event. */
    public static final String KIND = "y";

    public static final String LEDGER = "l";

    /** Account id. */
    public static final String ACCOUNT = "a";

    /** Transaction id. */
    public static final String TRANSACTION = "i";

    /** recordedAt. */
    public static final String RECORDED_AT = "t";

    /** recordedAt of the first event of the same account or transaction, where it is not the item's own. */
    public static final String FIRST_RECORDED_AT = "t0";

    /** effectiveAt, where it is not the first event's recordedAt. */
    public static final String EFFECTIVE_AT = "te";

    public static final String EXPIRES_AT = "tx";

    /** Idempotency key. */
    public static final String KEY = "k";

    /** Fingerprint of the request. */
    public static final String FINGERPRINT = "f";

    /** List of postings, each a list of debit, credit and amount. */
    public static final String POSTINGS = "p";

    /** List of entries, each a list of account, normal side, version, four changes, four balances, and the stripe if there is one. */
    public static final String ENTRIES = "e";

    /** List of the amounts settled. */
    public static final String AMOUNTS = "q";

    public static final String DESCRIPTION = "d";
    public static final String METADATA = "m";

    /** Id of the transaction that this one reverses. */
    public static final String REVERSES = "rv";

    /** Id of the transaction that reverses this one. */
    public static final String REVERSED_BY = "rb";

    /** Why a transaction was declined: a list of the reason, the account and the reason's figures. */
    public static final String DECLINE = "x";

    /** Correlation id of the call that led to an event. */
    public static final String CORRELATION_ID = "ci";

    /** Where the call that led to an event stands in its trace, as W3C's traceparent. */
    public static final String TRACE_PARENT = "tp";

    /** Shard of the outbox item that was written with an event. */
    public static final String OUTBOX_SHARD = "os";

    /** Shard of the ledger's list of transactions that an event belongs to. */
    public static final String LIST_SHARD = "ls";

    /** Shard of the due item that was written with a hold. */
    public static final String DUE_SHARD = "ds";

    public static final String ASSET = "as";
    public static final String ACCOUNT_TYPE = "ty";
    public static final String MINIMUM = "mi";
    public static final String MAXIMUM = "ma";

    /** In how many parts an account is kept; in its heads only where it is striped. */
    public static final String STRIPES = "st";

    /** Which part of a striped account it is, or belongs to. */
    public static final String STRIPE = "sp";

    public static final String CLOSED = "cl";

    /** Number of an account's definition. */
    public static final String DEFINITION = "n";

    /** Version of an account: the number of its newest entry, or an entry's own. */
    public static final String VERSION = "v";

    /** Counts the writes of a head. */
    public static final String REVISION = "r";

    /** The four counters. */
    public static final String BALANCES = "b";

    /** The change of the four counters. */
    public static final String CHANGE = "c";

    /** The normal side of an entry's account: D or C. */
    public static final String NORMAL = "s";

    /** The lines of a trial balance, each a list of asset, account type and four counters. */
    public static final String SUMS = "su";

    /** The keys of the events that an outbox item stands for. */
    public static final String EVENTS = "ev";

    /** How often the relay has published an outbox item. */
    public static final String ATTEMPTS = "at";

    /** When the relay publishes an outbox item next. */
    public static final String NEXT_AT = "na";

    /** Into how many parts a run over the tables has been cut. */
    public static final String PARTS = "pa";

    /** How many items a part of a run has read. */
    public static final String READ = "rd";

    /** How many deviations a part of a run has found. */
    public static final String DEVIATION_COUNT = "dc";

    /** The first of the deviations that a part of a run has found, each a list of rule, key and detail. */
    public static final String DEVIATIONS = "dv";

    /** The partition and the sort key after which a part of a run goes on; absent where it is done. */
    public static final String NEXT = "nx";

    private Attributes() {}
}
