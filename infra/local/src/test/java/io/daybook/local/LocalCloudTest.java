package io.daybook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.runtime.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class LocalCloudTest {

    @TempDir
    Path folder;

    @Test
    void tables_and_queued_messages_outlive_a_restart_and_a_queue_takes_the_template_s_new_attributes()
            throws IOException {
        var data = folder.resolve("data");
        try (var cloud = LocalCloud.start(options(CloudYaml.path()).data(data))) {
            var deployment = Deployment.of(cloud.environment("Worker"));
            deployment
                    .dynamoDb()
                    .putItem(put -> put.tableName(cloud.physicalId("Items"))
                            .item(Map.of("pk", AttributeValue.fromS("p"), "sk", AttributeValue.fromS("s"))));
            deployment
                    .sqs()
                    .sendMessage(send -> send.queueUrl(cloud.physicalId("Work")).messageBody("kept"));
            assertThatThrownBy(() -> LocalCloud.start(options(CloudYaml.path()).data(data)))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("in use by another local cloud");
        }
        var changed = Files.writeString(
                folder.resolve("changed.yaml"),
                Files.readString(CloudYaml.path()).replace("VisibilityTimeout: 1", "VisibilityTimeout: 77"));
        try (var cloud = LocalCloud.start(options(changed).data(data))) {
            var deployment = Deployment.of(cloud.environment("Worker"));
            var work = cloud.physicalId("Work");
            assertThat(deployment
                            .dynamoDb()
                            .scan(scan -> scan.tableName(cloud.physicalId("Items")))
                            .count())
                    .isEqualTo(1);
            assertThat(deployment
                            .sqs()
                            .getQueueAttributes(
                                    get -> get.queueUrl(work).attributeNames(QueueAttributeName.VISIBILITY_TIMEOUT))
                            .attributesAsStrings())
                    .containsEntry("VisibilityTimeout", "77");
            assertThat(deployment
                            .sqs()
                            .receiveMessage(receive -> receive.queueUrl(work))
                            .messages())
                    .singleElement()
                    .satisfies(message -> assertThat(message.body()).isEqualTo("kept"));
        }
    }

    @Test
    void queues_that_can_not_be_restored_are_set_aside() throws IOException {
        var data = folder.resolve("data");
        try (var cloud = LocalCloud.start(options(CloudYaml.path()).data(data))) {
            assertThat(cloud.physicalId("Work")).isNotEmpty();
        }
        Files.writeString(data.resolve("queues/queues.mv.db"), "torn");
        try (var cloud = LocalCloud.start(options(CloudYaml.path()).data(data))) {
            var deployment = Deployment.of(cloud.environment("Worker"));
            deployment
                    .sqs()
                    .sendMessage(send -> send.queueUrl(cloud.physicalId("Work")).messageBody("works"));
        }
        try (var files = Files.list(data)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("queues.unreadable-"));
        }
    }

    @Test
    void a_table_made_with_other_keys_is_refused() throws IOException {
        var data = folder.resolve("data");
        LocalCloud.start(options(CloudYaml.path()).data(data)).close();
        var changed = Files.writeString(
                folder.resolve("changed.yaml"),
                Files.readString(CloudYaml.path()).replace("AttributeName: sk", "AttributeName: other"));
        assertThatThrownBy(() -> LocalCloud.start(options(changed).data(data)))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("the table daybook-Items was made with other keys");
    }

    @Test
    void two_clouds_in_memory_know_nothing_of_each_other() {
        try (var one = LocalCloud.start(options(CloudYaml.path()));
                var two = LocalCloud.start(options(CloudYaml.path()))) {
            Deployment.of(one.environment("Worker"))
                    .dynamoDb()
                    .putItem(put -> put.tableName(one.physicalId("Items"))
                            .item(Map.of("pk", AttributeValue.fromS("p"), "sk", AttributeValue.fromS("s"))));
            assertThat(Deployment.of(two.environment("Worker"))
                            .dynamoDb()
                            .scan(scan -> scan.tableName(two.physicalId("Items")))
                            .count())
                    .isZero();
        }
    }

    @Test
    void a_function_has_the_template_s_environment_and_can_be_invoked_by_hand() throws Exception {
        try (var cloud = LocalCloud.start(options(CloudYaml.path()))) {
            assertThat(cloud.environment("Answer"))
                    .containsEntry("TABLE", "daybook-Items")
                    .containsEntry("GREETING", "good day")
                    .containsEntry("WORK_QUEUE_URL", cloud.physicalId("Work"))
                    .containsEntry("AWS_ENDPOINT_URL_SQS", cloud.sqsEndpoint().toString())
                    .containsEntry(
                            "AWS_ENDPOINT_URL_DYNAMODB",
                            cloud.dynamoDbEndpoint().toString())
                    .containsEntry("AWS_LAMBDA_FUNCTION_NAME", "daybook-Answer");
            assertThat(cloud.invoke("Clock", Schedule.event("rule", Instant.parse("2026-11-24T10:00:00Z"))))
                    .isEqualTo("\"Scheduled Event aws.events 2026-11-24T10:00:00.000Z\"");
            assertThatThrownBy(() -> cloud.invoke("Nobody", "{}")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_handler_that_is_not_there_ends_the_start() throws IOException {
        var changed = Files.writeString(
                folder.resolve("changed.yaml"),
                Files.readString(CloudYaml.path()).replace("Handlers$Echo", "Handlers$Nobody"));
        assertThatThrownBy(() -> LocalCloud.start(options(changed)))
                .isInstanceOf(StartException.class)
                .hasMessageMatching(
                        ".*changed\\.yaml:\\d+: there is no class io\\.daybook\\.local\\.Handlers\\$Nobody\\.");
    }

    private static LocalCloud.Options options(Path template) {
        return LocalCloud.Options.of(template).withoutSchedules().withoutTriggers();
    }
}
