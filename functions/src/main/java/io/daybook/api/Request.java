package io.daybook.api;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.api.Problem.Fault;
import io.daybook.journal.Outcome;
import io.daybook.ledger.Amount;
import io.daybook.ledger.Event;
import io.daybook.ledger.Names;
import io.daybook.ledger.Refusal;
import io.daybook.ledger.Timestamp;
import io.daybook.ledger.Transaction;
import io.daybook.runtime.Metric;
import io.daybook.runtime.Telemetry;
import io.daybook.telemetry.Observation.Trigger;
import io.daybook.views.Range;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An HTTP request as API Gateway hands it on (payload 2.0), read strictly. */
final class Request {
    private static final Pattern JSON_TYPE =
            Pattern.compile("application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?", Pattern.CASE_INSENSITIVE);
    /** A structured-field string: visible ASCII, with quote and backslash escaped. */
    private static final Pattern QUOTED =
            Pattern.compile("\"((?:[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\"\\\\])*)\"");

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final JsonNode event;
    /** By their names in lower case: API Gateway hands them over so, other hosts as they were sent. */
    private final Map<String, String> headers = new HashMap<>();

    private final String correlationId;
    private final Set<String> knownParameters = new HashSet<>();
    private final Map<Metric, Integer> outcomes = new EnumMap<>(Metric.class);
    private int tries;
    private int conflicts;
    private int transactionsWritten;

    Request(JsonNode event) {
        this.event = event;
        event.path("headers")
                .forEachEntry((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value.textValue()));
        correlationId = Telemetry.correlationId(header("x-correlation-id").orElse(null));
    }

    private Optional<String> text(String object, String name) {
        return Optional.ofNullable(event.path(object).path(name).textValue());
    }

    private Optional<String> query(String name) {
        return text("queryStringParameters", name);
    }

    /** Notes how a command has ended, for the log and the metrics. */
    void ended(Outcome outcome) {
        tries += outcome.tries();
        switch (outcome) {
            case Outcome.Done done -> {
                // The last one either has written it, or has found it written.
                conflicts += Math.max(0, done.tries() - 1);
                if (!done.written()) {
                    count(Metric.REPLAYED, 1);
                }
            }
            case Outcome.Refused refused -> {
                conflicts += refused.tries();
                count(Metric.REFUSED, 1);
            }
            case Outcome.Contention lost -> {
                conflicts += lost.tries();
                count(Metric.CONTENTION, 1);
            }
            case Outcome.Unknown unknown -> {
                conflicts += unknown.tries();
                count(Metric.OUTCOME_UNKNOWN, 1);
            }
        }
    }

    /** Notes what this request has made of a transaction. */
    void wrote(Transaction transaction) {
        transactionsWritten++;
        count(
                switch (transaction.status()) {
                    case POSTED -> Metric.POSTED;
                    case PENDING -> Metric.PENDING;
                    case VOIDED -> Metric.VOIDED;
                    case EXPIRED -> Metric.EXPIRED;
                    case DECLINED ->
                        switch (((Event.Declined) transaction.placed()).reason()) {
                            case Refusal.InsufficientFunds reason -> Metric.DECLINED_FUNDS;
                            case Refusal.MaximumExceeded reason -> Metric.DECLINED_MAXIMUM;
                            case Refusal.AccountClosed reason -> Metric.DECLINED_CLOSED;
                        };
                },
                1);
    }

    /** Notes so many outcomes, unless nothing was to be written. */
    void count(Metric outcome, int times) {
        if (!isDryRun()) {
            outcomes.merge(outcome, times, Integer::sum);
        }
    }

    boolean isDryRun() {
        return query("dryRun").filter("true"::equals).isPresent();
    }

    /** How many commands have ended in which way. */
    Map<Metric, Integer> outcomes() {
        return outcomes;
    }

    int transactionsWritten() {
        return transactionsWritten;
    }

    /** How many appends came to nothing. */
    int conflicts() {
        return conflicts;
    }

    /** How many appends were tried. */
    int tries() {
        return tries;
    }

    String correlationId() {
        return correlationId;
    }

    String ledger() {
        return path("ledger", Names::isLedger, Names.LEDGER_FORM);
    }

