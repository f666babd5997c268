package io.daybook.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.local.FunctionException;
import io.daybook.local.LocalCloud;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A replay or an audit, from its beginning to its end. */
final class Run {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Run() {}

    /** Begins one and waits until it is done; what it then tells of itself. */
    static JsonNode whole(LocalCloud cloud, String function, String request) {
        var run = invoke(cloud, function, request).path("run").asText();
        var told = new AtomicReference<JsonNode>();
        Await.until(function + " is done", LONG, () -> {
            told.set(tell(cloud, function, run));
            return told.get().path("done").equals(told.get().path("parts"));
        });
        return told.get();
    }

    private static JsonNode tell(LocalCloud cloud, String function, String run) {
        return invoke(cloud, function, "{\"run\":\"" + run + "\"}");
    }

    static JsonNode invoke(LocalCloud cloud, String function, String request) {
        try {
            return Answer.parse(cloud.invoke(function, request));
        } catch (FunctionException e) {
            throw new AssertionError(function + " fails", e);
        }
    }
}
