package io.daybook.simulation;

import static io.daybook.items.Attributes.*;

import io.daybook.ledger.Timestamp;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;

/** A fault put between the product and DynamoDB or its queue, as a bug of the product would be. The simulator must find each. */
@SuppressWarnings("ImmutableEnumChecker") // A function of its arguments alone.
enum Mutation {
    NONE((real, clock) -> real),

    HEAD_WRITTEN_WHATEVER_ITS_REVISION(
            (real, clock) -> Mutant.puttingBlindly(real, put -> Mutant.sk(put).equals("head"))),

    USED_KEY_WRITTEN_AGAIN((real, clock) -> Mutant.puttingBlindly(
            real, put -> Mutant.pk(put).startsWith("t#") && Mutant.sk(put).equals("0"))),

    EXPIRY_IGNORES_A_SETTLE((real, clock) -> Mutant.puttingBlindly(
            real, put -> Mutant.pk(put).startsWith("t#") && Mutant.sk(put).equals("1"))),

    REVERSED_TWICE((real, clock) -> Mutant.puttingBlindly(
            real, put -> put.item().containsKey(REVERSES) || put.item().containsKey(REVERSED_BY))),

    OUTBOX_SKIPPED((real, clock) -> Mutant.leavingOut(real, part -> Mutant.puts(part, "outbox#"))),

