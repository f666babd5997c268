package io.daybook.runtime;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The AWS clients, and all that is set of their time-outs and retries, for an API whose callers wait at most 30 s.
 *
 * <p>A DynamoDB call ends within 3 s, its retries included: a write dated now is then in the journal 3 s later, and
 * only what the network itself holds back comes after that; the trial balance's safe cut allows 10 s. Publishing ends
 * within 1 s, since the caller waits for it and the relay makes up for it.
 *
 * <p>Where AWS does not answer, a read takes 3 s at most, and a single command 13 s: one read of the heads (3 s), appends
 * that begin within 3 s of it, of which the last one takes 3 s more, one read that tells what has become of them (3 s),
 * and publishing (1 s).
 */
final class Clients {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration DYNAMODB_CALL = Duration.ofSeconds(3);
    private static final Duration DYNAMODB_ANSWER = Duration.ofMillis(1400);
    private static final Duration SQS_CALL = Duration.ofSeconds(1);

    private Clients() {}

    /** How long a DynamoDB call waits for a connection and for an answer on it. */
    static SdkHttpClient.Builder<?> dynamoDbConnections() {
        return UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(DYNAMODB_ANSWER);
    }

    /** The same of an SQS call. */
    static SdkHttpClient.Builder<?> sqsConnections() {
        return UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SQS_CALL);
    }

    static DynamoDbClient dynamoDb(
            Map<String, String> environment,
            SdkHttpClient.Builder<?> connections,
            LedgerClock clock,
            List<ExecutionInterceptor> interceptors) {
        var builder = DynamoDbClient.builder()
                .httpClientBuilder(connections)
                .overrideConfiguration(calls(DYNAMODB_CALL)
                        .executionInterceptors(interceptors)
                        .addExecutionInterceptor(clock)
                        .addExecutionInterceptor(new CallObserver())
                        .build());
        return locate(builder, environment, "AWS_ENDPOINT_URL_DYNAMODB").build();
    }

    static SqsClient sqs(
            Map<String, String> environment,
            SdkHttpClient.Builder<?> connections,
            List<ExecutionInterceptor> interceptors) {
        var builder = SqsClient.builder()
                .httpClientBuilder(connections)
                .overrideConfiguration(
                        calls(SQS_CALL).executionInterceptors(interceptors).build());
        return locate(builder, environment, "AWS_ENDPOINT_URL_SQS").build();
    }

    /** Standard mode: three attempts with jitter, and a budget that keeps retries from feeding an outage. */
    private static ClientOverrideConfiguration.Builder calls(Duration atMost) {
        return ClientOverrideConfiguration.builder().apiCallTimeout(atMost).retryStrategy(RetryMode.STANDARD);
    }

    /**
     * On Lambda the SDK finds region, credentials and endpoint in the environment by itself, and credentials that can be
     * renewed at that. An environment other than this process's own has to be read for it.
     */
    private static <B extends AwsClientBuilder<B, ?>> B locate(
            B builder, Map<String, String> environment, String endpointVariable) {
        if (environment.equals(System.getenv())) {
            return builder;
        }
        return builder.region(Region.of(environment.getOrDefault("AWS_REGION", "us-east-1")))
                .credentialsProvider(StaticCredentialsProvider.create(credentials(environment)))
                .endpointOverride(Optional.ofNullable(environment.get(endpointVariable))
                        .map(URI::create)
                        .orElse(null));
    }

    private static AwsCredentials credentials(Map<String, String> environment) {
        var id = environment.getOrDefault("AWS_ACCESS_KEY_ID", "local");
        var secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "local");
        var token = environment.get("AWS_SESSION_TOKEN");
        return token == null ? AwsBasicCredentials.create(id, secret) : AwsSessionCredentials.create(id, secret, token);
    }
}
