package io.daybook.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void the_case_of_a_header_s_name_does_not_matter() {
        var event = Json.object().put("body", "{}");
        event.putObject("headers")
                .put("Content-Type", "application/json")
                .put("IDEMPOTENCY-KEY", "Order-42")
                .put("If-None-Match", "*")
                .put("x-correlation-id", "c-1");
        var request = new Request(event);
        assertThat(request.idempotencyKey()).isEqualTo("Order-42");
        assertThat(request.bodyIfAny(2)).isPresent();
        assertThat(Reply.json(200, event).unlessKnown("\"7-1\"", request).status())
                .isEqualTo(304);
        assertThat(request.correlationId()).isEqualTo("c-1");
    }
}