    OUTBOX_CLEARED_BY_THE_PUBLISHER((real, clock) -> new Mutant(real) {
        @Override
        public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
            var answer = super.transactWriteItems(request);
            request.transactItems().stream()
                    .filter(part -> Mutant.puts(part, "outbox#"))
                    .map(part -> key(part.put().item()))
                    .forEach(key -> Mutant.delete(real, key));
            return answer;
        }
    }),

    OUTBOX_CLEARED_BY_THE_RELAY((real, clock) -> new Mutant(real) {
        @Override
        public UpdateItemResponse updateItem(UpdateItemRequest request) {
            Mutant.delete(real, request.key());
            return UpdateItemResponse.builder().build();
        }
    }),

    OUTBOX_CLEARED_BEFORE_THE_VIEWS_ARE_WRITTEN((real, clock) -> new Mutant(real) {
        private final Map<Thread, List<BatchWriteItemRequest>> postponed = new HashMap<>();

        @Override
        public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
            if (request.requestItems().containsKey(Machine.VIEWS)) {
                postponed
                        .computeIfAbsent(Thread.currentThread(), none -> new ArrayList<>())
                        .add(request);
                return BatchWriteItemResponse.builder().build();
            }
            var answer = super.batchWriteItem(request);
            Optional.ofNullable(postponed.remove(Thread.currentThread()))
                    .orElse(List.of())
                    .forEach(real::batchWriteItem);
            return answer;
        }
    }),

    OUTBOX_BROUGHT_BACK_BY_THE_RELAY((real, clock) -> new Mutant(real) {
        @Override
        public UpdateItemResponse updateItem(UpdateItemRequest request) {
            return super.updateItem(
                    request.toBuilder().conditionExpression(null).build());
        }
    }),

    ENTRY_NOT_PROJECTED((real, clock) -> Mutant.notProjecting(real, "e#main#hot")),

    ENTRY_OF_A_STRIPE_NOT_PROJECTED((real, clock) -> Mutant.notProjecting(real, "e#main#fees#2")),

    CLOSED_BUT_FOR_A_STRIPE((real, clock) -> Mutant.leavingOut(
            real,
            part -> Mutant.puts(part, "a#main#")
                    && part.put().item().containsKey(CLOSED)
                    && Mutant.pk(part.put()).endsWith("#1"))),

    STRIPE_LEFT_OUT_OF_THE_SUM((real, clock) -> new Mutant(real) {
        @Override
        public QueryResponse query(QueryRequest request) {
            return Mutant.pk(request).endsWith("fees#1")
                    ? QueryResponse.builder().items(List.of()).build()
                    : super.query(request);
        }
    }),

    UNPROCESSED_ITEMS_FORGOTTEN((real, clock) -> new Mutant(real) {
        @Override
        public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
            super.batchWriteItem(request);
            return BatchWriteItemResponse.builder().build();
        }
    }),

    UNPROCESSED_KEYS_FORGOTTEN((real, clock) -> new Mutant(real) {
        @Override
        public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
            return super.batchGetItem(request).toBuilder().unprocessedKeys(null).build();
        }
    }),

    COUNTERS_INSTEAD_OF_PUTS((real, clock) -> new Mutant(real) {
        @Override
        public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
            var writes = new HashMap<>(request.requestItems());
            writes.computeIfPresent(
                    Machine.VIEWS,
                    (table, asked) -> asked.stream().map(this::counted).toList());
            return super.batchWriteItem(request.toBuilder().requestItems(writes).build());
        }

        private WriteRequest counted(WriteRequest write) {
            var entry = write.putRequest().item();
            if (!entry.get(PK).s().startsWith("e#")) {
                return write;
            }
            var newest = real.query(query -> query.tableName(Machine.VIEWS)
                    .consistentRead(true)
                    .keyConditionExpression("pk = :pk AND sk BETWEEN :from AND :to")
                    .expressionAttributeValues(Map.of(
                            ":pk", entry.get(PK),
                            ":from", AttributeValue.fromS("0"),
                            ":to", AttributeValue.fromS(":")))
                    .scanIndexForward(false)
                    .limit(1));
            if (newest.items().isEmpty()) {
                return write;
            }
            var before = newest.items().getFirst().get(BALANCES).l();
            var item = new HashMap<>(entry);
            item.put(
                    BALANCES,
                    AttributeValue.fromL(IntStream.range(0, before.size())
                            .mapToObj(at -> Tally.number(before.get(at))
                                    .add(Tally.number(entry.get(CHANGE).l().get(at))))
                            .map(sum -> AttributeValue.fromN(sum.toString()))
                            .toList()));
            return WriteRequest.builder().putRequest(put -> put.item(item)).build();
        }
    }),

    OLDER_DEFINITION_WINS((real, clock) -> new Mutant(real) {
        @Override
        public PutItemResponse putItem(PutItemRequest request) {
            return super.putItem(request.toBuilder()
                    .conditionExpression(null)
                    .expressionAttributeNames(null)
                    .expressionAttributeValues(null)
                    .build());
        }
    }),

    RETRIED_WITHOUT_DECIDING_AGAIN((real, clock) -> new Mutant(real) {
        @Override
        public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
            try {
                return super.transactWriteItems(request);
            } catch (TransactionCanceledException e) {
                var parts = request.transactItems();
                return super.transactWriteItems(request.toBuilder()
                        .transactItems(IntStream.range(0, parts.size())
                                .mapToObj(at -> moved(
                                        parts.get(at), e.cancellationReasons().get(at)))
                                .toList())
                        .build());
            }
        }

        private static TransactWriteItem moved(TransactWriteItem part, CancellationReason reason) {
            return !reason.hasItem() || !reason.item().containsKey(REVISION)
                    ? part
                    : part.toBuilder()
                            .put(part.put().toBuilder()
                                    .expressionAttributeValues(
                                            Map.of(":r", reason.item().get(REVISION)))
                                    .build())
                            .build();
        }
    }),

    RETRIED_WHATEVER_THE_REASON((real, clock) -> new Mutant(real) {
        @Override
        public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
            try {
                return super.transactWriteItems(request);
            } catch (TransactionCanceledException e) {
                throw e.toBuilder()
                        .cancellationReasons(e.cancellationReasons().stream()
                                .map(reason -> reason.code().equals(SimulatedDynamoDb.HOPELESS)
                                        ? reason.toBuilder()
                                                .code("TransactionConflict")
                                                .build()
                                        : reason)
                                .toList())
                        .build();
            }
        }
    }),

    TIME_OUT_TAKEN_FOR_A_LOST_RACE((real, clock) -> new Mutant(real) {
        @Override
        public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
            try {
                return super.transactWriteItems(request);
            } catch (SdkClientException e) {
                throw TransactionCanceledException.builder()
                        .statusCode(400)
                        .awsErrorDetails(Network.details("TransactionCanceledException"))
                        .cancellationReasons(request.transactItems().stream()
                                .map(part -> CancellationReason.builder()
                                        .code("TransactionConflict")
                                        .build())
                                .toList())
                        .build();
            }
        }
    }),

    DATED_BY_THE_WALL_CLOCK((real, clock) -> Mutant.transacting(real, part -> {
        if (part.put() == null || !part.put().item().containsKey(RECORDED_AT)) {
            return part;
        }
        var item = new HashMap<>(part.put().item());
        item.put(
                RECORDED_AT,
                AttributeValue.fromS(Timestamp.format(clock.instant().truncatedTo(ChronoUnit.MICROS))));
        return part.toBuilder().put(part.put().toBuilder().item(item).build()).build();
    })),

    DECLINE_NOT_RECORDED((real, clock) -> new Mutant(real) {
        @Override
        public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
            var first = request.transactItems().getFirst();
            return first.put() != null && first.put().item().containsKey(DECLINE)
                    ? TransactWriteItemsResponse.builder().build()
                    : super.transactWriteItems(request);
        }
    }),

    ENDED_HOLD_STAYS_DUE((real, clock) -> Mutant.leavingOut(real, Mutant::deletes)),

    HOLD_NEVER_DUE((real, clock) -> Mutant.leavingOut(real, part -> Mutant.puts(part, "due#"))),

    ORIGINAL_NOT_MARKED_AS_REVERSED((real, clock) -> Mutant.leavingOut(
            real, part -> Mutant.puts(part, "t#") && Mutant.sk(part.put()).equals("2"))),

    HEADS_READ_EVENTUALLY_CONSISTENT((real, clock) -> new Mutant(real) {
        @Override
        public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
            var asked = new HashMap<>(request.requestItems());
            asked.replaceAll(
                    (table, keys) -> keys.toBuilder().consistentRead(false).build());
            return super.batchGetItem(request.toBuilder().requestItems(asked).build());
        }
    }),

    STRONG_QUERIES_EVENTUALLY_CONSISTENT((real, clock) -> new Mutant(real) {
        @Override
        public QueryResponse query(QueryRequest request) {
            return super.query(request.toBuilder().consistentRead(false).build());
        }
    }),

    /** To such a read an append becomes visible item by item. */
    ABSENCE_PROVED_BY_A_PLAIN_READ((real, clock) -> new Mutant(real) {
        @Override
        public TransactGetItemsResponse transactGetItems(TransactGetItemsRequest request) {
            return TransactGetItemsResponse.builder()
                    .responses(request.transactItems().stream()
                            .map(part ->
                                    real.getItem(get -> get.tableName(part.get().tableName())
                                            .key(part.get().key())
                                            .consistentRead(true)))
                            .map(read -> ItemResponse.builder()
                                    .item(read.hasItem() ? read.item() : null)
                                    .build())
                            .toList())
                    .build();
        }
    }),

    OUTBOX_READ_EVENTUALLY_CONSISTENT((real, clock) -> new Mutant(real) {
        @Override
        public GetItemResponse getItem(GetItemRequest request) {
            return super.getItem(request.toBuilder().consistentRead(false).build());
        }
    }),

    TRIAL_BALANCE_READ_EVENTUALLY_CONSISTENT(
            (real, clock) -> Mutant.querying(real, "e#", query -> query.consistentRead(false))),

    /** The safe cut reads the outbox in pages of another size than the relay. */
    CUT_BEHIND_WHAT_IS_NOT_PROJECTED((real, clock) -> new Mutant(real) {
        @Override
        public QueryResponse query(QueryRequest request) {
            return Mutant.pk(request).startsWith("outbox#") && request.limit() != RELAY_PAGE
                    ? QueryResponse.builder().items(List.of()).build()
                    : super.query(request);
        }
    }),

    LIST_ENDS_WITH_ITS_FIRST_PAGE((real, clock) -> new Mutant(real) {
        @Override
        public QueryResponse query(QueryRequest request) {
            var answer = super.query(request);
            return request.tableName().equals(Machine.VIEWS)
                    ? answer.toBuilder().lastEvaluatedKey(null).build()
                    : answer;
        }
    }),

    PAGE_BEGINS_WITH_THE_LAST_ITEM_OF_THE_ONE_BEFORE((real, clock) -> new Mutant(real) {
        @Override
        public QueryResponse query(QueryRequest request) {
            return super.query(
                    request.hasExclusiveStartKey() && request.tableName().equals(Machine.VIEWS)
                            ? request.toBuilder().exclusiveStartKey(null).build()
                            : request);
        }
    }),

    OTHER_LEDGER_READ((real, clock) -> new Mutant(real) {
        @Override
        public QueryResponse query(QueryRequest request) {
            var values = new HashMap<>(request.expressionAttributeValues());
            values.replaceAll((name, value) -> AttributeValue.fromS(value.s().replace("#main-2#", "#main#")));
            return super.query(
                    request.toBuilder().expressionAttributeValues(values).build());
        }
    }),

    SEGMENT_NOT_READ((real, clock) -> new Mutant(real) {
        @Override
        public ScanResponse scan(ScanRequest request) {
            return request.segment() == 1 ? ScanResponse.builder().build() : super.scan(request);
        }
    }),

    /** The simulation wires it: what DynamoDB's answers say of the time is not heeded. */
    MACHINE_CLOCK_BELIEVED((real, clock) -> real),

    FAILED_MESSAGE_ACKNOWLEDGED(failed -> failed.stream().skip(1).toList()),

    WHOLE_BATCH_ACKNOWLEDGED(failed -> List.of()),

    LIMITS_NOT_READ((real, clock) -> new Mutant(real) {
        @Override
        public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
            var answer = super.batchGetItem(request);
            var found = new HashMap<>(answer.responses());
            found.replaceAll((table, items) -> items.stream()
                    .map(item -> {
                        var unlimited = new HashMap<>(item);
                        unlimited.remove(MINIMUM);
                        return (Map<String, AttributeValue>) unlimited;
                    })
                    .toList());
            return answer.toBuilder().responses(found).build();
        }
    });

    private static final int RELAY_PAGE = 100;

    private final BiFunction<DynamoDbClient, MachineClock, DynamoDbClient> make;
    private final UnaryOperator<List<String>> report;

    Mutation(BiFunction<DynamoDbClient, MachineClock, DynamoDbClient> make) {
        this.make = make;
        report = UnaryOperator.identity();
    }

    Mutation(UnaryOperator<List<String>> report) {
        make = (real, clock) -> real;
        this.report = report;
    }

    /** DynamoDB as a machine with this clock sees it through the mutation. */
    DynamoDbClient of(DynamoDbClient real, MachineClock clock) {
        return make.apply(real, clock);
    }

    /** The messages that the projector has called failed, as the queue's trigger hears it through the mutation. */
    List<String> of(List<String> failed) {
        return report.apply(failed);
    }

    private static Map<String, AttributeValue> key(Map<String, AttributeValue> item) {
        return Map.of(PK, item.get(PK), SK, item.get(SK));
    }
}
