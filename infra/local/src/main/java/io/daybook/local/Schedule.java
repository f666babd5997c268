package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An EventBridge schedule that invokes a function. Rounds may overlap, as they do there; a failed one isn't repeated. */
final class Schedule implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
    private static final Pattern RATE = Pattern.compile("rate\\(([1-9]\\d{0,5}) (minute|hour|day)(s?)\\)");

    private final String rule;
    private final UnaryOperator<Instant> next;
    private final Supplier<String> event;
    private final LambdaFunction function;
    private final Thread clock;

    Schedule(String rule, UnaryOperator<Instant> next, Supplier<String> event, LambdaFunction function) {
        this.rule = rule;
        this.next = next;
        this.event = event;
        this.function = function;
        this.clock = Thread.ofVirtual().name("schedule-" + rule).unstarted(this::run);
    }

    /** Reads a {@code Schedule} event's properties; empty where it's switched off. */
    static Optional<Schedule> of(String rule, Section properties, LambdaFunction function) {
        boolean on = properties.flag("Enabled", true)
                && properties.optionalText("State").orElse("ENABLED").equals("ENABLED");
        var expression = properties.text("Schedule");
        try {
            var input = properties.optionalText("Input");
            var schedule = new Schedule(
                    rule, next(expression), () -> input.orElseGet(() -> event(rule, Instant.now())), function);
            return on ? Optional.of(schedule) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw properties.error(String.valueOf(e.getMessage()));
        }
    }

    /** From one round to the next. The first comes one period after the start. */
    static UnaryOperator<Instant> next(String expression) {
        if (expression.startsWith("cron(") && expression.endsWith(")")) {
            var cron = Cron.parse(expression.substring("cron(".length(), expression.length() - 1));
            return now ->
                    cron.after(ZonedDateTime.ofInstant(now, ZoneOffset.UTC)).toInstant();
        }
        var rate = RATE.matcher(expression);
        if (!rate.matches() || rate.group(1).equals("1") != rate.group(3).isEmpty()) {
            throw new IllegalArgumentException(
                    expression + " is no schedule; rate(1 minute), rate(5 minutes), hours, days and cron(...) are");
        }
        var unit = switch (rate.group(2)) {
            case "minute" -> ChronoUnit.MINUTES;
            case "hour" -> ChronoUnit.HOURS;
            default -> ChronoUnit.DAYS;
        };
        var period = Duration.of(Long.parseLong(rate.group(1)), unit);
        return now -> now.plus(period);
    }

    void start() {
        clock.start();
    }

    @Override
    public void close() {
        clock.interrupt();
    }

    private void run() {
        var due = next.apply(Instant.now());
        try {
            while (true) {
                Thread.sleep(Duration.between(Instant.now(), due));
                Thread.ofVirtual().name("round-" + rule).start(this::round);
                due = next.apply(due);
                if (due.isBefore(Instant.now())) {
                    // The machine slept; the rounds it missed are not made up for.
                    due = next.apply(Instant.now());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        try {
            function.invoke(event.get().getBytes(UTF_8));
        } catch (FunctionException e) {
            LOG.warn("A round of {} failed", rule);
        }
    }

    /** The event that EventBridge sends at each round of a rule. */
    static String event(String rule, Instant time) {
        return """
                {"version":"0","id":"%s","detail-type":"Scheduled Event","source":"aws.events","account":"%s",\
                "time":"%s","region":"%s","resources":["%s"],"detail":{}}""".formatted(
                        UUID.randomUUID(),
                        Stack.ACCOUNT,
                        time.truncatedTo(ChronoUnit.SECONDS),
                        Stack.REGION,
                        Stack.arn("events", "rule/" + rule));
    }
}
