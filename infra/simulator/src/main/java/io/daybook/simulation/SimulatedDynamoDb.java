package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import io.daybook.simulation.Table.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;

/**
 * DynamoDB in memory: the operations that Daybook uses, with the behaviour that AWS documents, where it is at its worst
 * a permitted one. Everything else throws.
 */
@SuppressWarnings("BadImport") // What a key is, is clear here.
final class SimulatedDynamoDb implements DynamoDbClient {
    /** Why a transaction is cancelled that no other try can save. */
    static final String HOPELESS = "ValidationError";

    private static final int MAX_READS = 100;
    private static final int MAX_BATCH_WRITES = 25;
    private static final int MAX_TRANSACTION_READS = 100;
    private static final int MAX_TRANSACTION_WRITES = 100;
    private static final int MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
    private static final int MAX_PAGE_BYTES = 1024 * 1024;
    private static final int LONGEST_SCAN = 300;
    private static final int LONGEST_APPLYING_MICROS = 20_000;
    static final int OLDEST_READ_MICROS = 1_500_000;

    private static final Network.Refusals REFUSALS = new Network.Refusals() {
        @Override
        public SdkException failed() {
            return InternalServerErrorException.builder()
                    .statusCode(500)
                    .awsErrorDetails(Network.details("InternalServerError"))
                    .message("simulated")
                    .build();
        }

        @Override
        public SdkException throttled() {
            return ProvisionedThroughputExceededException.builder()
                    .statusCode(400)
                    .awsErrorDetails(Network.details("ProvisionedThroughputExceededException"))
                    .message("simulated")
                    .build();
        }
    };

    private final Map<String, Table> tables = new TreeMap<>();
    private final Map<String, List<TransactWriteItem>> doneTokens = new HashMap<>();
    private final Set<String> tokensInProgress = new HashSet<>();
    private final Scheduler scheduler;
    private final Network network;
    private final Chance chance;
    private final Faults faults;
    private final History history;
    private final Consumer<Commit> watch;
    private final Capacity capacity;
    private int tokens;

    SimulatedDynamoDb(
            Scheduler scheduler,
            Network network,
            Chance chance,
            Faults faults,
            History history,
            Consumer<Commit> watch) {
        this(scheduler, network, chance, faults, history, watch, Capacity.unlimited());
    }

    SimulatedDynamoDb(
            Scheduler scheduler,
            Network network,
            Chance chance,
            Faults faults,
            History history,
            Consumer<Commit> watch,
            Capacity capacity) {
        this.scheduler = scheduler;
        this.network = network;
        this.chance = chance;
        this.faults = faults;
        this.history = history;
        this.watch = watch;
        this.capacity = capacity;
    }

    Table table(String name) {
        return tables.computeIfAbsent(name, none -> new Table());
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    @Override
    public GetItemResponse getItem(GetItemRequest request) {
        return network.call("GetItem", REFUSALS, () -> {
            ItemRules.checkKey(request.key());
            var item = read(table(request.tableName()), Key.of(request.key()), request.consistentRead());
            return item.isEmpty()
                    ? GetItemResponse.builder().build()
                    : GetItemResponse.builder().item(item.get()).build();
        });
    }

    @Override
    public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
        var keysAsked = request.requestItems().values().stream()
                .mapToInt(asked -> asked.keys().size())
                .sum();
        return network.call("BatchGetItem", keysAsked, REFUSALS, attempt -> {
            var found = new HashMap<String, List<Map<String, AttributeValue>>>();
            var left = new HashMap<String, KeysAndAttributes>();
            request.requestItems().forEach((name, asked) -> {
                ItemRules.check(!asked.keys().isEmpty() && asked.keys().size() <= MAX_READS, "1 to 100 keys");
                ItemRules.check(distinct(asked.keys()) == asked.keys().size(), "keys contain duplicates");
                var items = new ArrayList<Map<String, AttributeValue>>();
                var unprocessed = new ArrayList<Map<String, AttributeValue>>();
                for (var key : inOrder(asked.keys())) {
                    ItemRules.checkKey(key);
                    if (faults.strikes(Fault.PART_UNPROCESSED, Key.of(key))) {
                        unprocessed.add(key);
                    } else {
                        read(table(name), Key.of(key), asked.consistentRead()).ifPresent(items::add);
                    }
                }
                found.put(name, items);
                if (!unprocessed.isEmpty()) {
                    left.put(name, asked.toBuilder().keys(unprocessed).build());
                }
            });
            return BatchGetItemResponse.builder()
                    .responses(found)
                    .unprocessedKeys(left)
                    .build();
        });
    }

