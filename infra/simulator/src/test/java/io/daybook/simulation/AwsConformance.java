package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.*;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SqsException;

/**
 * What Daybook relies on in DynamoDB and SQS, as AWS documents it. Each place that Daybook runs on has to pass it; the
 * simulator as well, since what it finds is worth as much as it is like them.
 *
 * <p>The table has the keys {@code pk} and {@code sk}, the queue takes 256 KiB. Others may be at work in the table, and
 * nobody else in the queue.
 */
abstract class AwsConformance {
    private static final int MAX_ITEM_BYTES = 400 * 1024;
    private static final int MAX_MESSAGE_BYTES = 256 * 1024;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** A partition of each test's own. */
    private final String pk = "test-" + UUID.randomUUID();

    abstract DynamoDbClient dynamoDb();

    abstract SqsClient sqs();

    abstract String table();

    abstract String queueUrl();

    // Items

    @Test
    void what_was_put_is_read_back_as_it_was() {
        var item = item(
                "0",
                Map.of(
                        "text", text("ü€😀"),
                        "empty", text(""),
                        "number", number("-12"),
                        "flag", AttributeValue.fromBool(true),
                        "list", AttributeValue.fromL(List.of(text("a"), AttributeValue.fromL(List.of(number("0"))))),
                        "map", AttributeValue.fromM(Map.of("a", text("b"))),
                        "nothing", AttributeValue.fromL(List.of())));
        put(item);
        assertThat(read("0")).contains(item);
    }

    @Test
    void an_item_that_is_not_there_is_no_error() {
        assertThat(read("0")).isEmpty();
        assertThat(readAll(List.of("0", "1"))).isEmpty();
    }

    @Test
    void a_put_replaces_the_whole_item() {
        put(item("0", Map.of("old", text("1"))));
        put(item("0", Map.of("new", text("2"))));
        assertThat(read("0")).contains(item("0", Map.of("new", text("2"))));
    }

    @Test
    void a_put_is_refused_where_its_condition_does_not_hold() {
        putNumbered(5);
        putNumbered(6);
        assertThatThrownBy(() -> putNumbered(6)).isInstanceOf(ConditionalCheckFailedException.class);
        assertThatThrownBy(() -> putNumbered(5)).isInstanceOf(ConditionalCheckFailedException.class);
        assertThat(read("0")).contains(item("0", Map.of("n", number("6"))));
    }

    private void putNumbered(int number) {
        dynamoDb()
                .putItem(put -> put.tableName(table())
                        .item(item("0", Map.of("n", number(number))))
                        .conditionExpression("attribute_not_exists(pk) OR #number < :number")
                        .expressionAttributeNames(Map.of("#number", "n"))
                        .expressionAttributeValues(Map.of(":number", number(number))));
    }

    @Test
    void a_number_is_compared_as_a_number() {
        putNumbered(9);
        putNumbered(10);
        assertThat(read("0")).contains(item("0", Map.of("n", number("10"))));
    }

    @Test
    void names_and_values_that_no_expression_uses_are_refused_and_so_are_those_that_it_lacks() {
        assertInvalid(() -> dynamoDb()
                .putItem(put -> put.tableName(table())
                        .item(item("0", Map.of()))
                        .conditionExpression("attribute_not_exists(pk)")
                        .expressionAttributeValues(Map.of(":unused", number(1)))));
        assertInvalid(() -> dynamoDb()
                .putItem(put -> put.tableName(table())
                        .item(item("0", Map.of()))
                        .conditionExpression("attribute_not_exists(pk)")
                        .expressionAttributeNames(Map.of("#unused", "n"))));
        assertInvalid(() -> dynamoDb()
                .putItem(put -> put.tableName(table())
                        .item(item("0", Map.of()))
                        .conditionExpression("attribute_not_exists(pk) OR n < :number")));
        assertInvalid(() -> dynamoDb()
                .putItem(put -> put.tableName(table())
                        .item(item("0", Map.of()))
                        .conditionExpression("attribute_not_exists(#number)")));
        assertThat(read("0")).isEmpty();
    }

