package io.daybook.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One route of the HTTP API.
 *
 * @param method {@code ANY} for all of them
 * @param segments of the path, e.g. {@code v1}, <code>{ledger}</code>, <code>{proxy+}</code>; none for {@code $default}
 */
record Route(String key, String method, List<String> segments, LambdaFunction function) {

    private static final String DEFAULT = "$default";

    /** A route that fits a request, with the decoded values of its path parameters. */
    record Match(Route route, Map<String, String> pathParameters) {}

    /** Reads an {@code HttpApi} event's properties; without a path it's the default route. */
    static Route of(Section properties, LambdaFunction function) {
        if (!properties.optionalText("PayloadFormatVersion").orElse("2.0").equals("2.0")) {
            throw properties.error("the local cloud knows PayloadFormatVersion 2.0 only");
        }
        var path = properties.optionalText("Path").orElse(DEFAULT);
        if (path.equals(DEFAULT) || path.equals("/" + DEFAULT)) {
            return new Route(DEFAULT, "ANY", List.of(), function);
        }
        var method = properties.optionalText("Method").orElse("ANY").toUpperCase(Locale.ROOT);
        var any = method.equals("X-AMAZON-APIGATEWAY-ANY-METHOD") ? "ANY" : method;
        return new Route(any + " " + path, any, segments(path), function);
    }

    /** The most specific route: word before parameter before greedy parameter, a method before any, default last. */
    static Optional<Match> find(List<Route> routes, String method, String rawPath) {
        var path = segments(rawPath);
        return routes.stream()
                .filter(route -> route.fits(method, path))
                .min(Comparator.comparing(Route::specificity))
                .map(route -> new Match(route, route.pathParameters(path)));
    }

    private static List<String> segments(String path) {
        return List.of(path.replaceFirst("^/", "").split("/", -1));
    }

    private boolean isDefault() {
        return key.equals(DEFAULT);
    }

    private boolean isGreedy() {
        return !isDefault() && segments.getLast().endsWith("+}");
    }

    private boolean fits(String requestMethod, List<String> path) {
        if (isDefault()) {
            return true;
        }
        if (!method.equals("ANY") && !method.equals(requestMethod)) {
            return false;
        }
        if (isGreedy() ? path.size() < segments.size() : path.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            if (segment.startsWith("{") ? path.get(i).isEmpty() : !segment.equals(decode(path.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** Sorts by one digit a segment: 0 word, 1 parameter, 2 greedy. */
    private String specificity() {
        if (isDefault()) {
            return "3";
        }
        var ranks = new StringBuilder();
        segments.forEach(segment -> ranks.append(!segment.startsWith("{") ? 0 : segment.endsWith("+}") ? 2 : 1));
        return ranks.append(method.equals("ANY") ? 1 : 0).toString();
    }

    private Map<String, String> pathParameters(List<String> path) {
        var parameters = new LinkedHashMap<String, String>();
        for (int i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            if (segment.endsWith("+}")) {
                parameters.put(
                        segment.substring(1, segment.length() - 2),
                        decode(String.join("/", path.subList(i, path.size()))));
            } else if (segment.startsWith("{")) {
                parameters.put(segment.substring(1, segment.length() - 1), decode(path.get(i)));
            }
        }
        return parameters;
    }

    /** Percent-decodes; a plus sign means itself in a path. */
    static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