    @Override
    public QueryResponse query(QueryRequest request) {
        return scheduler.isForeign()
                ? queryAside(request)
                : network.call("Query", REFUSALS, () -> query(request, this::read));
    }

    /**
     * What threads ask for that the running task has started and waits for. The world stands still meanwhile, and what
     * goes wrong follows from what is asked, so that their order does not matter.
     */
    private QueryResponse queryAside(QueryRequest request) {
        var asked = request.expressionAttributeValues().get(":pk").s();
        var what = Long.hashCode(scheduler.now() * 31 + asked.hashCode());
        var own = new Chance(scheduler, what);
        if (faults.strikesAside(Fault.FAILED_BEFORE, own, what)) {
            throw REFUSALS.failed();
        }
        if (faults.strikesAside(Fault.TIMED_OUT_BEFORE, own, what)) {
            throw SdkClientException.create("no answer");
        }
        return query(
                request,
                (table, key, consistent) ->
                        Boolean.TRUE.equals(consistent) || !faults.strikesAside(Fault.READ_STALE, own, what)
                                ? table.get(key)
                                : table.get(key, scheduler.now() - own.below(OLDEST_READ_MICROS)));
    }

    /** How one item is read. */
    private interface Reading {
        Optional<Map<String, AttributeValue>> of(Table table, Key key, Boolean consistent);
    }

    private QueryResponse query(QueryRequest request, Reading reading) {
        var expressions = new Expressions(request.expressionAttributeNames(), request.expressionAttributeValues());
        var stretch = expressions.stretch(request.keyConditionExpression());
        expressions.end();
        var table = table(request.tableName());
        var partition = table.partition(stretch.pk());
        var backward = Boolean.FALSE.equals(request.scanIndexForward());
        var sortKeys = backward ? partition.descendingKeySet() : partition.keySet();
        var keys = sortKeys.stream().map(sk -> new Key(stretch.pk(), sk)).filter(stretch::has);
        if (request.hasExclusiveStartKey()) {
            var start = startKey(request.exclusiveStartKey());
            ItemRules.check(stretch.has(start), "the starting key is outside query boundaries");
            var direction = backward ? -1 : 1;
            keys = keys.filter(key -> direction * Table.compareByBytes(key.sk(), start.sk()) > 0);
        }
        var page = page(table, keys, request.limit(), request.consistentRead(), reading);
        var answer =
                QueryResponse.builder().items(page.items()).count(page.items().size());
        page.last().ifPresent(answer::lastEvaluatedKey);
        return answer.build();
    }

    @Override
    public ScanResponse scan(ScanRequest request) {
        return network.call("Scan", REFUSALS, () -> {
            var segments = request.totalSegments() == null ? 1 : request.totalSegments();
            var segment = request.segment() == null ? 0 : request.segment();
            ItemRules.check(
                    (request.segment() == null) == (request.totalSegments() == null) && segment < segments,
                    "no such segment");
            var table = table(request.tableName());
            var keys = table.keys().filter(key -> segment(key, segments) == segment);
            if (request.hasExclusiveStartKey()) {
                var start = startKey(request.exclusiveStartKey());
                ItemRules.check(segment(start, segments) == segment, "the starting key is of another segment");
                keys = keys.filter(key -> Table.ORDER.compare(key, start) > 0);
            }
            // A page may end anywhere before its limit.
            var end = chance.between(1, LONGEST_SCAN);
            var limit = request.limit() == null || request.limit() > end ? (Integer) end : request.limit();
            var page = page(table, keys, limit, request.consistentRead(), this::read);
            var answer = ScanResponse.builder()
                    .items(page.items())
                    .count(page.items().size());
            page.last().ifPresent(answer::lastEvaluatedKey);
            return answer.build();
        });
    }

