package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.daybook.runtime.Deployment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function of the template: one handler instance, called from many threads. Where its handler takes AWS's event classes,
 * they pass through the serializer of Lambda's Java runtime, so that what runs here meets the same JSON as there.
 */
final class LambdaFunction {

    private static final Logger LOG = LoggerFactory.getLogger(LambdaFunction.class);

    private final String name;
    private final String alias;
    private final Duration timeout;
    private final int memorySize;
    private final Map<String, String> environment;
    private final RequestStreamHandler handler;

    private LambdaFunction(
            String name,
            String alias,
            Duration timeout,
            int memorySize,
            Map<String, String> environment,
            RequestStreamHandler handler) {
        this.name = name;
        this.alias = alias;
        this.timeout = timeout;
        this.memorySize = memorySize;
        this.environment = environment;
        this.handler = handler;
    }

    /**
     * Loads the handler and constructs it.
     *
     * @param endpoints what the environment has here beside the template's own variables
     * @param deployments called only for a handler that has a constructor for a {@link Deployment}
     */
    static LambdaFunction load(
            String name,
            Section properties,
            Map<String, String> endpoints,
            Function<Map<String, String>, Deployment> deployments) {
        var environment = new HashMap<>(endpoints);
        var variables = properties.section("Environment").section("Variables");
        variables.keys().forEach(key -> variables.optionalText(key).ifPresent(value -> environment.put(key, value)));
        environment.put("AWS_LAMBDA_FUNCTION_NAME", name);
        environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(properties.number("MemorySize", 128)));
        return new LambdaFunction(
                name,
                properties.optionalText("AutoPublishAlias").orElse(""),
                Duration.ofSeconds(properties.number("Timeout", 3)),
                properties.number("MemorySize", 128),
                Map.copyOf(environment),
                handler(properties, Map.copyOf(environment), deployments));
    }

    private static RequestStreamHandler handler(
            Section properties,
            Map<String, String> environment,
            Function<Map<String, String>, Deployment> deployments) {
        var className = properties.text("Handler").replaceFirst("::handleRequest$", "");
        try {
            return switch (construct(Class.forName(className), environment, deployments)) {
                case RequestStreamHandler stream -> stream;
                case RequestHandler<?, ?> handler -> serialized(handler);
                default -> throw properties.error(className + " is no RequestHandler");
            };
        } catch (ClassNotFoundException e) {
            throw properties.error("there is no class " + className);
        } catch (NoSuchMethodException e) {
            throw properties.error(className + " has no public constructor without arguments");
        } catch (InvocationTargetException e) {
            throw new StartException(className + " can't be constructed: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new StartException(className + " can't be constructed: " + e, e);
        }
    }

    private static Object construct(
            Class<?> type, Map<String, String> environment, Function<Map<String, String>, Deployment> deployments)
            throws ReflectiveOperationException {
        for (var constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Deployment.class) {
                constructor.setAccessible(true);
                return constructor.newInstance(deployments.apply(environment));
            }
        }
        return type.getConstructor().newInstance();
    }

    @SuppressWarnings("unchecked")
    private static RequestStreamHandler serialized(RequestHandler<?, ?> handler) {
        var types = TypeFactory.defaultInstance()
                .findTypeParameters(
                        TypeFactory.defaultInstance().constructType(handler.getClass()), RequestHandler.class);
        var input = (PojoSerializer<Object>) serializer(types[0].getRawClass());
        var output = (PojoSerializer<Object>) serializer(types[1].getRawClass());
        var typed = (RequestHandler<Object, @Nullable Object>) handler;
        return (event, answer, context) -> {
            var result = typed.handleRequest(input.fromJson(event), context);
            if (result == null) {
                answer.write("null".getBytes(UTF_8));
            } else {
                output.toJson(result, answer);
            }
        };
    }

    private static PojoSerializer<?> serializer(Class<?> type) {
        return LambdaEventSerializers.isLambdaSupportedEvent(type.getName())
                ? LambdaEventSerializers.serializerFor(type, type.getClassLoader())
                : JacksonFactory.getInstance().getSerializer(type);
    }

    /**
     * Invokes the handler and waits, at most for the function's time-out.
     *
     * @return the answer's JSON
     */
    byte[] invoke(byte[] event) throws FunctionException {
        var invocation = new Invocation(this);
        var call = new FutureTask<>(() -> call(event, invocation));
        Thread.ofVirtual().name(name).start(call);
        try {
            return call.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            call.cancel(true);
            LOG.error("{} timed out after {} s", name, timeout.toSeconds());
            throw new FunctionException(name + " timed out", e);
        } catch (ExecutionException e) {
            LOG.error("{} failed", name, e.getCause());
            throw new FunctionException(name + " failed", e);
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new FunctionException(name + " was interrupted", e);
        }
    }

    private byte[] call(byte[] event, Context context) throws Exception {
        var answer = new ByteArrayOutputStream();
        handler.handleRequest(new ByteArrayInputStream(event), answer, context);
        return answer.toByteArray();
    }

    String name() {
        return name;
    }

    String arn() {
        var unqualified = Stack.arn("lambda", "function:" + name);
        return alias.isEmpty() ? unqualified : unqualified + ":" + alias;
    }

    Duration timeout() {
        return timeout;
    }

    int memorySize() {
        return memorySize;
    }

    Map<String, String> environment() {
        return environment;
    }
}
