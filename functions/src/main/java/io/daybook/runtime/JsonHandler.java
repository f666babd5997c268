package io.daybook.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A function as Lambda calls it: an event comes as JSON, an answer goes as JSON. Lambda's runtime would make objects of
 * AWS's event classes of them, by reflection and with a Jackson of its own, which costs every start; see decision 013.
 */
public abstract class JsonHandler implements RequestStreamHandler {
    private static final JsonMapper JSON = new JsonMapper();

    /** Answers an event, which is an object. */
    public abstract JsonNode handle(JsonNode event, Context context);

    /**
     * Answers an event.
     *
     * @throws IllegalArgumentException where it is no object
     * @throws IOException where it is no JSON
     */
    @Override
    public final void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        var event = JSON.readTree(input);
        if (!event.isObject()) {
            throw new IllegalArgumentException("the event is no JSON object");
        }
        JSON.writeValue(output, handle(event, context));
    }
}
