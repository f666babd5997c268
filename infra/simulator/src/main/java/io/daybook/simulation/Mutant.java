package io.daybook.simulation;

import static io.daybook.items.Attributes.PK;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;

/** DynamoDB as it is. Each mutation overrides what it does wrongly. */
class Mutant implements DynamoDbClient {
    final DynamoDbClient real;

    Mutant(DynamoDbClient real) {
        this.real = real;
    }

    /** Its transactions are changed, part by part, before they are sent. */
    static Mutant transacting(DynamoDbClient real, Function<TransactWriteItem, TransactWriteItem> change) {
        return new Mutant(real) {
            @Override
            public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
                return super.transactWriteItems(request.toBuilder()
                        .transactItems(
                                request.transactItems().stream().map(change).toList())
                        .build());
            }
        };
    }

    /** Its transactions lack some of their parts. */
    static Mutant leavingOut(DynamoDbClient real, Predicate<TransactWriteItem> part) {
        return new Mutant(real) {
            @Override
            public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
                return super.transactWriteItems(request.toBuilder()
                        .transactItems(request.transactItems().stream()
                                .filter(part.negate())
                                .toList())
                        .build());
            }
        };
    }

    /** It leaves some entries out of the views. */
    static Mutant notProjecting(DynamoDbClient real, String pk) {
        return new Mutant(real) {
            @Override
            public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
                var writes = new HashMap<>(request.requestItems());
                writes.computeIfPresent(
                        Machine.VIEWS,
                        (table, asked) -> asked.stream()
                                .filter(write ->
                                        !write.putRequest().item().get(PK).s().equals(pk))
                                .toList());
                writes.values().removeIf(List::isEmpty);
                return writes.isEmpty()
                        ? BatchWriteItemResponse.builder().build()
                        : super.batchWriteItem(
                                request.toBuilder().requestItems(writes).build());
            }
        };
    }

    /** Its transactions put some of their items whatever is there. */
    static Mutant puttingBlindly(DynamoDbClient real, Predicate<Put> puts) {
        return transacting(
                real,
                part -> part.put() == null || !puts.test(part.put())
                        ? part
                        : part.toBuilder().put(unconditionally(part.put())).build());
    }

    /** Its queries of the views of one kind are changed before they are sent. */
    static Mutant querying(DynamoDbClient real, String kind, Consumer<QueryRequest.Builder> change) {
        return new Mutant(real) {
            @Override
            public QueryResponse query(QueryRequest request) {
                return super.query(
                        pk(request).startsWith(kind) && request.tableName().equals(Machine.VIEWS)
                                ? request.toBuilder().applyMutation(change).build()
                                : request);
            }
        };
    }

    static String pk(QueryRequest query) {
        return query.expressionAttributeValues().get(":pk").s();
    }

    static Put unconditionally(Put put) {
        return put.toBuilder()
                .conditionExpression(null)
                .expressionAttributeValues(null)
                .returnValuesOnConditionCheckFailure((String) null)
                .build();
    }

    static void delete(DynamoDbClient real, Map<String, AttributeValue> key) {
        real.batchWriteItem(write -> write.requestItems(Map.of(
                Machine.JOURNAL,
                List.of(WriteRequest.builder()
                        .deleteRequest(delete -> delete.key(key))
                        .build()))));
    }

    static String pk(Put put) {
        return put.item().get("pk").s();
    }

    static String sk(Put put) {
        return put.item().get("sk").s();
    }

    static boolean puts(TransactWriteItem part, String kind) {
        return part.put() != null && pk(part.put()).startsWith(kind);
    }

    static boolean deletes(TransactWriteItem part) {
        return part.delete() != null;
    }

    @Override
    public String serviceName() {
        return real.serviceName();
    }

    @Override
    public void close() {
        real.close();
    }

    @Override
    public GetItemResponse getItem(GetItemRequest request) {
        return real.getItem(request);
    }

    @Override
    public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
        return real.batchGetItem(request);
    }

    @Override
    public QueryResponse query(QueryRequest request) {
        return real.query(request);
    }

    @Override
    public ScanResponse scan(ScanRequest request) {
        return real.scan(request);
    }

    @Override
    public PutItemResponse putItem(PutItemRequest request) {
        return real.putItem(request);
    }

    @Override
    public UpdateItemResponse updateItem(UpdateItemRequest request) {
        return real.updateItem(request);
    }

    @Override
    public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
        return real.batchWriteItem(request);
    }

    @Override
    public TransactGetItemsResponse transactGetItems(TransactGetItemsRequest request) {
        return real.transactGetItems(request);
    }

    @Override
    public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
        return real.transactWriteItems(request);
    }
}
