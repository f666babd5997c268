package io.daybook.api;

/** Every kind of problem that an answer can report: its HTTP status, its code and its title. */
enum ProblemType {
    INVALID_REQUEST(400, "The request is not valid"),
    IDEMPOTENCY_KEY_MISSING(400, "An Idempotency-Key header is needed"),
    INVALID_CURSOR(400, "The cursor does not belong to this list"),
    ACCOUNT_NOT_FOUND(404, "There is no such account"),
    TRANSACTION_NOT_FOUND(404, "There is no such transaction"),
    ACCOUNT_EXISTS(409, "The account was opened by a different request"),
    HOLD_NOT_PENDING(409, "The transaction is not a pending hold"),
    NOT_POSTED(409, "The transaction cannot be reversed"),
    ACCOUNT_IN_USE(409, "The account has pending holds"),
    VERSION_MISMATCH(409, "The account is not at the expected version"),
    NOT_YET_PROJECTED(409, "The views are not that far yet"),
    BODY_TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be application/json"),
    INSUFFICIENT_FUNDS(422, "The account has not enough available"),
    MAXIMUM_EXCEEDED(422, "The account would pass its maximum"),
    ACCOUNT_CLOSED(422, "The account is closed"),
    IDEMPOTENCY_KEY_REUSED(422, "The idempotency key has been used before"),
    UNKNOWN_ACCOUNT(422, "A posting names an account that does not exist"),
    ASSET_MISMATCH(422, "A posting's accounts count different assets"),
    EXCEEDS_HOLD(422, "More is to be settled than was held"),
    BATCH_DECLINED(422, "The batch was not posted"),
    BATCH_TOO_LARGE(422, "The batch does not fit one atomic write"),
    TRIAL_BALANCE_UNAVAILABLE(422, "The ledger is too large to be added up at that time"),
    INTERNAL(500, "Something is wrong on our side"),
    CONTENTION(503, "The ledger is busy, nothing was written"),
    OUTCOME_UNKNOWN(503, "The outcome is not known yet");

    /** The status of every decline. */
    static final int DECLINED_STATUS = 422;

    private final int status;
    private final String title;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** The last part of the problem's type, for example {@code insufficient-funds}. */
    String code() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
