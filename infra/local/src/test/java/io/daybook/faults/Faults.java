package io.daybook.faults;

import io.daybook.runtime.Deployment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A machine's AWS clients: they note every call, and let a test decide what becomes of it. */
final class Faults {

    /** What becomes of a call: {@code call} carries it out and brings its answer. */
    @FunctionalInterface
    interface Fault {
        Object on(SdkRequest request, Supplier<Object> call);
    }

    /** No fault. */
    static final Fault NONE = (request, call) -> call.get();

    private final Queue<SdkRequest> calls = new ConcurrentLinkedQueue<>();
    private volatile Fault fault = NONE;

    /** The same deployment with these clients. */
    Deployment around(Deployment deployment) {
        return new Deployment(
                deployment.environment(),
                around(DynamoDbClient.class, deployment.dynamoDb()),
                around(SqsClient.class, deployment.sqs()),
                deployment.clock());
    }

    private <C> C around(Class<C> type, C client) {
        InvocationHandler handler = (proxy, method, arguments) -> call(proxy, client, method, arguments);
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object call(Object proxy, Object client, Method method, Object[] arguments) throws Throwable {
        if (arguments == null || !(arguments[0] instanceof SdkRequest request)) {
            // The forms that take a builder's consumer call the form that takes the request.
            return method.isDefault()
                    ? InvocationHandler.invokeDefault(proxy, method, arguments)
                    : invoke(client, method, arguments);
        }
        calls.add(request);
        return fault.on(request, () -> unchecked(client, method, arguments));
    }

    private static Object unchecked(Object client, Method method, Object[] arguments) {
        try {
            return invoke(client, method, arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object invoke(Object client, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(client, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** From now on, calls end like this. */
    void set(Fault next) {
        fault = next;
    }

    /** From now on, no faults. */
    void clear() {
        fault = NONE;
    }

    /** The calls so far, by their names, in order. */
    List<String> names() {
        return calls.stream().map(Faults::name).toList();
    }

    long count(String name) {
        return names().stream().filter(name::equals).count();
    }

    /** The requests of one kind so far. */
    <R extends SdkRequest> List<R> requests(Class<R> type) {
        return calls.stream().filter(type::isInstance).map(type::cast).toList();
    }

    void forget() {
        calls.clear();
    }

    static String name(SdkRequest request) {
        return request.getClass().getSimpleName().replaceFirst("Request$", "");
    }

    /** An append: the writes that a race or a lost answer matters for. */
    static boolean isAppend(SdkRequest request) {
        return request instanceof TransactWriteItemsRequest;
    }

    static Predicate<SdkRequest> named(String name) {
        return request -> name(request).equals(name);
    }

    /** The calls that match work, but their answers are lost. */
    static Fault answersLost(Predicate<SdkRequest> which) {
        return (request, call) -> {
            if (!which.test(request)) {
                return call.get();
            }
            try {
                call.get();
            } catch (RuntimeException e) {
                // That answer is lost, too.
            }
            throw timeout();
        };
    }

    /** The calls that match time out before they work. */
    static Fault callsLost(Predicate<SdkRequest> which) {
        return (request, call) -> {
            if (which.test(request)) {
                throw timeout();
            }
            return call.get();
        };
    }

    /** The fault, the first so many times that a call matches; then none. */
    static Fault first(int times, Predicate<SdkRequest> which, Fault fault) {
        var left = new AtomicInteger(times);
        return (request, call) ->
                which.test(request) && left.getAndDecrement() > 0 ? fault.on(request, call) : call.get();
    }

    /** The fault, in calls that match. */
    static Fault where(Predicate<SdkRequest> which, Fault fault) {
        return (request, call) -> which.test(request) ? fault.on(request, call) : call.get();
    }

    static Fault throwing(Supplier<? extends RuntimeException> exception) {
        return (request, call) -> {
            throw exception.get();
        };
    }

    static RuntimeException timeout() {
        return ApiCallTimeoutException.create(3000);
    }

    /** What DynamoDB says of a transaction that it has cancelled, one reason for each of its writes. */
    static TransactionCanceledException cancelled(String... reasons) {
        return (TransactionCanceledException) TransactionCanceledException.builder()
                .cancellationReasons(java.util.Arrays.stream(reasons)
                        .map(code -> CancellationReason.builder().code(code).build())
                        .toList())
                .statusCode(400)
                .message("Transaction cancelled on purpose")
                .build();
    }
}
