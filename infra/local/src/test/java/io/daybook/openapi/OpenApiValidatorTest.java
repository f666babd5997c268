package io.daybook.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiValidatorTest {
    private static final OpenApi OPEN_API = OpenApi.read();
    private static final String ACCOUNT = "/v1/ledgers/main/accounts/users:alice";
    private static final String TRANSACTIONS = "/v1/ledgers/main/transactions";

    private final OpenApiValidator validator = new OpenApiValidator();

    @Test
    void takes_an_answer_as_documented() {
        assertThat(validator.faults("GET", ACCOUNT, 200, account(), example("Account")))
                .isEmpty();
        assertThat(validator.faults("GET", ACCOUNT + "?atLeast=3", 200, account(), example("Account")))
                .isEmpty();
        assertThat(validator.faults("POST", TRANSACTIONS, 201, posted(), example("PostedTransaction")))
                .isEmpty();
        assertThat(validator.faults("POST", TRANSACTIONS, 422, problem(), example("insufficient-funds")))
                .isEmpty();
    }

    @Test
    void takes_a_304_without_a_body() {
        assertThat(validator.faults("GET", ACCOUNT, 304, without(account(), "content-type"), ""))
                .isEmpty();
        assertThat(validator.faults("GET", ACCOUNT, 304, account(), "{}")).hasSize(1);
    }

    @Test
    void takes_api_gateways_own_answers() {
        var json = headers("content-type", "application/json");
        assertThat(validator.faults("GET", ACCOUNT, 401, json, "{\"message\":\"Unauthorized\"}"))
                .isEmpty();
        assertThat(validator.faults("DELETE", ACCOUNT, 404, json, "{\"message\":\"Not Found\"}"))
                .isEmpty();
        assertThat(validator.faults("GET", "/v2", 404, json, "{\"message\":\"Not Found\"}"))
                .isEmpty();
        assertThat(validator.faults("GET", "/v2", 200, json, "{}")).hasSize(1);
    }

    @Test
    void refuses_a_status_that_is_not_documented() {
        assertThat(validator.faults("GET", ACCOUNT, 422, problem(), example("insufficient-funds")))
                .containsExactly("readAccount does not document status 422");
    }

    @Test
    void refuses_a_problem_that_belongs_to_another_status() {
        assertThat(validator.faults("GET", ACCOUNT, 404, problem(), example("transaction-not-found")))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-type", "x-correlation-id", "daybook-consistency"})
    void refuses_an_answer_without_a_required_header(String header) {
        assertThat(validator.faults("GET", ACCOUNT, 200, without(account(), header), example("Account")))
                .hasSize(1);
    }

    @Test
    void refuses_a_header_of_another_form() {
        assertThat(validator.faults("GET", ACCOUNT, 200, with(account(), "etag", "3-1"), example("Account")))
                .hasSize(1);
    }

    @Test
    void refuses_a_header_that_is_not_documented_for_the_answer() {
        var replayed = with(account(), "idempotency-replayed", "true");
        assertThat(validator.faults("GET", ACCOUNT, 200, replayed, example("Account")))
                .containsExactly("header idempotency-replayed is not documented for this answer");
    }

    @Test
    void refuses_a_problem_without_a_correlation_id_even_where_the_gateways_answer_has_none() {
        assertThat(validator.faults(
                        "GET", ACCOUNT, 404, without(problem(), "x-correlation-id"), example("account-not-found")))
                .hasSize(1);
    }

    @Test
    void refuses_contention_that_does_not_say_when_to_retry() {
        assertThat(validator.faults("GET", ACCOUNT, 503, problem(), example("contention")))
                .hasSize(1);
        assertThat(validator.faults("GET", ACCOUNT, 503, with(problem(), "retry-after", "1"), example("contention")))
                .isEmpty();
    }

    @Test
    void refuses_a_body_that_is_not_as_documented() {
        var wrong = new TreeMap<String, Consumer<ObjectNode>>();
        wrong.put("a member too many", account -> account.put("owner", "alice"));
        wrong.put("a member too few", account -> account.remove("version"));
        wrong.put(
                "a member too many, deeper",
                account -> account.withObject("/balances").put("held", "0"));
        wrong.put(
                "an amount that is a number",
                account -> account.withObject("/balances").put("posted", 7500));
        wrong.put(
                "an amount with leading zeros",
                account -> account.withObject("/balances").put("posted", "07500"));
        wrong.put("a time without microseconds", account -> account.put("openedAt", "2026-11-24T09:00:00Z"));
        wrong.put("a time that there is not", account -> account.put("openedAt", "2026-02-30T09:00:00.000000Z"));
        wrong.put("a word that is none of those", account -> account.put("type", "revenue"));
        wrong.put("null where there is always a value", account -> account.putNull("metadata"));
        wrong.put("an asset without its scale", account -> account.put("asset", "USD"));

        var taken = new ArrayList<String>();
        wrong.forEach((what, change) -> {
            var body = OPEN_API.at("/components/examples/Account/value").<ObjectNode>deepCopy();
            change.accept(body);
            if (validator
                    .faults("GET", ACCOUNT, 200, account(), body.toString())
                    .isEmpty()) {
                taken.add(what);
            }
        });
        assertThat(taken).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}{}", "{\"ledger\":1,\"ledger\":1}"})
    void refuses_a_body_that_is_not_one_json_value(String body) {
        assertThat(validator.faults("GET", ACCOUNT, 200, account(), body)).containsExactly("the body is not JSON");
    }

    @Test
    void names_the_request_and_every_fault() {
        assertThatThrownBy(() -> validator.check("GET", ACCOUNT, 200, problem(), example("Account")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("GET " + ACCOUNT)
                .hasMessageContaining("header Daybook-Consistency is missing")
                .hasMessageContaining("content type 'application/problem+json' is not documented");
    }

    private static String example(String name) {
        return OPEN_API.at("/components/examples/" + name + "/value").toString();
    }

    private static HttpHeaders account() {
        return headers(
                "content-type",
                "application/json",
                "x-correlation-id",
                "checkout-7f3a",
                "etag",
                "\"3-1\"",
                "daybook-consistency",
                "eventual");
    }

    private static HttpHeaders posted() {
        return headers(
                "content-type",
                "application/json",
                "x-correlation-id",
                "checkout-7f3a",
                "location",
                "/v1/ledgers/main/transactions/tx_m3mg0qxvzxp4ybq2hjfvja19yj");
    }

    private static HttpHeaders problem() {
        return headers("content-type", "application/problem+json", "x-correlation-id", "checkout-7f3a");
    }

    private static HttpHeaders headers(String... namesAndValues) {
        var map = new TreeMap<String, List<String>>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return HttpHeaders.of(map, (name, value) -> true);
    }

    private static HttpHeaders with(HttpHeaders headers, String name, String value) {
        var map = new TreeMap<>(headers.map());
        map.put(name, List.of(value));
        return HttpHeaders.of(map, (n, v) -> true);
    }

    private static HttpHeaders without(HttpHeaders headers, String name) {
        Map<String, List<String>> map = new TreeMap<>(headers.map());
        map.remove(name);
        return HttpHeaders.of(map, (n, v) -> true);
    }
}
