package io.daybook.bench;

import io.daybook.runtime.Deployment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Between handlers and AWS: what each call is and what it costs. What an item had before a write, and after an update,
 * it reads by a client of its own.
 */
final class Meter implements ExecutionInterceptor {
    private static final ExecutionAttribute<List<Write>> WRITES = new ExecutionAttribute<>("bench.writes");
    private static final ExecutionAttribute<long[]> BYTES = new ExecutionAttribute<>("bench.bytes");

    /** A call as it went by, its attempts together. */
    record Call(
            String operation,
            int itemsRead,
            int itemsWritten,
            long requestBytes,
            long responseBytes,
            double readUnits,
            double writeUnits,
            double reportedReadUnits,
            double reportedWriteUnits) {}

    /** One item that a call writes; {@code put} where all of it is known beforehand. */
    private record Write(
            String table,
            Map<String, AttributeValue> key,
            Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> put,
            boolean gone,
            boolean inTransaction) {}

    private record Index(String hash, String range) {
        boolean holds(Map<String, AttributeValue> item) {
            return item.containsKey(hash) && item.containsKey(range);
        }
    }

    private record Schema(List<String> key, List<Index> indexes) {}

    private final DynamoDbClient bare;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private volatile boolean asking;

    private Meter(DynamoDbClient bare) {
        this.bare = bare;
    }

    /** Of the services that a function's environment names. */
    static Meter of(Map<String, String> environment) {
        return new Meter(Local.client(DynamoDbClient.builder(), environment, "AWS_ENDPOINT_URL_DYNAMODB"));
    }

    /** The same deployment with clients that are metered. */
    Deployment around(Deployment deployment) {
        return new Deployment(
                deployment.environment(),
                Local.client(
                        DynamoDbClient.builder(),
                        deployment.environment(),
                        "AWS_ENDPOINT_URL_DYNAMODB",
                        Local.interceptors(deployment, this)),
                Local.client(SqsClient.builder(), deployment.environment(), "AWS_ENDPOINT_URL_SQS", this),
                deployment.clock());
    }

    /** Whether DynamoDB is asked what it takes to have been consumed; the bytes of such calls are no longer the same. */
    void ask(boolean whether) {
        asking = whether;
    }

    /** The calls since the last time. */
    List<Call> take() {
        var taken = new ArrayList<Call>();
        for (var call = calls.poll(); call != null; call = calls.poll()) {
            taken.add(call);
        }
        return taken;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        attributes.putAttribute(BYTES, new long[2]);
        attributes.putAttribute(WRITES, writes(context.request()));
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        if (!asking || !(context.request().toBuilder() instanceof SdkPojo builder)) {
            return context.request();
        }
        return field(builder, "ReturnConsumedCapacity")
                .map(field -> {
                    field.set(builder, "INDEXES");
                    return ((SdkRequest.Builder) builder).build();
                })
                .orElse(context.request());
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        attributes.getAttribute(BYTES)[0] += context.requestBody()
                .flatMap(body -> body.optionalContentLength())
                .orElse(0L);
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        attributes.getAttribute(BYTES)[1] += context.httpResponse()
                .firstMatchingHeader("Content-Length")
                .map(Long::parseLong)
                .orElseThrow(() -> new IllegalStateException("an answer does not tell its length"));
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        count(context.request(), context.response(), attributes);
    }