    /** A partition is in one segment as a whole, and in which one is nobody's business. */
    private static int segment(Key key, int segments) {
        return Math.floorMod(key.pk().hashCode(), segments);
    }

    private static Key startKey(Map<String, AttributeValue> key) {
        ItemRules.checkKey(key);
        return Key.of(key);
    }

    /**
     * A page of a query or scan.
     *
     * @param last the key that it ends with, where there may be more behind it
     */
    private record Page(List<Map<String, AttributeValue>> items, Optional<Map<String, AttributeValue>> last) {}

    private static Page page(Table table, Stream<Key> keys, Integer limit, Boolean consistent, Reading reading) {
        ItemRules.check(limit == null || limit > 0, "a limit of 0");
        var items = new ArrayList<Map<String, AttributeValue>>();
        var bytes = 0;
        for (var key : (Iterable<Key>) keys::iterator) {
            var item = reading.of(table, key, consistent);
            if (item.isPresent()) {
                items.add(item.get());
                bytes += ItemRules.bytes(item.get());
                if ((limit != null && items.size() == limit) || bytes >= MAX_PAGE_BYTES) {
                    return new Page(items, Optional.of(key.attributes()));
                }
            }
        }
        return new Page(items, Optional.empty());
    }

    @Override
    public PutItemResponse putItem(PutItemRequest request) {
        return network.call("PutItem", REFUSALS, () -> {
            ItemRules.checkItem(request.item());
            var expressions = new Expressions(request.expressionAttributeNames(), request.expressionAttributeValues());
            single(
                    request.tableName(),
                    Key.of(request.item()),
                    request.conditionExpression(),
                    expressions,
                    Optional.of(request.item()));
            return PutItemResponse.builder().build();
        });
    }

    @Override
    public UpdateItemResponse updateItem(UpdateItemRequest request) {
        return network.call("UpdateItem", REFUSALS, () -> {
            ItemRules.checkKey(request.key());
            var expressions = new Expressions(request.expressionAttributeNames(), request.expressionAttributeValues());
            var key = Key.of(request.key());
            var updated = new HashMap<>(table(request.tableName()).get(key).orElse(request.key()));
            updated.putAll(expressions.set(request.updateExpression()));
            ItemRules.checkItem(updated);
            single(request.tableName(), key, request.conditionExpression(), expressions, Optional.of(updated));
            return UpdateItemResponse.builder().build();
        });
    }

