package io.daybook.simulation;

import io.daybook.local.LocalCloud;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** DynamoDB Local and ElasticMQ, as the local cloud runs them. Where they are not like AWS, a test is left out. */
class LocalConformanceTest extends AwsConformance {
    private static LocalCloud cloud;
    private static DynamoDbClient dynamoDb;
    private static SqsClient sqs;

    @BeforeAll
    static void start() {
        cloud = LocalCloud.start(LocalCloud.Options.of(Path.of("..", "..", "template.yaml"))
                .withoutTriggers()
                .withoutSchedules());
        dynamoDb = client(DynamoDbClient.builder(), cloud.dynamoDbEndpoint());
        sqs = client(SqsClient.builder(), cloud.sqsEndpoint());
    }

    @AfterAll
    static void close() {
        dynamoDb.close();
        sqs.close();
        cloud.close();
    }

    private static <B extends AwsClientBuilder<B, C>, C> C client(B builder, URI endpoint) {
        return builder.endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
                .build();
    }

    @Test
    @Override
    @Disabled("DynamoDB Local leaves the numbers in a list as they were written")
    void a_number_in_a_list_comes_back_in_its_shortest_form() {}

    @Test
    @Override
    @Disabled("ElasticMQ takes messages of any size")
    void a_message_has_at_most_256_KiB_its_attributes_included() {}

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
        return cloud.physicalId("Journal");
    }

    @Override
    String queueUrl() {
        return cloud.physicalId("Events");
    }
}
