package io.daybook.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.items.Item;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The same ledger as AWS's guides lead to it, each pattern by itself and at its cheapest: an idempotency record that is
 * put in progress and updated with the answer (Powertools), transaction, balances and outbox item in one
 * TransactWriteItems, an index on transactions by time, an outbox item that is deleted once it has been sent, and a
 * consumer that counts, with a record of what it has counted. It keeps its promises as Daybook does, the key's
 * expiry apart.
 *
 * @see <a href="https://docs.aws.amazon.com/powertools/java/latest/utilities/idempotency/">Idempotency</a>
 * @see <a
 *     href="https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox.html">
 *     Transactional outbox</a>
 */
final class Textbook {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String IDEMPOTENCY = "textbook-idempotency";
    private static final String LEDGER = "textbook-ledger";
    private static final String BALANCES = "textbook-balances";

    private final DynamoDbClient dynamoDb;
    private final SqsClient sqs;
    private final String queue;

    /** Makes its tables and its queue. */
    Textbook(DynamoDbClient dynamoDb, SqsClient sqs) {
        this.dynamoDb = dynamoDb;
        this.sqs = sqs;
        queue = sqs.createQueue(create -> create.queueName("textbook-events")).queueUrl();
        table(IDEMPOTENCY);
        table(BALANCES);
        dynamoDb.createTable(create -> create.tableName(LEDGER)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(text("pk"), text("sk"), text("ledger"), text("recordedAt"))
                .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE))
                .globalSecondaryIndexes(GlobalSecondaryIndex.builder()
                        .indexName("by-time")
                        .keySchema(key("ledger", KeyType.HASH), key("recordedAt", KeyType.RANGE))
                        .projection(projection -> projection.projectionType(ProjectionType.ALL))
                        .build()));
    }

    private void table(String name) {
        dynamoDb.createTable(create -> create.tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(text("pk"), text("sk"))
                .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE)));
    }

    void open(String account) {
        dynamoDb.putItem(put -> put.tableName(LEDGER)
                .item(Map.of(
                        "pk", s("ACCOUNT#main#" + account),
                        "sk", s("ACCOUNT"),
                        "account", s(account),
                        "asset", s("USD/2"),
                        "type", s("liability"),
                        "debits", n(0),
                        "credits", n(0),
                        "version", n(0))));
        dynamoDb.putItem(put -> put.tableName(BALANCES)
                .item(Map.of("pk", s("ACCOUNT#main#" + account), "sk", s("BALANCE"), "debits", n(0), "credits", n(0))));
    }

    /**
     * Posts one transfer of 1 and sends its event.
     *
     * @param answer what the caller gets, and with the same key again
     * @return the event
     */
    ObjectNode post(
            String key, String debit, String credit, String description, Map<String, String> metadata, String answer) {
        var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var record = Map.of("pk", s("PostTransaction.handleRequest#" + key), "sk", s("RECORD"));
        var inProgress = new HashMap<>(record);
        inProgress.put("status", s("INPROGRESS"));
        inProgress.put("expiration", n(now.plus(1, ChronoUnit.DAYS).getEpochSecond()));
        inProgress.put("in_progress_expiration", n(now.plusSeconds(30).toEpochMilli()));
        dynamoDb.putItem(put -> put.tableName(IDEMPOTENCY)
                .item(inProgress)
                .conditionExpression("attribute_not_exists(pk) OR expiration < :now")
                .expressionAttributeValues(Map.of(":now", n(now.getEpochSecond()))));

        // The answer names the balances after it, which an update in a transaction does not return.
        var heads = dynamoDb
                .batchGetItem(get -> get.requestItems(Map.of(
                        LEDGER,
                        KeysAndAttributes.builder()
                                .keys(List.of(account(debit), account(credit)))
                                .consistentRead(true)
                                .build())))
                .responses()
                .values()
                .stream()
                .flatMap(List::stream)
                .map(Item::new)
                .toList();
        var id = "tx_" + key;
        var event = JSON.createObjectNode()
                .put("id", id)
                .put("debit", debit)
                .put("credit", credit)
                .put("amount", "1")
                .put("description", description)
                .put("recordedAt", now.toString());
        heads.forEach(
                head -> event.withObjectProperty("versions").put(head.text("account"), head.number("version") + 1));
        var transaction = new HashMap<>(Map.of(
                "pk", s("TX#main#" + id),
                "sk", s("TX"),
                "ledger", s("main"),
                "recordedAt", s(now.toString()),
                "key", s(key),
                "status", s("posted"),
                "debit", s(debit),
                "credit", s(credit),
                "amount", n(1),
                "description", s(description)));
        transaction.put(
                "metadata",
                AttributeValue.fromM(metadata.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, pair -> s(pair.getValue())))));
        var outbox = Map.of("pk", s("OUTBOX#main"), "sk", s(now + "#" + id), "event", s(event.toString()));
        dynamoDb.transactWriteItems(write -> write.transactItems(
                put(transaction, "attribute_not_exists(pk)"),
                balance(heads, debit, "debits"),
                balance(heads, credit, "credits"),
                put(outbox, "attribute_not_exists(pk)")));

        sqs.sendMessage(send -> send.queueUrl(queue).messageBody(event.toString()));
        dynamoDb.deleteItem(
                delete -> delete.tableName(LEDGER).key(Map.of("pk", outbox.get("pk"), "sk", outbox.get("sk"))));

        var response = JSON.createObjectNode().put("statusCode", 201).put("body", answer);
        dynamoDb.updateItem(update -> update.tableName(IDEMPOTENCY)
                .key(record)
                .updateExpression("SET #status = :completed, #data = :data, expiration = :expiration")
                .expressionAttributeNames(Map.of("#status", "status", "#data", "data"))
                .expressionAttributeValues(Map.of(
                        ":completed", s("COMPLETED"),
                        ":data", s(response.toString()),
                        ":expiration", n(now.plus(1, ChronoUnit.DAYS).getEpochSecond()))));
        return event;
    }

    /** Counts an event into the read model, once. */
    void project(ObjectNode event) {
        var id = event.path("id").asText();
        // Whole items with keys of their own may be written again and need no transaction.
        dynamoDb.batchWriteItem(write ->
                write.requestItems(Map.of(BALANCES, List.of(entry(event, "debit"), entry(event, "credit")))));
        dynamoDb.transactWriteItems(write -> write.transactItems(
                TransactWriteItem.builder()
                        .put(put -> put.tableName(BALANCES)
                                .item(Map.of("pk", s("SEEN#" + id), "sk", s("SEEN"), "expiration", n(1)))
                                .conditionExpression("attribute_not_exists(pk)"))
                        .build(),
                counted(event, "debit", "debits"),
                counted(event, "credit", "credits")));
    }

    private static WriteRequest entry(ObjectNode event, String side) {
        var account = event.path(side).asText();
        return WriteRequest.builder()
                .putRequest(put -> put.item(Map.of(
                        "pk", s("ACCOUNT#main#" + account),
                        "sk",
                                s("ENTRY#" + event.path("recordedAt").asText() + "#"
                                        + event.path("id").asText()),
                        "transaction", s(event.path("id").asText()),
                        "side", s(side),
                        "amount", n(1),
                        "version", n(event.path("versions").path(account).asLong()),
                        "description", s(event.path("description").asText()))))
                .build();
    }

    private static TransactWriteItem counted(ObjectNode event, String side, String counter) {
        return TransactWriteItem.builder()
                .update(update -> update.tableName(BALANCES)
                        .key(Map.of("pk", s("ACCOUNT#main#" + event.path(side).asText()), "sk", s("BALANCE")))
                        .updateExpression("ADD " + counter + " :amount")
                        .expressionAttributeValues(Map.of(":amount", n(1))))
                .build();
    }

    private static TransactWriteItem balance(List<Item> heads, String account, String counter) {
        var version = heads.stream()
                .filter(head -> head.text("account").equals(account))
                .findFirst()
                .orElseThrow()
                .number("version");
        return TransactWriteItem.builder()
                .update(update -> update.tableName(LEDGER)
                        .key(account(account))
                        .updateExpression("ADD " + counter + " :amount, version :amount")
                        .conditionExpression("version = :version")
                        .expressionAttributeValues(Map.of(":amount", n(1), ":version", n(version))))
                .build();
    }

    private static TransactWriteItem put(Map<String, AttributeValue> item, String condition) {
        return TransactWriteItem.builder()
                .put(put -> put.tableName(LEDGER).item(item).conditionExpression(condition))
                .build();
    }

    private static Map<String, AttributeValue> account(String account) {
        return Map.of("pk", s("ACCOUNT#main#" + account), "sk", s("ACCOUNT"));
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }

    private static AttributeValue s(String text) {
        return AttributeValue.fromS(text);
    }

    private static AttributeValue n(long number) {
        return AttributeValue.fromN(Long.toString(number));
    }
}
