package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A request as API Gateway hands it to a function: HTTP API, payload format 2.0. */
final class HttpEvent {

    private static final JsonMapper JSON = new JsonMapper();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** These concern one connection and never reach the function. */
    private static final Set<String> DROPPED = Set.of(
            "connection", "cookie", "expect", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade");

    private static final Set<String> TEXT_TYPES =
            Set.of("application/json", "application/javascript", "application/xml");

    private final String requestId;
    private final HttpExchange exchange;
    private final String target;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * Describes the request.
     *
     * @param target path and query as they were sent
     * @param headers in lower case; a name sent twice has two values
     */
    HttpEvent(String requestId, HttpExchange exchange, String target, Map<String, List<String>> headers, byte[] body) {
        this.requestId = requestId;
        this.exchange = exchange;
        this.target = target;
        this.headers = headers;
        this.body = body;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    private int port() {
        return exchange.getLocalAddress().getPort();
    }

    private String sourceIp() {
        return exchange.getRemoteAddress().getAddress().getHostAddress();
    }

    String rawPath() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private String rawQueryString() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    byte[] toJson(Route.Match match, Instant now) {
        var event = JsonNodeFactory.instance.objectNode();
        event.put("version", "2.0");
        event.put("routeKey", match.route().key());
        event.put("rawPath", Route.decode(rawPath()));
        event.put("rawQueryString", rawQueryString());
        var cookies = cookies();
        if (!cookies.isEmpty()) {
            cookies.forEach(event.putArray("cookies")::add);
        }
        put(event, "headers", eventHeaders());
        put(event, "queryStringParameters", queryStringParameters());
        event.set("requestContext", requestContext(match.route().key(), now));
        put(event, "pathParameters", match.pathParameters());
        if (body.length > 0) {
            event.put(
                    "body",
                    isText() ? new String(body, UTF_8) : Base64.getEncoder().encodeToString(body));
        }
        event.put("isBase64Encoded", body.length > 0 && !isText());
        try {
            return JSON.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(ObjectNode event, String name, Map<String, String> values) {
        if (!values.isEmpty()) {
            var object = event.putObject(name);
            values.forEach(object::put);
        }
    }

    private ObjectNode requestContext(String routeKey, Instant now) {
        var context = JsonNodeFactory.instance.objectNode();
        var domain = eventHeaders().getOrDefault("host", "127.0.0.1:" + port());
        context.put("accountId", Stack.ACCOUNT);
        context.put("apiId", "local");
        context.put("domainName", domain);
        context.put("domainPrefix", domain.split("[.:]", 2)[0]);
        context.putObject("http")
                .put("method", method())
                .put("path", Route.decode(rawPath()))
                .put("protocol", exchange.getProtocol())
                .put("sourceIp", sourceIp())
                .put("userAgent", eventHeaders().getOrDefault("user-agent", ""));
        context.put("requestId", requestId);
        context.put("routeKey", routeKey);
        context.put("stage", "$default");
        context.put("time", TIME.format(now));
        context.put("timeEpoch", now.toEpochMilli());
        return context;
    }

    private Map<String, String> eventHeaders() {
        var result = new TreeMap<String, String>();
        headers.forEach((name, values) -> {
            if (!DROPPED.contains(name)) {
                result.put(name, String.join(",", values));
            }
        });
        result.put("content-length", Integer.toString(body.length));
        result.merge("x-forwarded-for", sourceIp(), (sent, own) -> sent + ", " + own);
        result.put("x-forwarded-port", Integer.toString(port()));
        result.put("x-forwarded-proto", "http");
        return result;
    }

    private List<String> cookies() {
        return headers.getOrDefault("cookie", List.of()).stream()
                .flatMap(header -> List.of(header.split(";")).stream())
                .map(String::strip)
                .filter(cookie -> !cookie.isEmpty())
                .toList();
    }

    private Map<String, String> queryStringParameters() {
        var parameters = new LinkedHashMap<String, String>();
        for (var pair : rawQueryString().split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                var name = decode(equals < 0 ? pair : pair.substring(0, equals));
                var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                parameters.merge(name, value, (first, next) -> first + "," + next);
            }
        }
        return parameters;
    }

    /** As in a form: a plus sign is a space. */
    private static String decode(String text) {
        return URLDecoder.decode(text, UTF_8);
    }

    private boolean isText() {
        var type = eventHeaders()
                .getOrDefault("content-type", "")
                .split(";", 2)[0]
                .strip()
                .toLowerCase(Locale.ROOT);
        return !headers.containsKey("content-encoding")
                && (type.startsWith("text/") || TEXT_TYPES.contains(type))
                && isUtf8(body);
    }

    /** What is no text, though it says so, is handed on as it came. */
    private static boolean isUtf8(byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