    /** A transaction that is cancelled has been charged for all the same. */
    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        count(context.request(), context.response().orElse(null), attributes);
    }

    private void count(SdkRequest request, @Nullable SdkResponse response, ExecutionAttributes attributes) {
        var writes = attributes.getAttribute(WRITES);
        var bytes = attributes.getAttribute(BYTES);
        var read = response == null ? List.<Map<String, AttributeValue>>of() : items(response);
        var reported = response == null ? 0 : reported(response);
        calls.add(new Call(
                attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME),
                read.size(),
                writes.size(),
                bytes[0],
                bytes[1],
                readUnits(request, read),
                writes.stream().mapToDouble(this::units).sum(),
                writes.isEmpty() ? reported : 0,
                writes.isEmpty() ? 0 : reported));
    }

    private static List<Map<String, AttributeValue>> items(SdkResponse response) {
        return switch (response) {
            case QueryResponse query -> query.items();
            case GetItemResponse get -> get.hasItem() ? List.of(get.item()) : List.of();
            case BatchGetItemResponse get ->
                get.responses().values().stream().flatMap(List::stream).toList();
            case TransactGetItemsResponse get ->
                get.responses().stream()
                        .filter(ItemResponse::hasItem)
                        .map(ItemResponse::item)
                        .toList();
            default -> List.of();
        };
    }

    private static double readUnits(SdkRequest request, List<Map<String, AttributeValue>> items) {
        return switch (request) {
            case QueryRequest query -> CapacityUnits.ofQuery(items, Boolean.TRUE.equals(query.consistentRead()));
            case GetItemRequest get ->
                CapacityUnits.ofGet(
                        items.isEmpty() ? Map.of() : items.getFirst(), Boolean.TRUE.equals(get.consistentRead()));
            case TransactGetItemsRequest get ->
                2 * ofEach(items, get.transactItems().size(), true);
            case BatchGetItemRequest get -> {
                var consistent = get.requestItems().values().stream()
                        .allMatch(keys -> Boolean.TRUE.equals(keys.consistentRead()));
                var asked = get.requestItems().values().stream()
                        .mapToInt(keys -> keys.keys().size())
                        .sum();
                yield ofEach(items, asked, consistent);
            }
            default -> 0;
        };
    }

    /** What is asked for and not there costs as much as the smallest item. */
    private static double ofEach(List<Map<String, AttributeValue>> items, int asked, boolean consistent) {
        return items.stream()
                        .mapToDouble(item -> CapacityUnits.ofGet(item, consistent))
                        .sum()
                + (asked - items.size()) * CapacityUnits.ofGet(Map.of(), consistent);
    }

    private double units(Write write) {
        var after = write.gone ? Map.<String, AttributeValue>of() : write.put != null ? write.put : now(write);
        return CapacityUnits.ofWrite(write.before, after, write.inTransaction)
                + schema(write.table).indexes.stream()
                        .mapToDouble(index -> units(index, write.before, after))
                        .sum();
    }

    /** An index that holds whole items: written when its item comes, changes or goes; twice when its place in it does. */
    private static double units(Index index, Map<String, AttributeValue> before, Map<String, AttributeValue> after) {
        var was = index.holds(before);
        var is = index.holds(after);
        var same = was
                && is
                && Objects.equals(before.get(index.hash), after.get(index.hash))
                && Objects.equals(before.get(index.range), after.get(index.range));
        if (same) {
            return before.equals(after) ? 0 : CapacityUnits.ofWrite(before, after, false);
        }
        return (was ? CapacityUnits.ofWrite(before, Map.of(), false) : 0)
                + (is ? CapacityUnits.ofWrite(Map.of(), after, false) : 0);
    }

    private Map<String, AttributeValue> now(Write write) {
        return bare.getItem(get -> get.tableName(write.table).key(write.key).consistentRead(true))
                .item();
    }

    private List<Write> writes(SdkRequest request) {
        return switch (request) {
            case PutItemRequest put -> List.of(put(put.tableName(), put.item(), false));
            case UpdateItemRequest update -> List.of(write(update.tableName(), update.key(), null, false, false));
            case DeleteItemRequest delete -> List.of(write(delete.tableName(), delete.key(), null, true, false));
            case BatchWriteItemRequest batch ->
                batch.requestItems().entrySet().stream()
                        .flatMap(table -> table.getValue().stream()
                                .map(write -> write.putRequest() != null
                                        ? put(table.getKey(), write.putRequest().item(), false)
                                        : write(
                                                table.getKey(),
                                                write.deleteRequest().key(),
                                                null,
                                                true,
                                                false)))
                        .toList();
            case TransactWriteItemsRequest transaction ->
                transaction.transactItems().stream().map(this::inTransaction).toList();
            default -> List.of();
        };
    }

    private Write inTransaction(TransactWriteItem write) {
        if (write.put() != null) {
            return put(write.put().tableName(), write.put().item(), true);
        }
        if (write.update() != null) {
            return write(write.update().tableName(), write.update().key(), null, false, true);
        }
        if (write.delete() != null) {
            return write(write.delete().tableName(), write.delete().key(), null, true, true);
        }
        return write(write.conditionCheck().tableName(), write.conditionCheck().key(), null, false, true);
    }

    private Write put(String table, Map<String, AttributeValue> item, boolean inTransaction) {
        var key = new HashMap<>(item);
        key.keySet().retainAll(schema(table).key);
        return write(table, key, item, false, inTransaction);
    }

    private Write write(
            String table,
            Map<String, AttributeValue> key,
            @Nullable Map<String, AttributeValue> put,
            boolean gone,
            boolean inTransaction) {
        var before = bare.getItem(get -> get.tableName(table).key(key).consistentRead(true));
        return new Write(table, key, before.hasItem() ? before.item() : Map.of(), put, gone, inTransaction);
    }

    private Schema schema(String table) {
        return schemas.computeIfAbsent(table, name -> {
            var described =
                    bare.describeTable(describe -> describe.tableName(name)).table();
            return new Schema(
                    described.keySchema().stream()
                            .map(element -> element.attributeName())
                            .toList(),
                    described.globalSecondaryIndexes().stream()
                            .map(index -> new Index(
                                    index.keySchema().getFirst().attributeName(),
                                    index.keySchema().getLast().attributeName()))
                            .toList());
        });
    }

    private static double reported(SdkResponse response) {
        var consumed = field(response, "ConsumedCapacity").map(field -> field.getValueOrDefault(response));
        return switch (consumed.orElse(null)) {
            case ConsumedCapacity one -> one.capacityUnits();
            case List<?> several ->
                several.stream()
                        .mapToDouble(one -> ((ConsumedCapacity) one).capacityUnits())
                        .sum();
            case null, default -> 0;
        };
    }

    private static Optional<SdkField<?>> field(SdkPojo pojo, String name) {
        return pojo.sdkFields().stream()
                .filter(field -> field.memberName().equals(name))
                .findFirst();
    }
}
