package io.daybook.faults;

import io.daybook.local.LocalCloud;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One cloud in memory for all tests that make no faults in the cloud itself; each of them has ledgers of its own. */
final class SharedCloud implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedCloud.class);

    /** The template that is deployed. */
    static LocalCloud.Options template() {
        return LocalCloud.Options.of(templateFile()).withoutSchedules();
    }

    /** Seen from the module's folder, where Maven runs its tests. */
    static Path templateFile() {
        return repository().resolve("template.yaml");
    }

    static Path repository() {
        return Path.of("..", "..");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LocalCloud.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(LocalCloud.class, type -> LocalCloud.start(template()), LocalCloud.class);
    }
}
