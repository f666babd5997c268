package io.daybook.runtime;

import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;

/** What Lambda's runtime does around a handler, for rehearsals: events come as JSON, and answers go as JSON. */
public final class LambdaJson {
    private LambdaJson() {}

    /** The value after it has been JSON. */
    @SuppressWarnings("unchecked")
    public static <T> T passed(T value) {
        var type = (Class<T>) value.getClass();
        PojoSerializer<T> serializer = LambdaEventSerializers.isLambdaSupportedEvent(type.getName())
                ? LambdaEventSerializers.serializerFor(type, type.getClassLoader())
                : JacksonFactory.getInstance().getSerializer(type);
        var json = new ByteArrayOutputStream();
        serializer.toJson(value, json);
        return serializer.fromJson(new ByteArrayInputStream(json.toByteArray()));
    }
}
