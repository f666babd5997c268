package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Of Lambda's own API what it takes to operate the functions that no route leads to: Invoke, waiting for the answer, and
 * GetFunctionConfiguration. The AWS CLI finds it with {@code --endpoint-url}.
 */
final class LambdaApi {
    static final String PATH = "/2015-03-31/functions/";

    /** Lambda shows no credentials either. */
    private static final Set<String> SECRETS = Set.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

    private static final Pattern CALL =
            Pattern.compile(Pattern.quote(PATH) + "([A-Za-z0-9_:-]+)/(invocations|configuration)");
    private static final Map<String, List<String>> JSON = Map.of("content-type", List.of("application/json"));

    private final Map<String, LambdaFunction> functions;

    /** These functions, by their logical ids. */
    LambdaApi(Map<String, LambdaFunction> functions) {
        this.functions = functions;
    }

    HttpAnswer answer(String method, String path, byte[] body) {
        var call = CALL.matcher(path);
        if (!call.matches() || !method.equals(call.group(2).equals("invocations") ? "POST" : "GET")) {
            return HttpAnswer.message(404, "Not Found");
        }
        var found = find(call.group(1));
        if (found.isEmpty()) {
            return new HttpAnswer(
                    404,
                    Map.of(
                            "content-type", List.of("application/json"),
                            "x-amzn-errortype", List.of("ResourceNotFoundException")),
                    bytes(object().put("Message", "Function not found: " + call.group(1))));
        }
        return method.equals("POST") ? invoke(found.get(), body) : configuration(found.get());
    }

    private Optional<LambdaFunction> find(String name) {
        return Optional.ofNullable(functions.get(name))
                .or(() -> functions.values().stream()
                        .filter(function -> function.name().equals(name))
                        .findFirst());
    }

    private static HttpAnswer invoke(LambdaFunction function, byte[] event) {
        try {
            return new HttpAnswer(200, JSON, function.invoke(event.length == 0 ? "{}".getBytes(UTF_8) : event));
        } catch (FunctionException e) {
            var fault = Optional.ofNullable(e.getCause()).orElse(e);
            var cause = Optional.ofNullable(fault.getCause()).orElse(fault);
            return new HttpAnswer(
                    200,
                    Map.of(
                            "content-type", List.of("application/json"),
                            "x-amz-function-error", List.of("Unhandled")),
                    bytes(object().put("errorMessage", cause.getMessage())
                            .put("errorType", cause.getClass().getName())));
        }
    }

    private static HttpAnswer configuration(LambdaFunction function) {
        var configuration = object().put("FunctionName", function.name())
                .put("FunctionArn", function.arn())
                .put("Timeout", function.timeout().toSeconds())
                .put("MemorySize", function.memorySize());
        var variables = configuration.putObject("Environment").putObject("Variables");
        function.environment().forEach((name, value) -> {
            if (!SECRETS.contains(name)) {
                variables.put(name, value);
            }
        });
        return new HttpAnswer(200, JSON, bytes(configuration));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static byte[] bytes(ObjectNode object) {
        return object.toString().getBytes(UTF_8);
    }
}
