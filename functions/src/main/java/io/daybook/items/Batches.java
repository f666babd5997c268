package io.daybook.items;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DeleteRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** DynamoDB's batch calls, whole: in pages of what one call takes, and again for what it leaves unprocessed. */
public final class Batches {
    /** DynamoDB's limit of keys in one BatchGetItem. */
    private static final int MAX_READS = 100;

    /** DynamoDB's limit of writes in one BatchWriteItem. */
    private static final int MAX_WRITES = 25;

    /** How often what DynamoDB leaves unprocessed is asked for, where somebody waits: for a third of a second. */
    private static final int MAX_ROUNDS = 6;

    /** The same where nobody does: for a quarter of a minute or more, until a key that is written much takes more again. */
    private static final int PATIENT_ROUNDS = 60;

    private Batches() {}

    /**
     * The items with these keys that exist, read strongly consistent, in no order.
     *
     * @throws SdkClientException where DynamoDB leaves keys unprocessed again and again
     */
    public static List<Item> get(DynamoDbClient dynamoDb, String table, List<Item> keys) {
        return read(dynamoDb, table, keys, false);
    }

    /**
     * As {@link #get}, where nobody waits for it: what DynamoDB has no capacity for, in part or at all, is read when it has
     * some.
     *
     * @throws SdkClientException where it has none for long
     */
    public static List<Item> getPatiently(DynamoDbClient dynamoDb, String table, List<Item> keys) {
        return read(dynamoDb, table, keys, true);
    }

    private static List<Item> read(DynamoDbClient dynamoDb, String table, List<Item> keys, boolean patiently) {
        var found = new ArrayList<Item>();
        for (int from = 0; from < keys.size(); from += MAX_READS) {
            var page = keys.subList(from, Math.min(keys.size(), from + MAX_READS));
            var left = Map.of(
                    table,
                    KeysAndAttributes.builder()
                            .keys(page.stream().map(Item::attributes).toList())
                            .consistentRead(true)
                            .build());
            for (int round = 0; !left.isEmpty(); round++) {
                await(round, patiently);
                var asked = left;
                try {
                    var answer = dynamoDb.batchGetItem(request -> request.requestItems(asked));
                    answer.responses().getOrDefault(table, List.of()).forEach(item -> found.add(new Item(item)));
                    left = answer.unprocessedKeys();
                } catch (SdkException e) {
                    throwUnlessAwaited(e, patiently);
                }
            }
        }
        return found;
    }

    /**
     * Puts these items, each key once.
     *
     * @throws SdkClientException where DynamoDB leaves writes unprocessed again and again
     */
    public static void put(DynamoDbClient dynamoDb, String table, List<Item> items) {
        write(dynamoDb, table, puts(items), false);
    }

    /**
     * As {@link #put}, where nobody waits for it: what DynamoDB has no capacity for, in part or at all, is written when it
     * has some.
     *
     * @throws SdkClientException where it has none for long
     */
    public static void putPatiently(DynamoDbClient dynamoDb, String table, List<Item> items) {
        write(dynamoDb, table, puts(items), true);
    }

    private static List<WriteRequest> puts(List<Item> items) {
        return items.stream()
                .map(item -> WriteRequest.builder()
                        .putRequest(PutRequest.builder().item(item.attributes()).build())
                        .build())
                .toList();
    }

    /**
     * Deletes the items with these keys, each key once.
     *
     * @throws SdkClientException where DynamoDB leaves writes unprocessed again and again
     */
    public static void delete(DynamoDbClient dynamoDb, String table, List<Item> keys) {
        write(
                dynamoDb,
                table,
                keys.stream()
                        .map(key -> WriteRequest.builder()
                                .deleteRequest(DeleteRequest.builder()
                                        .key(key.attributes())
                                        .build())
                                .build())
                        .toList(),
                false);
    }

    private static void write(DynamoDbClient dynamoDb, String table, List<WriteRequest> writes, boolean patiently) {
        for (int from = 0; from < writes.size(); from += MAX_WRITES) {
            var left = Map.of(table, writes.subList(from, Math.min(writes.size(), from + MAX_WRITES)));
            for (int round = 0; !left.isEmpty(); round++) {
                await(round, patiently);
                var asked = left;
                try {
                    left = dynamoDb.batchWriteItem(request -> request.requestItems(asked))
                            .unprocessedItems();
                } catch (SdkException e) {
                    throwUnlessAwaited(e, patiently);
                }
            }
        }
    }

    /** That DynamoDB had no capacity for any of it can be waited for; the SDK's own tries may have gone on until its time-out. */
    private static void throwUnlessAwaited(SdkException e, boolean patiently) {
        var throttled = e instanceof ApiCallTimeoutException
                || (e instanceof SdkServiceException refusal && refusal.isThrottlingException());
        if (!patiently || !throttled) {
            throw e;
        }
    }

    private static void await(int round, boolean patiently) {
        if (round == (patiently ? PATIENT_ROUNDS : MAX_ROUNDS)) {
            throw SdkClientException.create("DynamoDB left a part unprocessed " + round + " times");
        }
        Backoff.pause(round);
    }
}