    @Test
    void a_number_has_38_digits_between_its_zeros() {
        var most = "9".repeat(38);
        var item = item(
                "0", Map.of("most", number(most), "least", number("-" + most), "zeros", number("1" + "0".repeat(60))));
        put(item);
        assertThat(read("0")).contains(item);
    }

    @ParameterizedTest
    @CsvSource({"007, 7", "1.50, 1.5", "-0, 0", "1E3, 1000", "+1, 1", "0.0, 0"})
    void a_number_comes_back_in_its_shortest_form(String written, String read) {
        put(item("0", Map.of("n", number(written))));
        assertThat(read("0")).contains(item("0", Map.of("n", number(read))));
    }

    @Test
    void a_number_in_a_list_comes_back_in_its_shortest_form() {
        put(item("0", Map.of("list", AttributeValue.fromL(List.of(number("007"), number("1.50"))))));
        assertThat(read("0"))
                .contains(item("0", Map.of("list", AttributeValue.fromL(List.of(number("7"), number("1.5"))))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"123456789012345678901234567890123456789", "1E126", "1E-131", "one", ""})
    void what_is_no_number_of_38_digits_is_refused(String number) {
        assertInvalid(() -> put(item("0", Map.of("n", number(number)))));
        assertInvalid(() -> put(item("0", Map.of("list", AttributeValue.fromL(List.of(number(number)))))));
    }

    @Test
    void an_item_has_at_most_400_KB_its_names_included() {
        var largest = itemOfBytes("0", MAX_ITEM_BYTES);
        put(largest);
        assertThat(read("0")).contains(largest);
        assertInvalid(() -> put(itemOfBytes("1", MAX_ITEM_BYTES + 1)));
        assertInvalid(() -> write(putOf(itemOfBytes("2", MAX_ITEM_BYTES + 1))));
        assertThat(sortKeys(List.of("0", "1", "2"))).containsExactly("0");
    }

    @Test
    void a_key_is_never_empty() {
        assertInvalid(() -> put(item("", Map.of())));
        assertInvalid(() -> put(Map.of("pk", text(""), "sk", text("0"))));
        assertInvalid(() -> put(Map.of("pk", text(pk))));
        assertInvalid(() -> put(Map.of("pk", text(pk), "sk", number(1))));
        assertInvalid(() -> read(""));
        assertInvalid(() -> readAll(List.of("")));
        assertInvalid(() -> write(putOf(item("", Map.of()))));
        assertInvalid(() -> write(deleteOf("")));
        assertCancelled(() -> transact(transactPut(item("", Map.of()))));
        assertCancelled(() -> transact(transactDelete("")));
        assertInvalid(() -> query("pk = :pk AND sk > :sk", Map.of(":sk", text(""))));
        assertInvalid(() -> query("pk = :pk AND sk BETWEEN :a AND :b", Map.of(":a", text(""), ":b", text("1"))));
    }

    @Test
    void a_partition_key_has_at_most_2048_bytes_and_a_sort_key_1024() {
        put(item("s".repeat(1024), Map.of()));
        put(Map.of("pk", text(pk + "p".repeat(2048 - pk.length())), "sk", text("0")));
        assertInvalid(() -> put(item("s".repeat(1025), Map.of())));
        assertInvalid(() -> put(Map.of("pk", text(pk + "p".repeat(2049 - pk.length())), "sk", text("0"))));
    }

    @Test
    void an_update_sets_what_it_names_and_leaves_the_rest() {
        put(item("0", Map.of("a", number(1), "b", text("before"), "c", text("stays"))));
        update("0", "attribute_exists(pk)");
        assertThat(read("0")).contains(item("0", Map.of("a", number(2), "b", text("after"), "c", text("stays"))));
    }

    @Test
    void an_update_makes_an_item_unless_its_condition_forbids_it() {
        assertThatThrownBy(() -> update("0", "attribute_exists(pk)"))
                .isInstanceOf(ConditionalCheckFailedException.class);
        assertThat(read("0")).isEmpty();
        update("0", null);
        assertThat(read("0")).contains(item("0", Map.of("a", number(2), "b", text("after"))));
    }

    private void update(String sk, String condition) {
        dynamoDb()
                .updateItem(update -> update.tableName(table())
                        .key(key(sk))
                        .updateExpression("SET #a = :a, #b = :b")
                        .conditionExpression(condition)
                        .expressionAttributeNames(Map.of("#a", "a", "#b", "b"))
                        .expressionAttributeValues(Map.of(":a", number(2), ":b", text("after"))));
    }

    // Batches

    @Test
    void a_batch_puts_and_deletes() {
        put(item("0", Map.of()));
        var answer = write(putOf(item("1", Map.of("a", text("b")))), deleteOf("0"), deleteOf("not there"));
        assertThat(answer.unprocessedItems()).isEmpty();
        assertThat(read("0")).isEmpty();
        assertThat(read("1")).contains(item("1", Map.of("a", text("b"))));
    }

    @Test
    void a_batch_writes_25_items_and_not_26_or_none() {
        var writes = IntStream.range(0, 26)
                .mapToObj(at -> putOf(item(Integer.toString(at), Map.of())))
                .toArray(WriteRequest[]::new);
        assertInvalid(() -> write(writes));
        assertInvalid(this::write);
        write(List.of(writes).subList(0, 25).toArray(WriteRequest[]::new));
        assertThat(sortKeys(IntStream.range(0, 26).mapToObj(Integer::toString).toList()))
                .hasSize(25);
    }

    @Test
    void a_batch_writes_no_item_twice() {
        assertInvalid(() -> write(putOf(item("0", Map.of("a", text("1")))), putOf(item("0", Map.of("a", text("2"))))));
        assertInvalid(() -> write(putOf(item("0", Map.of())), deleteOf("0")));
        assertThat(read("0")).isEmpty();
    }

    @Test
    void a_batch_reads_100_items_and_not_101_or_none() {
        var keys = IntStream.range(0, 101).mapToObj(Integer::toString).toList();
        put(item("7", Map.of()));
        put(item("93", Map.of()));
        assertThat(sortKeys(keys.subList(0, 100))).containsExactlyInAnyOrder("7", "93");
        assertInvalid(() -> readAll(keys));
        assertInvalid(() -> readAll(List.of()));
    }

    @Test
    void a_batch_reads_no_item_twice() {
        assertInvalid(() -> readAll(List.of("0", "1", "0")));
    }

    // Transactions

    @Test
    void a_transaction_puts_and_deletes_all_its_items() {
        put(item("0", Map.of("r", number(1))));
        put(item("1", Map.of()));
        transact(
                conditionalPut(item("0", Map.of("r", number(2))), "r = :r", Map.of(":r", number(1))),
                transactDelete("1"),
                transactDelete("not there"),
                conditionalPut(item("2", Map.of()), "attribute_not_exists(pk)", Map.of()),
                transactPut(item("3", Map.of())));
        assertThat(read("0")).contains(item("0", Map.of("r", number(2))));
        assertThat(sortKeys(List.of("1", "2", "3"))).containsExactlyInAnyOrder("2", "3");
    }

    @Test
    void a_transaction_reads_what_is_there_in_the_order_asked() {
        put(item("1", Map.of("a", text("b"))));
        put(item("0", Map.of()));
        assertThat(transactGet("0", "2", "1"))
                .extracting(response -> response.hasItem() ? response.item() : null)
                .containsExactly(item("0", Map.of()), null, item("1", Map.of("a", text("b"))));
        assertInvalid(() -> transactGet("0", "0"));
        assertInvalid(() ->
                transactGet(IntStream.range(0, 101).mapToObj(Integer::toString).toArray(String[]::new)));
    }

    private List<ItemResponse> transactGet(String... sortKeys) {
        return dynamoDb()
                .transactGetItems(read -> read.transactItems(Stream.of(sortKeys)
                        .map(sk -> TransactGetItem.builder()
                                .get(get -> get.tableName(table()).key(Map.of("pk", text(pk), "sk", text(sk))))
                                .build())
                        .toList()))
                .responses();
    }

    @Test
    void a_failed_condition_cancels_the_transaction_and_each_part_has_its_reason_in_the_order_asked() {
        put(item("1", Map.of("r", number(7), "a", text("b"))));
        put(item("3", Map.of("c", text("d"))));
        assertThatThrownBy(() -> transact(
                        transactPut(item("9", Map.of())),
                        conditionalPut(item("3", Map.of()), "attribute_not_exists(pk)", Map.of()),
                        conditionalPut(item("2", Map.of()), "r = :r", Map.of(":r", number(1))),
                        transactDelete("5"),
                        conditionalPut(item("1", Map.of()), "r = :r", Map.of(":r", number(6)))))
                .isInstanceOfSatisfying(TransactionCanceledException.class, e -> {
                    assertThat(e.cancellationReasons())
                            .extracting(CancellationReason::code)
                            .containsExactly(
                                    "None",
                                    "ConditionalCheckFailed",
                                    "ConditionalCheckFailed",
                                    "None",
                                    "ConditionalCheckFailed");
                    assertThat(e.cancellationReasons())
                            .extracting(reason -> reason.hasItem() ? reason.item() : null)
                            .containsExactly(
                                    null,
                                    item("3", Map.of("c", text("d"))),
                                    null,
                                    null,
                                    item("1", Map.of("r", number(7), "a", text("b"))));
                });
        assertThat(sortKeys(List.of("9", "3", "2", "5", "1"))).containsExactlyInAnyOrder("1", "3");
    }

    @Test
    void a_failed_condition_brings_no_item_that_was_not_asked_for() {
        put(item("0", Map.of()));
        assertThatThrownBy(() -> transact(TransactWriteItem.builder()
                        .put(put -> put.tableName(table())
                                .item(item("0", Map.of()))
                                .conditionExpression("attribute_not_exists(pk)"))
                        .build()))
                .isInstanceOfSatisfying(
                        TransactionCanceledException.class,
                        e -> assertThat(e.cancellationReasons().getFirst().hasItem())
                                .isFalse());
    }

    @Test
    void a_transaction_writes_no_item_twice() {
        assertInvalid(() -> transact(transactPut(item("0", Map.of("a", text("1")))), transactPut(item("0", Map.of()))));
        assertInvalid(() -> transact(transactPut(item("0", Map.of())), transactDelete("0")));
        assertThat(read("0")).isEmpty();
    }

    @Test
    void a_transaction_writes_100_items_and_not_101() {
        var writes = IntStream.range(0, 101)
                .mapToObj(at -> transactPut(item(Integer.toString(at), Map.of())))
                .toArray(TransactWriteItem[]::new);
        assertInvalid(() -> transact(writes));
        transact(List.of(writes).subList(0, 100).toArray(TransactWriteItem[]::new));
        assertThat(query("pk = :pk", Map.of()).count()).isEqualTo(100);
    }

    @Test
    void a_transaction_writes_4_MB_and_not_more() {
        var most = IntStream.range(0, 10)
                .mapToObj(at -> transactPut(itemOfBytes(Integer.toString(at), MAX_ITEM_BYTES)))
                .toList();
        var more = new ArrayList<>(most);
        more.add(transactPut(itemOfBytes("10", 100 * 1024)));
        assertCancelled(() -> transact(more.toArray(TransactWriteItem[]::new)));
        assertThat(read("10")).isEmpty();
        transact(most.toArray(TransactWriteItem[]::new));
        assertThat(read("9")).isPresent();
    }

    @Test
    void no_part_of_a_transaction_has_more_than_400_KB() {
        assertCancelled(
                () -> transact(transactPut(item("0", Map.of())), transactPut(itemOfBytes("1", MAX_ITEM_BYTES + 1))));
        assertThat(read("0")).isEmpty();
    }

    @Test
    void a_transaction_sent_again_with_its_token_is_written_once() {
        var token = UUID.randomUUID().toString();
        var first = conditionalPut(item("0", Map.of()), "attribute_not_exists(pk)", Map.of());
        var other = conditionalPut(item("1", Map.of()), "attribute_not_exists(pk)", Map.of());
        dynamoDb()
                .transactWriteItems(request -> request.clientRequestToken(token).transactItems(first));
        dynamoDb()
                .transactWriteItems(request -> request.clientRequestToken(token).transactItems(first));
        assertThatThrownBy(() -> dynamoDb()
                        .transactWriteItems(
                                request -> request.clientRequestToken(token).transactItems(other)))
                .isInstanceOf(IdempotentParameterMismatchException.class);
        assertThatThrownBy(() -> transact(first)).isInstanceOf(TransactionCanceledException.class);
        assertThat(read("1")).isEmpty();
    }

    // Queries

    @Test
    void a_query_has_both_ends_of_between_and_not_the_end_of_greater_than() {
        putAll("a", "b", "c", "d");
        put(Map.of("pk", text(pk + "-other"), "sk", text("c")));
        assertThat(sortKeys(query("pk = :pk", Map.of()))).containsExactly("a", "b", "c", "d");
        assertThat(sortKeys(query("pk = :pk AND sk > :a", Map.of(":a", text("b")))))
                .containsExactly("c", "d");
        assertThat(sortKeys(query("pk = :pk AND sk BETWEEN :a AND :b", Map.of(":a", text("b"), ":b", text("c")))))
                .containsExactly("b", "c");
        assertThat(sortKeys(query("pk = :pk AND sk BETWEEN :a AND :b", Map.of(":a", text("bb"), ":b", text("bc")))))
                .isEmpty();
        assertInvalid(() -> query("pk = :pk AND sk BETWEEN :a AND :b", Map.of(":a", text("c"), ":b", text("b"))));
    }

    @Test
    void a_query_of_a_partition_that_is_not_there_finds_nothing() {
        var answer = query("pk = :pk", Map.of());
        assertThat(answer.items()).isEmpty();
        assertThat(answer.hasLastEvaluatedKey()).isFalse();
    }

    @Test
    void sort_keys_are_in_the_order_of_their_utf_8_bytes() {
        putAll("A", "a", "ab", "é", "～", "😀");
        assertThat(sortKeys(query("pk = :pk", Map.of()))).containsExactly("A", "a", "ab", "é", "～", "😀");
        assertThat(sortKeys(query("pk = :pk AND sk > :a", Map.of(":a", text("～")))))
                .containsExactly("😀");
        assertThat(sortKeys(query("pk = :pk AND sk BETWEEN :a AND :b", Map.of(":a", text("é"), ":b", text("～")))))
                .containsExactly("é", "～");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6})
    void the_pages_of_a_query_have_each_item_once_in_either_direction(int limit) {
        putAll("0", "1", "2", "3", "4", "5", "6");
        var request = QueryRequest.builder()
                .tableName(table())
                .consistentRead(true)
                .keyConditionExpression("pk = :pk AND sk BETWEEN :a AND :b")
                .expressionAttributeValues(Map.of(":pk", text(pk), ":a", text("1"), ":b", text("5")))
                .limit(limit)
                .build();
        assertThat(pages(request, limit)).containsExactly("1", "2", "3", "4", "5");
        assertThat(pages(request.toBuilder().scanIndexForward(false).build(), limit))
                .containsExactly("5", "4", "3", "2", "1");
        assertInvalid(() -> dynamoDb().query(request.toBuilder().limit(0).build()));
    }

