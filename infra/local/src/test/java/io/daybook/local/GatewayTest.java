package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayTest {

    private static LocalCloud cloud;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(CloudYaml.options().withoutTriggers().withoutSchedules());
    }

    @AfterAll
    static void close() {
        cloud.close();
    }

    @ParameterizedTest(name = "{0} {1} goes to {2}")
    @CsvSource({
        "GET, /, GET /",
        "GET, /items/1, GET /items/{id}",
        "POST, /items/1, POST /items/{id}",
        "POST, /items/special, ANY /items/special",
        "DELETE, /items/special, ANY /items/special",
        "GET, /items/1/parts/2, GET /items/{id}/parts/{part}",
        "GET, /files/a/b/c, GET /files/{proxy+}",
        "GET, /items/a%2Fb, GET /items/{id}",
    })
    void the_most_specific_route_wins(String method, String path, String route) throws Exception {
        var event = event("%s %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(method, path));
        assertThat(event.path("routeKey").asText()).isEqualTo(route);
        assertThat(event.at("/requestContext/routeKey").asText()).isEqualTo(route);
    }

    @ParameterizedTest(name = "{0} {1} is no route")
    @CsvSource({
        "GET, /nothing",
        "PUT, /items/1",
        "GET, /items/",
        "GET, /items/1/",
        "GET, //items/1",
        "HEAD, /items/1",
        "OPTIONS, /items/1",
        "GET, /files/",
    })
    void what_has_no_route_is_not_found(String method, String path) throws Exception {
        var answer = send("%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".formatted(method, path));
        assertThat(answer).startsWith("HTTP/1.1 404 ");
        assertThat(answer).contains("Apigw-requestid: ");
        assertThat(body(answer)).isEqualTo(method.equals("HEAD") ? "" : "{\"message\":\"Not Found\"}");
    }

    @Test
    void the_event_is_payload_format_2_0() throws Exception {
        var event = event("GET /items/a%20b+c?x=1&y=%26+z&x=2&flag HTTP/1.1\r\nHost: api.example:99\r\n"
                + "User-Agent: me\r\nX-Two: 1\r\nx-two: 2\r\nCookie: a=1; b=2\r\nCookie: c=3\r\n\r\n");
        assertThat(event.path("version").asText()).isEqualTo("2.0");
        assertThat(event.path("rawPath").asText()).isEqualTo("/items/a b+c");
        assertThat(event.path("rawQueryString").asText()).isEqualTo("x=1&y=%26+z&x=2&flag");
        assertThat(event.path("queryStringParameters")).hasToString("{\"x\":\"1,2\",\"y\":\"& z\",\"flag\":\"\"}");
        assertThat(event.path("pathParameters")).hasToString("{\"id\":\"a b+c\"}");
        assertThat(event.path("cookies")).hasToString("[\"a=1\",\"b=2\",\"c=3\"]");
        assertThat(event.path("headers").has("cookie")).isFalse();
        assertThat(event.at("/headers/x-two").asText()).isEqualTo("1,2");
        assertThat(event.at("/headers/x-forwarded-for").asText()).isEqualTo("127.0.0.1");
        assertThat(event.at("/headers/x-amzn-trace-id").asText()).matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24}");
        assertThat(event.path("isBase64Encoded").asBoolean()).isFalse();
        var context = event.path("requestContext");
        assertThat(context.path("http"))
                .hasToString("{\"method\":\"GET\",\"path\":\"/items/a b+c\",\"protocol\":\"HTTP/1.1\","
                        + "\"sourceIp\":\"127.0.0.1\",\"userAgent\":\"me\"}");
        assertThat(context.path("domainName").asText()).isEqualTo("api.example:99");
        assertThat(context.path("domainPrefix").asText()).isEqualTo("api");
        assertThat(context.path("stage").asText()).isEqualTo("$default");
        assertThat(context.path("time").asText()).matches("\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000");
        assertThat(context.path("timeEpoch").isIntegralNumber()).isTrue();
    }

    @Test
    void what_a_request_does_not_have_is_absent() throws Exception {
        var event = event("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(event.has("body")).isFalse();
        assertThat(event.has("cookies")).isFalse();
        assertThat(event.has("pathParameters")).isFalse();
        assertThat(event.has("queryStringParameters")).isFalse();
        assertThat(event.path("rawQueryString").asText()).isEmpty();
    }

    @ParameterizedTest(name = "a body of type {0} is encoded: {1}")
    @CsvSource({
        "application/json, false",
        "application/json; charset=utf-8, false",
        "TEXT/csv, false",
        "application/octet-stream, true",
        "application/x-www-form-urlencoded, true",
    })
    void only_text_is_handed_over_as_it_is(String type, boolean encoded) throws Exception {
        var event = event("POST /items/1 HTTP/1.1\r\nHost: h\r\nContent-Type: " + type
                + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\u00fc{\r\n1\r\n}\r\n0\r\n\r\n");
        assertThat(event.path("isBase64Encoded").asBoolean()).isEqualTo(encoded);
        assertThat(event.path("body").asText())
                .isEqualTo(encoded ? Base64.getEncoder().encodeToString("\u00fc{}".getBytes(UTF_8)) : "\u00fc{}");
        assertThat(event.at("/headers/content-length").asText()).isEqualTo("4");
        assertThat(event.path("headers").has("transfer-encoding")).isFalse();
    }

    @Test
    void an_answer_has_the_function_s_status_headers_cookies_and_body() throws Exception {
        var answer = send("POST /answer HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
                + "Connection: close\r\n\r\nmoin");
        assertThat(answer)
                .startsWith("HTTP/1.1 201 ")
                .contains("X-table: daybook-Items\r\n", "Content-type: text/plain\r\n")
                .contains("Set-cookie: a=1\r\n", "Set-cookie: b=2\r\n");
        assertThat(body(answer))
                .isEqualTo("good day moin arn:aws:lambda:eu-west-1:000000000000:function:daybook-Answer:live");
    }

    @Test
    void a_handler_that_throws_is_an_internal_server_error() throws Exception {
        var answer = send("GET /fail HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 500 ");
        assertThat(body(answer)).isEqualTo("{\"message\":\"Internal Server Error\"}");
    }

    @Test
    void a_function_that_runs_out_of_time_is_an_internal_server_error_and_interrupted() throws Exception {
        long start = System.nanoTime();
        assertThat(send("GET /sleep HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 500 ");
        assertThat(System.nanoTime() - start).isBetween(1_000_000_000L, 15_000_000_000L);
        assertThat(Handlers.Sleepy.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> cloud.invoke("Sleepy", "{}")).isInstanceOf(FunctionException.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GET /items/%zz HTTP/1.1",
        "GET /items/%C3%28?x=%zz HTTP/1.1",
        "GET /items/1?x=%zz HTTP/1.1",
        "GET /items/1?x=%e2%82 HTTP/1.1",
        "GET /items/%00 HTTP/1.1",
        "GET http://[bad/ HTTP/1.1",
        "nonsense",
    })
    void a_malformed_request_is_never_a_fault_of_ours(String line) throws Exception {
        var answer = send(line + "\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (200|400|404) .*").doesNotContain("Exception:", "\tat ");
    }

    @Test
    void a_request_that_is_too_large_is_refused() throws Exception {
        var client = HttpClient.newHttpClient();
        var large = HttpRequest.newBuilder(cloud.uri().resolve("/items/1"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[10 * 1024 * 1024 + 1]))
                .build();
        var answer = client.send(large, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("{\"message\":\"Request Entity Too Large\"}");
        assertThat(send("GET / HTTP/1.1\r\nHost: h\r\nX: " + "y".repeat(20_000) + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void a_port_in_use_is_named() {
        var options = CloudYaml.options().port(cloud.uri().getPort());
        assertThatThrownBy(() -> LocalCloud.start(options))
                .isInstanceOf(StartException.class)
                .hasMessage("Port %d is in use; choose another one with --port."
                        .formatted(cloud.uri().getPort()));
    }

    private static JsonNode event(String request) throws IOException {
        var answer = send(request.replaceFirst("\r\n", "\r\nConnection: close\r\n"));
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        return new ObjectMapper().readTree(body(answer));
    }

    /** By hand, because a client would tidy up what we want to send. */
    private static String send(String request) throws IOException {
        try (var socket = new Socket(cloud.uri().getHost(), cloud.uri().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
}
