package io.daybook.local;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The cloud that the suite runs on: in this JVM, where {@code AWS_ENDPOINT_URL} says, or where
 * {@code DAYBOOK_LOCALSTACK=true} asks for it in a LocalStack that is started for it.
 */
public final class SuiteCloud {
    private static final class LocalStack {
        /** Testcontainers removes it when this JVM ends. */
        private static final URI ENDPOINT = start();

        private static URI start() {
            // The last image that needs no token; a later one takes it from LOCALSTACK_AUTH_TOKEN.
            var image = environment("DAYBOOK_LOCALSTACK_IMAGE").orElse("localstack/localstack:4.14.0");
            var container = new LocalStackContainer(
                            DockerImageName.parse(image).asCompatibleSubstituteFor("localstack/localstack"))
                    .withServices("dynamodb", "sqs");
            environment("LOCALSTACK_AUTH_TOKEN").ifPresent(token -> container.addEnv("LOCALSTACK_AUTH_TOKEN", token));
            container.start();
            return container.getEndpoint();
        }
    }

    private SuiteCloud() {}

    /** The template that is deployed, its schedules run only when they are invoked. */
    public static LocalCloud.Options options() {
        var options =
                LocalCloud.Options.of(Path.of("..", "..", "template.yaml")).withoutSchedules();
        return environment("AWS_ENDPOINT_URL")
                .map(URI::create)
                .or(() ->
                        environment("DAYBOOK_LOCALSTACK").filter("true"::equals).map(asked -> LocalStack.ENDPOINT))
                .map(options::endpoint)
                .orElse(options);
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
    }
}