    private List<String> pages(QueryRequest request, int limit) {
        var found = new ArrayList<String>();
        var answer = dynamoDb().query(request);
        found.addAll(sortKeys(answer));
        while (answer.hasLastEvaluatedKey()) {
            assertThat(answer.items()).hasSize(limit);
            assertThat(answer.lastEvaluatedKey()).isEqualTo(key(found.getLast()));
            var after = answer.lastEvaluatedKey();
            answer = dynamoDb()
                    .query(request.toBuilder().exclusiveStartKey(after).build());
            found.addAll(sortKeys(answer));
        }
        return found;
    }

    @Test
    void a_query_starts_behind_a_key_that_need_not_be_there() {
        putAll("1", "3", "5");
        var request = QueryRequest.builder()
                .tableName(table())
                .consistentRead(true)
                .keyConditionExpression("pk = :pk AND sk BETWEEN :a AND :b")
                .expressionAttributeValues(Map.of(":pk", text(pk), ":a", text("1"), ":b", text("5")))
                .build();
        assertThat(sortKeys(dynamoDb()
                        .query(request.toBuilder().exclusiveStartKey(key("2")).build())))
                .containsExactly("3", "5");
        assertThat(sortKeys(dynamoDb()
                        .query(request.toBuilder()
                                .exclusiveStartKey(key("4"))
                                .scanIndexForward(false)
                                .build())))
                .containsExactly("3", "1");
    }

