package io.daybook.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;

class LedgerClockTest {
    private final AtomicReference<Instant> machine = new AtomicReference<>(Instant.parse("2026-11-24T10:00:00.400Z"));
    private final LedgerClock clock = new LedgerClock(machine::get);

    @ParameterizedTest(name = "at {0} an answer of {1} makes it {2}")
    @CsvSource(textBlock = """
            2026-11-24T10:00:00.400Z, 'Tue, 24 Nov 2026 10:00:00 GMT', 2026-11-24T10:00:00.400Z
            2026-11-24T10:00:00.999Z, 'Tue, 24 Nov 2026 10:00:00 GMT', 2026-11-24T10:00:00.999Z
            2026-11-24T10:00:00.400Z, 'Tue, 24 Nov 2026 10:00:02 GMT', 2026-11-24T10:00:00.400Z
            2026-11-24T10:00:00.400Z, 'Tue, 24 Nov 2026 09:59:59 GMT', 2026-11-24T10:00:00.400Z
            2026-11-24T10:00:00.400Z, 'Tue, 24 Nov 2026 10:00:03 GMT', 2026-11-24T10:00:03Z
            2026-11-24T10:00:00.400Z, 'Tue, 24 Nov 2026 09:59:58 GMT', 2026-11-24T09:59:58Z
            2026-11-24T10:00:00.400Z, 'Tue, 24 Nov 2026 11:00:00 GMT', 2026-11-24T11:00:00Z
            2026-11-24T10:00:00.400Z, 'Mon, 24 Nov 2025 10:00:00 GMT', 2025-11-24T10:00:00Z
            """)
    void the_machine_s_clock_counts_while_it_is_within_two_seconds_of_the_date_of_an_answer(
            Instant now, String date, Instant told) {
        machine.set(now);
        answer(date);
        assertThat(clock.instant()).isEqualTo(told);
    }

    @Test
    void what_is_off_stays_off_until_the_next_answer_and_time_goes_on_meanwhile() {
        answer("Tue, 24 Nov 2026 10:05:00 GMT");
        machine.set(machine.get().plusSeconds(7));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-24T10:05:07Z"));
        assertThat(clock.skew()).isEqualTo(Duration.parse("PT4M59.6S"));
        answer("Tue, 24 Nov 2026 10:00:07 GMT");
        assertThat(clock.instant()).isEqualTo(machine.get());
        assertThat(clock.skew()).isZero();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "yesterday", "2026-11-24T12:00:00Z"})
    void an_answer_without_a_readable_date_changes_nothing(@Nullable String date) {
        answer(date);
        assertThat(clock.instant()).isEqualTo(machine.get());
        answer("Tue, 24 Nov 2026 11:00:00 GMT");
        answer(date);
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-24T11:00:00Z"));
    }

    private void answer(@Nullable String date) {
        var response = SdkHttpResponse.builder().statusCode(200);
        if (date != null) {
            response.putHeader("date", date);
        }
        SdkRequest request = GetItemRequest.builder().build();
        clock.afterTransmission(
                InterceptorContext.builder()
                        .request(request)
                        .httpResponse(response.build())
                        .build(),
                new ExecutionAttributes());
    }
}
