package io.daybook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @ParameterizedTest(name = "{0}: after {1} comes {2}")
    @CsvSource(delimiter = '|', textBlock = """
            rate(1 minute)            | 2026-11-24T10:00:30Z | 2026-11-24T10:01:30Z
            rate(15 minutes)          | 2026-11-24T10:00:30Z | 2026-11-24T10:15:30Z
            rate(1 hour)              | 2026-11-24T10:00:30Z | 2026-11-24T11:00:30Z
            rate(2 days)              | 2026-11-24T10:00:30Z | 2026-11-26T10:00:30Z
            cron(0 12 * * ? *)        | 2026-11-24T12:00:00Z | 2026-11-25T12:00:00Z
            cron(5/20 * * * ? *)      | 2026-11-24T10:25:00Z | 2026-11-24T10:45:00Z
            cron(0,30 8-9 ? * MON *)  | 2026-11-24T10:00:00Z | 2026-11-30T08:00:00Z
            cron(0 0 ? * 2-6 *)       | 2026-11-27T10:00:00Z | 2026-11-30T00:00:00Z
            cron(0 0 1 JAN ? 2028)    | 2026-11-24T10:00:00Z | 2028-01-01T00:00:00Z
            cron(0 0 29 2 ? *)        | 2026-11-24T10:00:00Z | 2028-02-29T00:00:00Z
            """)
    void the_next_round_follows_from_the_expression(String expression, Instant now, Instant next) {
        assertThat(Schedule.next(expression).apply(now)).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rate(1 minutes)",
                "rate(5 minute)",
                "rate(0 minutes)",
                "rate(5 weeks)",
                "at(2026-11-24T00:00:00)",
                "cron(0 12 * * *)",
                "cron(0 12 * * * *)",
                "cron(0 12 L * ? *)",
                "cron(0 12 ? * MON#1 *)",
                "cron(60 12 * * ? *)",
                ""
            })
    void what_eventbridge_refuses_or_we_do_not_support_is_refused(String expression) {
        assertThatThrownBy(() -> Schedule.next(expression)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rounds_come_one_after_the_other_until_the_end_and_a_failed_one_ends_nothing() throws Exception {
        var nowhere = URI.create("x");
        var stack = new Stack(Template.read(CloudYaml.path()), Map.of(), Services.embedded(nowhere, nowhere), nowhere);
        var clock = function(stack, "Clock");
        var start = Instant.now();
        Handlers.Clock.rounds.clear();
        try (var schedule = new Schedule(
                        "rule", now -> now.plusMillis(40), () -> Schedule.event("rule", Instant.now()), clock);
                var failing =
                        new Schedule("failing", now -> now.plusMillis(40), () -> "{}", function(stack, "Failing"))) {
            failing.start();
            schedule.start();
            for (int i = 0; i < 3; i++) {
                var round = Handlers.Clock.rounds.poll(30, TimeUnit.SECONDS);
                assertThat(round).isNotNull();
                assertThat(round.getResources()).containsExactly("arn:aws:events:eu-west-1:000000000000:rule/rule");
            }
        }
        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(120));
    }

    private static LambdaFunction function(Stack stack, String logicalId) {
        return LambdaFunction.load(logicalId, stack.properties(stack.resource(logicalId)), Map.of(), environment -> {
            throw new IllegalStateException();
        });
    }
}
