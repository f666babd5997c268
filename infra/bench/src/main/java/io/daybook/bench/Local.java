package io.daybook.bench;

import io.daybook.local.LocalCloud;
import io.daybook.runtime.Deployment;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkClientBuilder;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;

/** The local cloud that is measured in, and clients of its services. */
final class Local {
    static final AwsCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));

    private Local() {}

    /** A cloud of the template in which nothing runs but what is called. */
    static LocalCloud.Options options() {
        return LocalCloud.Options.of(Path.of("template.yaml"))
                .withoutSchedules()
                .withoutTriggers();
    }

    /** A client, by the variable of a function's environment that says where its service answers. */
    static <B extends AwsClientBuilder<B, C> & SdkClientBuilder<B, C>, C> C client(
            B builder, Map<String, String> environment, String variable, ExecutionInterceptor... interceptors) {
        var endpoint = environment.get(variable);
        if (endpoint == null) {
            throw new IllegalArgumentException("the environment has no " + variable);
        }
        return builder.endpointOverride(URI.create(endpoint))
                .region(Region.of(environment.getOrDefault("AWS_REGION", "us-east-1")))
                .credentialsProvider(CREDENTIALS)
                .overrideConfiguration(settings -> settings.executionInterceptors(List.of(interceptors)))
                .build();
    }

    /** Those that Daybook's own client of DynamoDB has, and then these. */
    static ExecutionInterceptor[] interceptors(Deployment deployment, ExecutionInterceptor... more) {
        // Those of the SDK's own are among them as well, and come into every client by themselves.
        var own = deployment
                .dynamoDb()
                .serviceClientConfiguration()
                .overrideConfiguration()
                .executionInterceptors();
        return Stream.concat(
                        own.stream().filter(one -> one.getClass().getName().startsWith("io.daybook.")), Stream.of(more))
                .toArray(ExecutionInterceptor[]::new);
    }
}
