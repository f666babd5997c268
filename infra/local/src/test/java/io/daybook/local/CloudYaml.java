package io.daybook.local;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The template of these tests. */
final class CloudYaml {

    private CloudYaml() {}

    static Path path() {
        try {
            return Path.of(Objects.requireNonNull(CloudYaml.class.getResource("cloud.yaml"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static LocalCloud.Options options() {
        return LocalCloud.Options.of(path());
    }
}