    @Test
    void a_query_starts_nowhere_outside_its_condition() {
        putAll("1", "3", "5");
        var request = QueryRequest.builder()
                .tableName(table())
                .keyConditionExpression("pk = :pk AND sk BETWEEN :a AND :b")
                .expressionAttributeValues(Map.of(":pk", text(pk), ":a", text("1"), ":b", text("4")))
                .build();
        assertInvalid(() ->
                dynamoDb().query(request.toBuilder().exclusiveStartKey(key("5")).build()));
        assertInvalid(() -> dynamoDb()
                .query(request.toBuilder()
                        .exclusiveStartKey(Map.of("pk", text(pk + "-other"), "sk", text("2")))
                        .build()));
        assertInvalid(() ->
                dynamoDb().query(request.toBuilder().exclusiveStartKey(key("")).build()));
        assertInvalid(() -> dynamoDb()
                .query(request.toBuilder()
                        .exclusiveStartKey(Map.of("pk", text(pk)))
                        .build()));
    }

    @Test
    void a_page_of_a_query_has_at_most_1_MB() {
        for (int at = 0; at < 5; at++) {
            put(itemOfBytes(Integer.toString(at), 300 * 1024));
        }
        var first = query("pk = :pk", Map.of());
        assertThat(first.items().size()).isBetween(3, 4);
        assertThat(first.lastEvaluatedKey()).isEqualTo(key(sortKeys(first).getLast()));
        var second = dynamoDb()
                .query(query -> query.tableName(table())
                        .consistentRead(true)
                        .keyConditionExpression("pk = :pk")
                        .expressionAttributeValues(Map.of(":pk", text(pk)))
                        .exclusiveStartKey(first.lastEvaluatedKey()));
        assertThat(first.items().size() + second.items().size()).isEqualTo(5);
        assertThat(second.hasLastEvaluatedKey()).isFalse();
    }

