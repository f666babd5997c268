package io.daybook.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** Makes the template's tables; those of an earlier start stay as they are. */
final class Tables {

    private Tables() {}

    static void create(Stack stack, DynamoDbClient dynamoDb) {
        tables(stack).forEach(table -> create(stack.name(table), stack.properties(table), dynamoDb));
    }

    /** What removes each of them again. */
    static List<AutoCloseable> removals(Stack stack, DynamoDbClient dynamoDb) {
        return tables(stack)
                .map(stack::name)
                .<AutoCloseable>map(name -> () -> dynamoDb.deleteTable(delete -> delete.tableName(name)))
                .toList();
    }

    private static Stream<Template.Resource> tables(Stack stack) {
        return Stream.of(Stack.TABLE, Stack.GLOBAL_TABLE).flatMap(type -> stack.resources(type).stream());
    }

    private static void create(String name, Section properties, DynamoDbClient dynamoDb) {
        var request = request(name, properties);
        try {
            var existing =
                    dynamoDb.describeTable(describe -> describe.tableName(name)).table();
            if (!existing.keySchema().equals(request.keySchema())
                    || !indexNames(existing).equals(indexNames(request))) {
                throw properties.error(
                        "the table %s was made with other keys or indexes; start with another data folder"
                                .formatted(name));
            }
        } catch (ResourceNotFoundException e) {
            make(request, properties, dynamoDb);
        }
    }

    private static void make(CreateTableRequest request, Section properties, DynamoDbClient dynamoDb) {
        try {
            dynamoDb.createTable(request);
            dynamoDb.waiter().waitUntilTableExists(describe -> describe.tableName(request.tableName()));
        } catch (DynamoDbException e) {
            throw properties.error(
                    "the table can't be made: " + e.awsErrorDetails().errorMessage());
        }
    }

    private static CreateTableRequest request(String name, Section properties) {
        if (!properties.list("LocalSecondaryIndexes").isEmpty()) {
            throw properties.error("the local cloud does not make LocalSecondaryIndexes");
        }
        var indexes = properties.list("GlobalSecondaryIndexes").stream()
                .map(Tables::index)
                .toList();
        return CreateTableRequest.builder()
                .tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(properties.list("AttributeDefinitions").stream()
                        .map(attribute -> AttributeDefinition.builder()
                                .attributeName(attribute.path("AttributeName").asText())
                                .attributeType(attribute.path("AttributeType").asText())
                                .build())
                        .toList())
                .keySchema(keySchema(properties.list("KeySchema")))
                .globalSecondaryIndexes(indexes.isEmpty() ? null : indexes)
                .build();
    }

    private static GlobalSecondaryIndex index(JsonNode index) {
        var projection = Projection.builder()
                .projectionType(index.path("Projection").path("ProjectionType").asText("ALL"));
        var attributes = texts(index.path("Projection").path("NonKeyAttributes"));
        if (!attributes.isEmpty()) {
            projection.nonKeyAttributes(attributes);
        }
        return GlobalSecondaryIndex.builder()
                .indexName(index.path("IndexName").asText())
                .keySchema(keySchema(index.path("KeySchema").valueStream().toList()))
                .projection(projection.build())
                .build();
    }

    private static List<KeySchemaElement> keySchema(List<JsonNode> keys) {
        return keys.stream()
                .map(key -> KeySchemaElement.builder()
                        .attributeName(key.path("AttributeName").asText())
                        .keyType(key.path("KeyType").asText())
                        .build())
                .toList();
    }

    private static List<String> indexNames(TableDescription table) {
        return table.globalSecondaryIndexes().stream()
                .map(index -> index.indexName())
                .sorted()
                .toList();
    }

    private static List<String> indexNames(CreateTableRequest table) {
        return table.globalSecondaryIndexes().stream()
                .map(GlobalSecondaryIndex::indexName)
                .sorted()
                .toList();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }
}