    String account() {
        return path("account", Names::isAccount, Names.ACCOUNT_FORM);
    }

    String transaction() {
        return path("id", Names::isTransaction, "a transaction's id, such as tx_0123456789abcdefghjkmnpqrs");
    }

    private String path(String name, java.util.function.Predicate<String> valid, String allowed) {
        var value = text("pathParameters", name).orElse("");
        if (!valid.test(value)) {
            throw Problem.invalid(List.of(Fault.parameter(name, "must be " + allowed)))
                    .refused();
        }
        return value;
    }

    static Problem.Refused missing(String parameter) {
        return Problem.invalid(List.of(Fault.parameter(parameter, "is required")))
                .refused();
    }

    /** This request's own path and query, with one parameter set to another value. */
    String pathWith(String parameter, String value) {
        var query = new java.util.LinkedHashMap<String, String>();
        event.path("queryStringParameters").forEachEntry((name, given) -> query.put(name, given.asText()));
        query.put(parameter, value);
        return event.path("rawPath").asText()
                + query.entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "?", ""));
    }

    /** Whether a query parameter is given. */
    boolean has(String name) {
        return query(name).isPresent();
    }

    /**
     * A header, however the case of its name was when it was sent.
     *
     * @param name in lower case
     */
    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The idempotency key: 1 to 255 visible ASCII characters, bare or as a quoted string. */
    String idempotencyKey() {
        // Longer than 255 escaped characters and their quotes is no key, whatever is in it.
        var given =
                header("idempotency-key").filter(text -> text.length() <= 512).orElse("");
        var quoted = QUOTED.matcher(given);
        var key = quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : given;
        if (!Names.isKey(key) || (given.startsWith("\"") && !quoted.matches())) {
            throw Problem.of(
                            ProblemType.IDEMPOTENCY_KEY_MISSING,
                            "Send a header Idempotency-Key of 1 to 255 visible ASCII characters.")
                    .refused();
        }
        return key;
    }

    /** A query parameter in one of the forms that {@code parse} takes. */
    <T> Optional<T> parameter(String name, Function<String, Optional<T>> parse, String allowed) {
        knownParameters.add(name);
        var given = query(name);
        var value = given.flatMap(parse);
        if (given.isPresent() && value.isEmpty()) {
            throw Problem.invalid(List.of(Fault.parameter(name, "must be " + allowed)))
                    .refused();
        }
        return value;
    }

    Optional<Instant> time(String name) {
        return parameter(name, Timestamp::parse, "an RFC 3339 time, such as 2026-11-24T09:30:00Z");
    }

    /** The parameters {@code from} and {@code to}: a stretch of time by recordedAt, half-open. */
    Range range() {
        var range = new Range(time("from"), time("to"));
        if (range.from().isPresent()
                && range.to().isPresent()
                && !range.from().get().isBefore(range.to().get())) {
            throw Problem.invalid(List.of(Fault.parameter("to", "must be later than from")))
                    .refused();
        }
        return range;
    }

    boolean flag(String name) {
        return parameter(
                        name,
                        text -> switch (text) {
                            case "true" -> Optional.of(true);
                            case "false" -> Optional.of(false);
                            default -> Optional.empty();
                        },
                        "true or false")
                .orElse(false);
    }

    Optional<Long> count(String name, long least, long most) {
        return parameter(
                name,
                text -> Amount.parse(text)
                        .filter(number -> number.bitLength() < Long.SIZE)
                        .map(BigInteger::longValue)
                        .filter(number -> number >= least && number <= most),
                "a whole number from " + least + " to " + most);
    }

    int limit() {
        return count("limit", 1, MAX_LIMIT).map(Long::intValue).orElse(DEFAULT_LIMIT);
    }

    boolean ascending() {
        return parameter(
                        "order",
                        text -> switch (text) {
                            case "asc" -> Optional.of(true);
                            case "desc" -> Optional.of(false);
                            default -> Optional.empty();
                        },
                        "asc or desc")
                .orElse(false);
    }

    /** Ends the reading of the query: a parameter that is not known, or given twice, is refused by name. */
    void endParameters() {
        var faults = new ArrayList<Fault>();
        var seen = new HashSet<String>();
        for (var pair : event.path("rawQueryString").asText().split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            var name = decoded(pair.split("=", 2)[0]);
            if (!knownParameters.contains(name)) {
                faults.add(Fault.parameter(
                        name,
                        "is not known here; known are "
                                + (knownParameters.isEmpty()
                                        ? "none"
                                        : String.join(", ", new java.util.TreeSet<>(knownParameters)))));
            } else if (!seen.add(name)) {
                faults.add(Fault.parameter(name, "is given twice"));
            }
        }
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults).refused();
        }
    }

    /** The body as a JSON object, or a problem that says what is wrong with it. */
    Fields body(int maxBytes) {
        return Fields.of(json(text(maxBytes)));
    }

    /** As {@link #body}; empty where the request has none. */
    Optional<Fields> bodyIfAny(int maxBytes) {
        return event.path("body").asText().isEmpty() ? Optional.empty() : Optional.of(body(maxBytes));
    }

    private String text(int maxBytes) {
        var body = event.path("body").asText();
        var encoded = event.path("isBase64Encoded").asBoolean();
        var bytes = encoded ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > maxBytes) {
            throw Problem.of(
                            ProblemType.BODY_TOO_LARGE,
                            "The body has %d bytes, %d are allowed here.".formatted(bytes.length, maxBytes))
                    .refused();
        }
        if (bytes.length > 0
                && !header("content-type")
                        .filter(type -> JSON_TYPE.matcher(type.strip()).matches())
                        .isPresent()) {
            throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the header Content-Type: application/json.")
                    .refused();
        }
        return encoded ? utf8(bytes) : body;
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Problem.invalid(List.of(Fault.at("", "must be UTF-8"))).refused();
        }
    }

    private static JsonNode json(String body) {
        try {
            JsonNode node = Json.READER.readTree(body);
            if (node == null || node.isMissingNode()) {
                throw Problem.invalid(List.of(Fault.at("", "must be a JSON object")))
                        .refused();
            }
            return node;
        } catch (JsonParseException e) {
            var duplicate = e.getOriginalMessage().startsWith("Duplicate field");
            var parser = e.getProcessor();
            var at = duplicate && parser != null
                    ? parser.getParsingContext().pathAsPointer().toString()
                    : "";
            var where = e.getLocation();
            throw Problem.invalid(List.of(Fault.at(
                            at,
                            duplicate
                                    ? "is there twice"
                                    : "is not JSON from line %d, column %d on"
                                            .formatted(where.getLineNr(), where.getColumnNr()))))
                    .refused();
        } catch (JsonProcessingException e) {
            throw Problem.invalid(
                            List.of(Fault.at("", "is not JSON that could be read: one value, not nested too deep")))
                    .refused();
        }
    }

    /** Whom the token was made for; its claims were checked by API Gateway. */
    Optional<String> caller() {
        var claims = event.path("requestContext").path("authorizer").path("jwt").path("claims");
        return Optional.ofNullable(claims.path("sub").textValue())
                .or(() -> Optional.ofNullable(claims.path("client_id").textValue()));
    }

    /** What every log line of this request has. Neither its key nor anything of its body or its token. */
    Map<String, String> loggable() {
        var keys = new HashMap<String, String>();
        keys.put("correlation_id", correlationId);
        text("requestContext", "requestId").ifPresent(id -> keys.put("request_id", id));
        text("pathParameters", "ledger").filter(Names::isLedger).ifPresent(ledger -> keys.put("ledger", ledger));
        text("pathParameters", "account").filter(Names::isAccount).ifPresent(account -> keys.put("account", account));
        text("pathParameters", "id").filter(Names::isTransaction).ifPresent(id -> keys.put("transaction", id));
        return keys;
    }

    String routeKey() {
        return event.path("routeKey").asText("unknown");
    }

    /** What its trace begins with. */
    Trigger.Call trigger() {
        var route = routeKey().split(" ", 2);
        return new Trigger.Call(
                route.length == 2 ? route[0] : "_OTHER",
                route.length == 2 ? route[1] : route[0],
                header("traceparent"));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
