package io.daybook.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.ledger.Refusal;
import java.math.BigInteger;
import java.util.List;

/**
 * Why a request was not carried out, as RFC 9457 has it.
 *
 * @param members what helps beyond the detail
 */
record Problem(ProblemType type, String detail, ObjectNode members) {

    static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, Json.object());
    }

    /** A fault of the request: where it is, and what is allowed there. */
    record Fault(String where, String name, String detail) {
        /** In the body, at this JSON pointer. */
        static Fault at(String pointer, String detail) {
            return new Fault("pointer", pointer, detail);
        }

        /** In the path or the query. */
        static Fault parameter(String name, String detail) {
            return new Fault("parameter", name, detail);
        }

        /** The empty pointer is the whole body; a name can be empty in the query alone. */
        private String sentence() {
            if (!name.isEmpty()) {
                return name + ": " + detail;
            }
            return (where.equals("pointer") ? "The body " : "A query parameter without a name ") + detail;
        }
    }

    static Problem invalid(List<Fault> faults) {
        return faulty(
                ProblemType.INVALID_REQUEST,
                faults.size() == 1
                        ? faults.getFirst().sentence()
                        : "There are " + faults.size() + " faults, see errors.",
                faults);
    }

    private static Problem faulty(ProblemType type, String detail, List<Fault> faults) {
        var problem = of(type, detail);
        var errors = problem.members().putArray("errors");
        faults.forEach(
                fault -> errors.addObject().put(fault.where(), fault.name()).put("detail", fault.detail()));
        return problem;
    }

    private static Problem faulty(ProblemType type, Fault fault) {
        return faulty(type, fault.detail(), List.of(fault));
    }

    /** The one place where a refusal of the ledger becomes a problem. */
    static Problem of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.InsufficientFunds r ->
                of(
                                ProblemType.INSUFFICIENT_FUNDS,
                                "%s has %s available, %s would be needed%s."
                                        .formatted(
                                                r.account(),
                                                r.available(),
                                                r.required(),
                                                r.minimum().signum() == 0
                                                        ? ""
                                                        : " and may not go below " + r.minimum()))
                        .with("account", r.account())
                        .with("available", r.available())
                        .with("required", r.required())
                        .with("minimum", r.minimum());
            case Refusal.MaximumExceeded r -> maximumExceeded(r);
            case Refusal.AccountClosed r ->
                of(ProblemType.ACCOUNT_CLOSED, r.account() + " takes no new transactions.")
                        .with("account", r.account());
            case Refusal.UnknownAccount r ->
                faulty(
                                ProblemType.UNKNOWN_ACCOUNT,
                                Fault.at(
                                        "/postings/" + r.posting() + "/" + Json.text(r.side()),
                                        "The ledger has no account " + r.account() + "."))
                        .with("account", r.account());
            case Refusal.AssetMismatch r ->
                faulty(
                        ProblemType.ASSET_MISMATCH,
                        Fault.at(
                                "/postings/" + r.posting(),
                                "The account debited counts " + r.debit() + ", the one credited " + r.credit() + "."));
            case Refusal.VersionMismatch r -> versionMismatch(r.account(), r.expected(), r.actual());
            case Refusal.StripedExpected r ->
                invalid(List.of(Fault.at(
                        "/expect/" + r.account(),
                        "must name no striped account: each of its parts has a version of its own")));
            case Refusal.ExpiryOutOfRange r ->
                invalid(List.of(Fault.at("/expiresAt", "must be in the future, at most 366 days ahead")));
            case Refusal.KeyReused r ->
                of(
                                ProblemType.IDEMPOTENCY_KEY_REUSED,
                                "A different request was made under this key before; nothing was written.")
                        .with("transaction", r.transaction());
            case Refusal.KeyUsed r ->
                of(
                                ProblemType.IDEMPOTENCY_KEY_REUSED,
                                "The same request was made under this key before, but not the whole batch; nothing was written.")
                        .with("transaction", r.transaction());
            case Refusal.AccountNotFound r -> accountNotFound(r.account());
            case Refusal.AccountExists r ->
                of(ProblemType.ACCOUNT_EXISTS, r.account() + " was opened with other values.")
                        .with("account", r.account());
            case Refusal.AccountInUse r ->
                of(ProblemType.ACCOUNT_IN_USE, r.account() + " cannot be closed before its holds have ended.")
                        .with("account", r.account());
            case Refusal.LimitsCrossed r ->
                invalid(List.of(
                        r.minimum()
                                ? Fault.at("/minimum", "must not be left above maximum")
                                : Fault.at("/maximum", "must not be left below minimum")));
            case Refusal.StripedLimit r ->
                invalid(List.of(
                        Fault.at(r.minimum() ? "/minimum" : "/maximum", "must be null, since the account is striped")));
            case Refusal.TooMuchMetadata r ->
                invalid(List.of(Fault.at("/metadata", "would leave the account with more than 20 pairs")));
            case Refusal.TransactionNotFound r -> transactionNotFound(r.transaction());
            case Refusal.HoldNotPending r ->
                of(ProblemType.HOLD_NOT_PENDING, r.transaction() + " is " + Json.text(r.status()) + ".")
                        .with("transaction", r.transaction())
                        .with("actual", Json.text(r.status()));
            case Refusal.PostingsDiffer r ->
                invalid(List.of(Fault.at(
                        "/postings/" + r.posting(), "must have the accounts of the held posting in its place")));
            case Refusal.ExceedsHold r ->
                faulty(
                                ProblemType.EXCEEDS_HOLD,
                                Fault.at("/postings/" + r.posting() + "/amount", "Only " + r.held() + " is held."))
                        .with("held", r.held());
            case Refusal.NotPosted r ->
                of(
                                ProblemType.NOT_POSTED,
                                r.transaction()
                                        + (r.reversal()
                                                ? " is itself a reversal."
                                                : " is " + Json.text(r.status()) + "."))
                        .with("transaction", r.transaction())
                        .with("actual", Json.text(r.status()));
        };
    }

    static Problem versionMismatch(String account, long expected, long actual) {
        var problem =
                of(ProblemType.VERSION_MISMATCH, account + " is at version " + actual + ", not at " + expected + ".");
        problem.members().put("account", account).put("expected", expected).put("actual", actual);
        return problem;
    }

    static Problem accountNotFound(String account) {
        return of(ProblemType.ACCOUNT_NOT_FOUND, "The ledger has no account " + account + ".")
                .with("account", account);
    }

    static Problem notYetProjected(String account) {
        return of(
                        ProblemType.NOT_YET_PROJECTED,
                        "The view of " + account + " has a gap that will close in a moment; ask again.")
                .with("account", account);
    }

    static Problem transactionNotFound(String id) {
        return of(ProblemType.TRANSACTION_NOT_FOUND, "The ledger has no transaction " + id + ".")
                .with("transaction", id);
    }

    private static Problem maximumExceeded(Refusal.MaximumExceeded r) {
        var limit = r.maximum() == null ? "what a counter holds" : "its maximum of " + r.maximum();
        var problem = of(
                        ProblemType.MAXIMUM_EXCEEDED,
                        "%s would come to %s, more than %s.".formatted(r.account(), r.resulting(), limit))
                .with("account", r.account())
                .with("resulting", r.resulting());
        return r.maximum() == null ? problem : problem.with("maximum", r.maximum());
    }

    Problem with(String name, String value) {
        members.put(name, value);
        return this;
    }

    private Problem with(String name, BigInteger value) {
        return with(name, value.toString());
    }

    JsonNode json() {
        var node = Json.object()
                .put("type", "urn:daybook:" + type.code())
                .put("title", type.title())
                .put("status", type.status())
                .put("detail", detail);
        node.setAll(members);
        return node;
    }

    Refused refused() {
        return new Refused(this);
    }

    /** Ends the handling of a request with a problem. */
    static final class Refused extends RuntimeException {
        private final transient Problem problem;

        private Refused(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }
}