    // Scans

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void the_segments_of_a_scan_have_each_item_once(int segments) {
        var keys = new ArrayList<String>();
        for (int at = 0; at < 30; at++) {
            var partition = pk + "-" + at % 10;
            var sort = Integer.toString(at);
            put(Map.of("pk", text(partition), "sk", text(sort)));
            keys.add(partition + "/" + sort);
        }
        var found = new ArrayList<String>();
        for (int segment = 0; segment < segments; segment++) {
            var request = ScanRequest.builder()
                    .tableName(table())
                    .consistentRead(true)
                    .segment(segment)
                    .totalSegments(segments)
                    .limit(7)
                    .build();
            Map<String, AttributeValue> after = null;
            do {
                var answer = dynamoDb()
                        .scan(request.toBuilder().exclusiveStartKey(after).build());
                assertThat(answer.items().size()).isLessThanOrEqualTo(7);
                answer.items().stream()
                        .map(item -> item.get("pk").s() + "/" + item.get("sk").s())
                        .filter(name -> name.startsWith(pk))
                        .forEach(found::add);
                after = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : null;
            } while (after != null);
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void a_scan_needs_a_segment_that_there_is() {
        assertInvalid(
                () -> dynamoDb().scan(scan -> scan.tableName(table()).segment(2).totalSegments(2)));
        assertInvalid(() -> dynamoDb().scan(scan -> scan.tableName(table()).segment(0)));
        assertInvalid(() -> dynamoDb().scan(scan -> scan.tableName(table()).totalSegments(2)));
        assertInvalid(() -> dynamoDb().scan(scan -> scan.tableName(table()).limit(0)));
    }

    // Messages

    @Test
    void a_message_is_received_with_its_attributes_and_once_deleted_never_again() {
        send("ü€😀 \\u0000");
        var message = receive(1).orElseThrow();
        assertThat(message.body()).isEqualTo("ü€😀 \\u0000");
        assertThat(message.messageAttributes()).containsOnlyKeys("correlationId");
        assertThat(message.messageAttributes().get("correlationId").stringValue())
                .isEqualTo("c-1");
        delete(message);
        assertThat(receiveAtOnce()).isEmpty();
    }

    @Test
    void a_received_message_is_hidden_for_its_time_and_then_comes_again() {
        send("again");
        var first = receive(2).orElseThrow();
        assertThat(receiveAtOnce()).isEmpty();
        var second = receive(1).orElseThrow();
        assertThat(second.messageId()).isEqualTo(first.messageId());
        assertThat(second.body()).isEqualTo("again");
        delete(receive(1).orElseThrow());
    }

    @Test
    void a_message_given_back_comes_at_once() {
        send("given back");
        var first = receive(600).orElseThrow();
        sqs().changeMessageVisibility(change ->
                change.queueUrl(queueUrl()).receiptHandle(first.receiptHandle()).visibilityTimeout(0));
        delete(receive(600).orElseThrow());
    }

    @Test
    void a_message_has_at_most_256_KiB_its_attributes_included() {
        var attributes = "correlationId".length() + "String".length() + "c-1".length();
        var largest = "x".repeat(MAX_MESSAGE_BYTES - attributes);
        send(largest);
        var message = receive(600).orElseThrow();
        assertThat(message.body()).isEqualTo(largest);
        delete(message);
        assertNotSent(largest + "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0000", "\u001f", "\ufffe", "\uffff"})
    void a_message_is_not_empty_and_has_only_characters_of_xml(String body) {
        assertNotSent(body);
    }

    private void assertNotSent(String body) {
        assertThatThrownBy(() -> send(body))
                .isInstanceOfSatisfying(
                        SqsException.class, e -> assertThat(e.statusCode()).isEqualTo(400));
    }

    private void send(String body) {
        sqs().sendMessage(send -> send.queueUrl(queueUrl())
                .messageBody(body)
                .messageAttributes(Map.of(
                        "correlationId",
                        MessageAttributeValue.builder()
                                .dataType("String")
                                .stringValue("c-1")
                                .build())));
    }

    /** The next message, which is then hidden for so many seconds. */
    private Optional<Message> receive(int hiddenSeconds) {
        return receive(hiddenSeconds, (int) LONGEST_WAIT.toSeconds());
    }

    private Optional<Message> receiveAtOnce() {
        return receive(1, 0);
    }

    private Optional<Message> receive(int hiddenSeconds, int waitSeconds) {
        return sqs()
                .receiveMessage(receive -> receive.queueUrl(queueUrl())
                        .messageAttributeNames("All")
                        .visibilityTimeout(hiddenSeconds)
                        .waitTimeSeconds(waitSeconds))
                .messages()
                .stream()
                .findFirst();
    }

    private void delete(Message message) {
        sqs().deleteMessage(delete -> delete.queueUrl(queueUrl()).receiptHandle(message.receiptHandle()));
    }

    // What all tests say

    static void assertInvalid(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AwsServiceException.class,
                        e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationException"));
    }

    /** Refused as a whole, or for one of its parts: AWS documents that it is, and not which of the two. */
    static void assertCancelled(ThrowingCallable transaction) {
        assertThatThrownBy(transaction).isInstanceOfSatisfying(DynamoDbException.class, e -> {
            if (e instanceof TransactionCanceledException cancelled) {
                assertThat(cancelled.cancellationReasons())
                        .extracting(CancellationReason::code)
                        .contains("ValidationError");
            } else {
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationException");
            }
        });
    }

    static AttributeValue text(String text) {
        return AttributeValue.fromS(text);
    }

    static AttributeValue number(String number) {
        return AttributeValue.fromN(number);
    }

    static AttributeValue number(int number) {
        return AttributeValue.fromN(Integer.toString(number));
    }

    Map<String, AttributeValue> key(String sk) {
        return Map.of("pk", text(pk), "sk", text(sk));
    }

    private Map<String, AttributeValue> item(String sk, Map<String, AttributeValue> attributes) {
        var item = new HashMap<>(attributes);
        item.putAll(key(sk));
        return item;
    }

    /** An item that counts so many bytes: the length of all its names and values. */
    private Map<String, AttributeValue> itemOfBytes(String sk, int bytes) {
        var keys = "pk".length() + pk.length() + "sk".length() + sk.length();
        return item(sk, Map.of("text", text("x".repeat(bytes - keys - "text".length()))));
    }

    private void put(Map<String, AttributeValue> item) {
        dynamoDb().putItem(put -> put.tableName(table()).item(item));
    }

    private void putAll(String... sortKeys) {
        for (var sk : sortKeys) {
            put(item(sk, Map.of()));
        }
    }

    private Optional<Map<String, AttributeValue>> read(String sk) {
        var answer =
                dynamoDb().getItem(get -> get.tableName(table()).key(key(sk)).consistentRead(true));
        return answer.hasItem() ? Optional.of(answer.item()) : Optional.empty();
    }

    private List<Map<String, AttributeValue>> readAll(List<String> sortKeys) {
        var asked = KeysAndAttributes.builder()
                .keys(sortKeys.stream().map(this::key).toList())
                .consistentRead(true)
                .build();
        var answer = dynamoDb().batchGetItem(get -> get.requestItems(Map.of(table(), asked)));
        assertThat(answer.unprocessedKeys()).isEmpty();
        return answer.responses().getOrDefault(table(), List.of());
    }

    private List<String> sortKeys(List<String> asked) {
        return readAll(asked).stream().map(item -> item.get("sk").s()).toList();
    }

    private static List<String> sortKeys(QueryResponse answer) {
        return answer.items().stream().map(item -> item.get("sk").s()).toList();
    }

    private QueryResponse query(String condition, Map<String, AttributeValue> values) {
        var all = new HashMap<>(values);
        all.put(":pk", text(pk));
        return dynamoDb()
                .query(query -> query.tableName(table())
                        .consistentRead(true)
                        .keyConditionExpression(condition)
                        .expressionAttributeValues(all));
    }

    private BatchWriteItemResponse write(WriteRequest... writes) {
        return dynamoDb().batchWriteItem(write -> write.requestItems(Map.of(table(), List.of(writes))));
    }

    private static WriteRequest putOf(Map<String, AttributeValue> item) {
        return WriteRequest.builder().putRequest(put -> put.item(item)).build();
    }

    private WriteRequest deleteOf(String sk) {
        return WriteRequest.builder()
                .deleteRequest(delete -> delete.key(key(sk)))
                .build();
    }

    private void transact(TransactWriteItem... parts) {
        dynamoDb().transactWriteItems(request -> request.transactItems(parts));
    }

    private TransactWriteItem transactPut(Map<String, AttributeValue> item) {
        return TransactWriteItem.builder()
                .put(put -> put.tableName(table()).item(item))
                .build();
    }

    private TransactWriteItem transactDelete(String sk) {
        return TransactWriteItem.builder()
                .delete(delete -> delete.tableName(table()).key(key(sk)))
                .build();
    }

    private TransactWriteItem conditionalPut(
            Map<String, AttributeValue> item, String condition, Map<String, AttributeValue> values) {
        return TransactWriteItem.builder()
                .put(put -> put.tableName(table())
                        .item(item)
                        .conditionExpression(condition)
                        .expressionAttributeValues(values.isEmpty() ? null : values)
                        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD))
                .build();
    }
}
