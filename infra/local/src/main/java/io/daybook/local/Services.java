package io.daybook.local;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The DynamoDB and the SQS that a cloud's tables and queues lie in: those of this JVM, or any others.
 *
 * @param stack what the names of the tables and queues begin with
 * @param account the account's number
 */
record Services(String stack, URI dynamoDb, URI sqs, String region, String account, AwsCredentials credentials) {

    private static final AwsCredentials LOCAL = AwsBasicCredentials.create("local", "local");

    /** Those of this JVM, which take anybody. */
    static Services embedded(URI dynamoDb, URI sqs) {
        return new Services("daybook", dynamoDb, sqs, Stack.REGION, Stack.ACCOUNT, LOCAL);
    }

    /**
     * Those that answer there, with region and credentials as the environment or a profile has them. The names are new
     * ones, so that nothing meets what is there already.
     *
     * @param endpoint an address of AWS without a service's name, such as {@code https://eu-west-1.amazonaws.com}, gets
     *     each service's in front
     */
    static Services at(URI endpoint) {
        var unknown = new Services(
                "daybook-" + UUID.randomUUID().toString().substring(0, 8),
                of("dynamodb", endpoint),
                of("sqs", endpoint),
                presentRegion(),
                "",
                presentCredentials());
        return new Services(
                unknown.stack,
                unknown.dynamoDb,
                unknown.sqs,
                unknown.region,
                unknown.presentAccount(),
                unknown.credentials);
    }

    private static URI of(String service, URI endpoint) {
        return endpoint.getHost().endsWith(".amazonaws.com")
                ? URI.create(endpoint.toString().replaceFirst("://", "://" + service + "."))
                : endpoint;
    }

    private static String presentRegion() {
        try {
            return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                    .getRegion()
                    .id();
        } catch (SdkClientException e) {
            return Stack.REGION;
        }
    }

    private static AwsCredentials presentCredentials() {
        try (var present = AwsCredentialsProviderChain.of(
                EnvironmentVariableCredentialsProvider.create(), ProfileCredentialsProvider.create())) {
            return present.resolveCredentials();
        } catch (SdkClientException e) {
            return LOCAL;
        }
    }

    /** Neither service tells the account's number, but the address of each queue has it. */
    private String presentAccount() {
        try (var client = client(SqsClient.builder(), sqs)) {
            var queue = client.createQueue(create -> create.queueName(stack)).queueUrl();
            client.deleteQueue(delete -> delete.queueUrl(queue));
            var path = Path.of(URI.create(queue).getPath());
            return path.getName(path.getNameCount() - 2).toString();
        } catch (SdkException e) {
            throw new StartException("%s gives no queue: %s".formatted(sqs, e.getMessage()), e);
        }
    }

    String arn(String service, String resource) {
        return "arn:aws:%s:%s:%s:%s".formatted(service, region, account, resource);
    }

    <B extends AwsClientBuilder<B, C>, C> C client(B builder, URI endpoint) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build();
    }

    /** What a function's environment says of them. */
    Map<String, String> environment() {
        var environment = new HashMap<>(Map.of(
                "AWS_REGION", region,
                "AWS_ACCESS_KEY_ID", credentials.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey(),
                "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString(),
                "AWS_ENDPOINT_URL_SQS", sqs.toString()));
        if (credentials instanceof AwsSessionCredentials session) {
            environment.put("AWS_SESSION_TOKEN", session.sessionToken());
        }
        return environment;
    }
}