    @Override
    public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
        return network.call("BatchWriteItem", REFUSALS, () -> {
            var left = new HashMap<String, List<WriteRequest>>();
            request.requestItems().forEach((name, asked) -> {
                ItemRules.check(!asked.isEmpty() && asked.size() <= MAX_BATCH_WRITES, "1 to 25 writes");
                var keys = asked.stream().map(SimulatedDynamoDb::keyOf).toList();
                ItemRules.check(distinct(keys) == keys.size(), "keys contain duplicates");
                for (int at = 0; at < keys.size(); at++) {
                    var write = asked.get(at);
                    if (write.putRequest() != null) {
                        ItemRules.checkItem(write.putRequest().item());
                    }
                    ItemRules.checkKey(keys.get(at));
                    var key = Key.of(keys.get(at));
                    if (table(name).isHeld(key) || faults.strikes(Fault.PART_UNPROCESSED, key)) {
                        left.computeIfAbsent(name, none -> new ArrayList<>()).add(write);
                    } else {
                        write(
                                name,
                                List.of(new Pair(
                                        key,
                                        Optional.ofNullable(write.putRequest()).map(PutRequest::item))));
                    }
                }
            });
            return BatchWriteItemResponse.builder().unprocessedItems(left).build();
        });
    }

    @Override
    public TransactGetItemsResponse transactGetItems(TransactGetItemsRequest request) {
        var gets = request.transactItems().stream().map(TransactGetItem::get).toList();
        return network.call("TransactGetItems", gets.size(), REFUSALS, attempt -> {
            ItemRules.check(!gets.isEmpty() && gets.size() <= MAX_TRANSACTION_READS, "1 to 100 reads");
            var keys = gets.stream().map(Get::key).toList();
            ItemRules.check(
                    distinct(keys) == keys.size(), "a transaction cannot include multiple operations on one item");
            keys.forEach(ItemRules::checkKey);
            var reasons = gets.stream()
                    .map(get -> table(get.tableName()).isHeld(Key.of(get.key())) ? "TransactionConflict" : "None")
                    .map(code -> CancellationReason.builder().code(code).build())
                    .toList();
            if (reasons.stream().anyMatch(reason -> !reason.code().equals("None"))) {
                throw cancelled(reasons);
            }
            return TransactGetItemsResponse.builder()
                    .responses(gets.stream()
                            .map(get -> table(get.tableName()).get(Key.of(get.key())))
                            .map(item -> ItemResponse.builder()
                                    .item(item.orElse(null))
                                    .build())
                            .toList())
                    .build();
        });
    }

    @Override
    public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
        // The SDK gives every call a token, and sends it with each of its attempts.
        var token = Optional.ofNullable(request.clientRequestToken()).orElseGet(() -> "token-" + tokens++);
        try {
            unless(!subjectIsHopeless(), "%s tries again what was refused for good", scheduler.subject());
            return network.call("TransactWriteItems", request.transactItems().size(), REFUSALS, attempt -> {
                transact(token, request, attempt);
                return TransactWriteItemsResponse.builder().build();
            });
        } catch (TransactionCanceledException e) {
            if (scheduler.subject() instanceof Call call) {
                call.hopeless = e.cancellationReasons().stream()
                        .anyMatch(reason -> reason.code().equals(HOPELESS));
            }
            throw e;
        }
    }

    private boolean subjectIsHopeless() {
        return scheduler.subject() instanceof Call call && call.hopeless;
    }

    /** What a part of a transaction comes to. */
    private record Part(String table, Key key, Optional<Map<String, AttributeValue>> item, TransactWriteItem asked) {
        /** Write units: in a transaction two for each KB, and for a delete as for 1 KB. */
        int units() {
            return item.map(put -> 2 * Math.ceilDiv(ItemRules.bytes(put), 1024)).orElse(2);
        }
    }

    private record Pair(Key key, Optional<Map<String, AttributeValue>> item) {}

    private void transact(String token, TransactWriteItemsRequest request, Pace.Attempt attempt) {
        if (doneTokens.containsKey(token)) {
            if (!doneTokens.get(token).equals(request.transactItems())) {
                throw IdempotentParameterMismatchException.builder()
                        .statusCode(400)
                        .awsErrorDetails(Network.details("IdempotentParameterMismatchException"))
                        .build();
            }
            return;
        }
        if (tokensInProgress.contains(token)) {
            throw TransactionInProgressException.builder()
                    .statusCode(400)
                    .awsErrorDetails(Network.details("TransactionInProgressException"))
                    .build();
        }
        var parts =
                request.transactItems().stream().map(SimulatedDynamoDb::part).toList();
        ItemRules.check(!parts.isEmpty() && parts.size() <= MAX_TRANSACTION_WRITES, "1 to 100 writes");
        ItemRules.check(
                parts.stream().map(part -> part.table() + part.key()).distinct().count() == parts.size(),
                "a transaction cannot include multiple operations on one item");
        ItemRules.check(
                parts.stream()
                                .flatMap(part -> part.item().stream())
                                .mapToInt(ItemRules::bytes)
                                .sum()
                        <= MAX_TRANSACTION_BYTES,
                "a transaction cannot write more than 4 MB");
        var name = parts.getFirst().table();
        var keys = parts.stream().map(Part::key).toList();
        var throttled = parts.stream()
                .filter(part -> !capacity.grants(part.key().pk(), part.units()))
                .map(Part::key)
                .collect(Collectors.toSet());
        refuse(parts, throttled, false);
        hold(token, name, keys, attempt.held());
        // Its own items are free again, so that what is found now are failed conditions.
        refuse(
                parts,
                Set.of(),
                faults.strikes(Fault.REFUSED_FOR_GOOD, parts.getLast().key()));
        var pairs =
                parts.stream().map(part -> new Pair(part.key(), part.item())).toList();
        if (faults.strikes(Fault.APPLIED_ONE_BY_ONE, parts.getLast().key())) {
            writeOneByOne(token, name, pairs);
        } else {
            write(name, pairs);
        }
        doneTokens.put(token, request.transactItems());
    }

    /** As long as this takes, every other transaction with one of these items is refused. */
    private void hold(String token, String name, List<Key> keys, long micros) {
        tokensInProgress.add(token);
        table(name).hold(keys);
        scheduler.pause(micros);
        table(name).release(keys);
        tokensInProgress.remove(token);
    }

    /**
     * What is decided can be read one item after the other: to a read of several items, or to several reads, a transaction
     * is not one moment. What has not been applied yet is still held.
     *
     * @see <a
     *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation">Isolation
     *     levels</a>
     */
    private void writeOneByOne(String token, String name, List<Pair> pairs) {
        var commit = new Commit(name, scheduler.subject(), writes(name, pairs));
        watch.accept(commit);
        var left = new ArrayList<>(pairs.stream()
                .sorted(Comparator.comparing(pair -> pair.key().toString()))
                .toList());
        while (!left.isEmpty()) {
            hold(token, name, left.stream().map(Pair::key).toList(), chance.below(LONGEST_APPLYING_MICROS));
            var next = chance.pick(left);
            left.remove(next);
            apply(name, next.key(), next.item());
        }
        commit.appliedAt().set(scheduler.now());
    }

    /** Cancels a transaction for all that stands against it, and for good where its last part cannot be written. */
    private void refuse(List<Part> parts, Set<Key> throttled, boolean forGood) {
        var reasons = new HashMap<Key, CancellationReason>();
        parts.stream()
                .sorted(Comparator.comparing(part -> part.key().toString()))
                .forEach(part -> {
                    var table = table(part.table());
                    var old = table.get(part.key());
                    var put = part.asked().put();
                    var code = "None";
                    if (table.isHeld(part.key())) {
                        code = "TransactionConflict";
                    } else if (throttled.contains(part.key())
                            || faults.strikes(Fault.WRITE_THROTTLED_IN_TRANSACTION, part.key())) {
                        code = "ThrottlingError";
                    } else if (put != null && put.conditionExpression() != null) {
                        var expressions =
                                new Expressions(put.expressionAttributeNames(), put.expressionAttributeValues());
                        var holds = expressions.holds(put.conditionExpression(), old);
                        expressions.end();
                        code = holds ? "None" : "ConditionalCheckFailed";
                    }
                    var reason = CancellationReason.builder().code(code);
                    if (code.equals("ConditionalCheckFailed")
                            && put.returnValuesOnConditionCheckFailure()
                                    == ReturnValuesOnConditionCheckFailure.ALL_OLD) {
                        old.ifPresent(reason::item);
                    }
                    reasons.put(part.key(), reason.build());
                });
        if (forGood) {
            reasons.put(
                    parts.getLast().key(),
                    CancellationReason.builder().code(HOPELESS).build());
        }
        var inOrder = parts.stream().map(part -> reasons.get(part.key())).toList();
        if (inOrder.stream().anyMatch(reason -> !reason.code().equals("None"))) {
            history.note(
                    "cancelled %s",
                    parts.stream()
                            .map(part ->
                                    part.key() + " " + reasons.get(part.key()).code())
                            .sorted()
                            .toList());
            throw cancelled(inOrder);
        }
    }

    private static TransactionCanceledException cancelled(List<CancellationReason> reasons) {
        return TransactionCanceledException.builder()
                .statusCode(400)
                .awsErrorDetails(Network.details("TransactionCanceledException"))
                .cancellationReasons(reasons)
                .build();
    }

    private static Part part(TransactWriteItem asked) {
        if (asked.put() != null) {
            ItemRules.checkItem(asked.put().item());
            return new Part(
                    asked.put().tableName(),
                    Key.of(asked.put().item()),
                    Optional.of(asked.put().item()),
                    asked);
        }
        ItemRules.checkKey(asked.delete().key());
        if (asked.delete().conditionExpression() != null) {
            throw new IllegalArgumentException("a delete with a condition is not simulated");
        }
        return new Part(asked.delete().tableName(), Key.of(asked.delete().key()), Optional.empty(), asked);
    }

    private void single(
            String name,
            Key key,
            String condition,
            Expressions expressions,
            Optional<Map<String, AttributeValue>> item) {
        if (table(name).isHeld(key)) {
            throw TransactionConflictException.builder()
                    .statusCode(400)
                    .awsErrorDetails(Network.details("TransactionConflictException"))
                    .build();
        }
        var holds =
                condition == null || expressions.holds(condition, table(name).get(key));
        expressions.end();
        if (!holds) {
            throw ConditionalCheckFailedException.builder()
                    .statusCode(400)
                    .awsErrorDetails(Network.details("ConditionalCheckFailedException"))
                    .build();
        }
        write(name, List.of(new Pair(key, item)));
    }

    private void write(String name, List<Pair> pairs) {
        var writes = writes(name, pairs);
        writes.forEach(write -> apply(name, write.key(), write.after()));
        var commit = new Commit(name, scheduler.subject(), writes);
        commit.appliedAt().set(scheduler.now());
        watch.accept(commit);
    }

    private List<Commit.Write> writes(String name, List<Pair> pairs) {
        return pairs.stream()
                .sorted(Comparator.comparing(pair -> pair.key().toString()))
                .map(pair -> new Commit.Write(pair.key(), table(name).get(pair.key()), pair.item()))
                .toList();
    }

    private void apply(String name, Key key, Optional<Map<String, AttributeValue>> after) {
        after.ifPresentOrElse(
                item -> table(name).put(item, scheduler.now()),
                () -> table(name).delete(key, scheduler.now()));
        history.note("%s %s", after.isPresent() ? "put" : "delete", key);
    }

    /** An eventually consistent read may see each item as it was a while ago. */
    private Optional<Map<String, AttributeValue>> read(Table table, Key key, Boolean consistent) {
        return Boolean.TRUE.equals(consistent) || !faults.strikes(Fault.READ_STALE, key)
                ? table.get(key)
                : table.get(key, scheduler.now() - chance.below(OLDEST_READ_MICROS));
    }

    private static Map<String, AttributeValue> keyOf(WriteRequest write) {
        return write.putRequest() != null
                ? write.putRequest().item()
                : write.deleteRequest().key();
    }

    private static long distinct(List<Map<String, AttributeValue>> keys) {
        return keys.stream().map(Key::of).distinct().count();
    }

    private static List<Map<String, AttributeValue>> inOrder(List<Map<String, AttributeValue>> keys) {
        return keys.stream()
                .sorted(Comparator.comparing(key -> Key.of(key).toString()))
                .toList();
    }
}
