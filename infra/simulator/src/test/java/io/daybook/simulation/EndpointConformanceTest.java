package io.daybook.simulation;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * DynamoDB and SQS at any other endpoint, which the SDK finds in the environment as it finds region and credentials. The
 * tests make a table and a queue there, and remove them.
 */
@EnabledIfEnvironmentVariable(
        named = "AWS_ENDPOINT_URL",
        matches = ".+",
        disabledReason = "it names no endpoint to run this against")
class EndpointConformanceTest extends AwsConformance {
    private static final String NAME = "daybook-conformance-" + UUID.randomUUID();

    private static DynamoDbClient dynamoDb;
    private static SqsClient sqs;
    private static String queueUrl;

    @BeforeAll
    static void create() {
        dynamoDb = DynamoDbClient.create();
        sqs = SqsClient.create();
        dynamoDb.createTable(create -> create.tableName(NAME)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(attribute("pk"), attribute("sk"))
                .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE)));
        dynamoDb.waiter().waitUntilTableExists(describe -> describe.tableName(NAME));
        queueUrl = sqs.createQueue(create -> create.queueName(NAME)
                        .attributes(Map.of(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, Integer.toString(256 * 1024))))
                .queueUrl();
    }

    @AfterAll
    static void remove() {
        if (dynamoDb != null) {
            dynamoDb.deleteTable(delete -> delete.tableName(NAME));
        }
        if (queueUrl != null) {
            sqs.deleteQueue(delete -> delete.queueUrl(queueUrl));
        }
    }

    private static AttributeDefinition attribute(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }

    @Override
    DynamoDbClient dynamoDb() {
        return dynamoDb;
    }

    @Override
    SqsClient sqs() {
        return sqs;
    }

    @Override
    String table() {
        return NAME;
    }

    @Override
    String queueUrl() {
        return queueUrl;
    }
}
