package io.daybook.api;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.journal.Outcome;
import io.daybook.journal.Unreachable;
import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Command;
import io.daybook.ledger.Definition;
import io.daybook.runtime.Deployment;
import io.daybook.runtime.JsonHandler;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Rehearsal;
import io.daybook.runtime.Telemetry;
import io.daybook.telemetry.Observation;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.awssdk.core.exception.SdkException;

/** What all routes have in common: correlation, one log line and one set of metrics per request, problems. */
abstract class ApiHandler extends JsonHandler {
    /** The most that the body of one transaction, or of any smaller request, has. */
    static final int MAX_BODY = 256 * 1024;

    /** A ledger, an account and a key for {@link #rehearse}. */
    static final String NOBODY = "nobody";

    /** A transaction for {@link #rehearse}. */
    static final String PAYMENT = "{\"postings\":[{\"debit\":\"nobody\",\"credit\":\"nobody:else\",\"amount\":\"1\"}]}";

    private static final String NO_TRANSACTION = "tx_" + "0".repeat(26);

    private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

    private final Telemetry telemetry;

    ApiHandler(Deployment deployment) {
        telemetry = new Telemetry(deployment);
    }

    /**
     * Answers one request.
     *
     * @throws Problem.Refused where the request cannot be carried out
     */
    abstract Reply answer(Request request);

    /**
     * Answers a request that nobody has sent, about a ledger that nobody has.
     *
     * @param query as in a URL, with nothing in it that would have to be encoded
     * @param body empty for none
     * @throws IllegalStateException where AWS cannot be asked
     */
    final void rehearse(String query, String body) {
        var event = Json.object()
                .put("routeKey", "GET /")
                .put("rawQueryString", query)
                .put("body", body);
        event.putObject("headers").put("content-type", "application/json").put("idempotency-key", NOBODY);
        event.putObject("pathParameters")
                .put("ledger", NOBODY)
                .put("account", NOBODY)
                .put("id", NO_TRANSACTION);
        var parameters = event.putObject("queryStringParameters");
        for (var pair : query.split("&", -1)) {
            var parts = pair.split("=", 2);
            if (parts.length == 2) {
                parameters.put(parts[0], parts[1]);
            }
        }
        var status = Rehearsal.of(this, event).path("statusCode").asInt();
        if (status >= 500) {
            throw new IllegalStateException("a rehearsal was answered with " + status);
        }
    }

    /** Opens the two accounts of {@link #PAYMENT}, for a rehearsal that may write. */
    static void openForRehearsal(Deployment deployment) {
        var definition = new Definition(
                new Asset("USD", 2), AccountType.LIABILITY, null, null, 1, false, null, Map.of("a", "b"));
        for (var account : List.of(NOBODY, NOBODY + ":else")) {
            deployment.journal().execute(new Command.OpenAccount(NOBODY, account, definition), NOBODY);
        }
    }

    @Override
    public final JsonNode handle(JsonNode event, Context context) {
        var request = new Request(event);
        var loggable = request.loggable();
        return telemetry.observe(
                context,
                request.trigger(),
                loggable,
                () -> logged(request, loggable)
                        .with("x-correlation-id", request.correlationId())
                        .encode());
    }

    private Reply logged(Request request, Map<String, String> loggable) {
        var start = System.nanoTime();
        var reply = reply(request);
        var ms = (System.nanoTime() - start) / 1e6;
        log(request, reply.status(), ms);
        loggable.forEach((name, value) -> Observation.tell("daybook." + name, value));
        Observation.answered(reply.status());
        telemetry.measure(metrics -> {
            metrics.accept(Metric.LATENCY, ms);
            metrics.accept(Metric.SERVER_ERRORS, reply.status() >= 500 ? 1 : 0);
            if (request.tries() > 0) {
                metrics.accept(Metric.TRIES, request.tries());
                metrics.accept(Metric.CONFLICTS, request.conflicts());
            }
            request.outcomes().forEach((outcome, count) -> metrics.accept(outcome, count));
            measure(request, metrics);
        });
        return reply;
    }

    /** The one line of a request: beside what every line has, who asked, how it ended, and what that took. */
    private static void log(Request request, int status, double ms) {
        var outcomes = request.isDryRun()
                ? "DryRun"
                : request.outcomes().keySet().stream().map(Metric::title).collect(Collectors.joining(","));
        var outcome = outcomes.isEmpty() ? "None" : outcomes;
        Observation.tell("daybook.outcome", outcome);
        var line = LOG.atInfo()
                .addKeyValue("status", status)
                .addKeyValue("caller", request.caller().orElse(null))
                .addKeyValue("outcome", outcome)
                .addKeyValue("tries", request.tries())
                .addKeyValue("ms", Math.round(ms * 10) / 10.0);
        Observation.current()
                .map(observation -> line.addKeyValue(
                                "read_units", observation.units().read())
                        .addKeyValue("write_units", observation.units().write())
                        .addKeyValue("contended", contended(observation)))
                .orElse(line)
                .log(request.routeKey());
    }

    private static @Nullable String contended(Observation observation) {
        return observation.contended().isEmpty() ? null : String.join(" ", observation.contended());
    }

    /** Adds what is to be measured of this route alone. */
    void measure(Request request, ObjDoubleConsumer<Metric> metrics) {}

    private Reply reply(Request request) {
        try {
            return answer(request);
        } catch (Problem.Refused refused) {
            return Reply.problem(refused.problem());
        } catch (SdkException e) {
            return Unreachable.is(e) ? unreachable(e) : internal(e);
        } catch (RuntimeException e) {
            return internal(e);
        }
    }

    /** A read that got no answer has changed nothing; a write that got none is an {@link Outcome} of its own. */
    private static Reply unreachable(RuntimeException e) {
        LOG.warn("DynamoDB did not answer a read", e);
        return Reply.problem(Problem.of(ProblemType.CONTENTION, "The tables could not be read in time, try again."));
    }

    private static Reply internal(RuntimeException e) {
        LOG.error("a fault of ours", e);
        return Reply.problem(Problem.of(ProblemType.INTERNAL, "It has been logged under this correlation id."));
    }

    /** The one place where the outcome of a command becomes an answer. */
    static Reply reply(Request request, Outcome outcome, Function<Outcome.Done, Reply> done) {
        request.ended(outcome);
        return outcome instanceof Outcome.Done it ? done.apply(it) : Reply.problem(problem(outcome));
    }

    /** As above, and a problem names the transaction it is about, so that the caller can look after it. */
    static Reply reply(Request request, Outcome outcome, String transaction, Function<Outcome.Done, Reply> done) {
        request.ended(outcome);
        return outcome instanceof Outcome.Done it
                ? done.apply(it)
                : Reply.problem(problem(outcome).with("transaction", transaction));
    }

    /** Why a command was not carried out, or may not have been. */
    static Problem problem(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> throw new IllegalArgumentException("nothing is wrong with it");
            case Outcome.Refused refused -> Problem.of(refused.refusal());
            case Outcome.Contention lost ->
                Problem.of(
                        ProblemType.CONTENTION,
                        lost.tries() == 0
                                ? "Nothing was written; send the same request again."
                                : "Other writers were first " + lost.tries() + " times; send the same request again.");
            case Outcome.Unknown unknown ->
                Problem.of(
                        ProblemType.OUTCOME_UNKNOWN,
                        "It may have been written; the same request again tells, and is safe.");
        };
    }

    /** Names the transaction in every further log line of this request. */
    static void logTransaction(String id) {
        MDC.put("transaction", id);
        Observation.tell("daybook.transaction", id);
    }
}
