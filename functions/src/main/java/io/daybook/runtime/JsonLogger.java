package io.daybook.runtime;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** One line for each event: when, how bad, what; what is known of the invocation; what the event itself adds; the fault. */
final class JsonLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final boolean own;

    JsonLogger(String name) {
        this.name = name;
        own = name.startsWith("io.daybook.");
    }

    @Override
    public void log(LoggingEvent event) {
        write(
                event.getLevel(),
                MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray()),
                Objects.requireNonNullElse(event.getKeyValuePairs(), List.of()),
                event.getThrowable());
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable fault) {
        write(level, MessageFormatter.basicArrayFormat(pattern, arguments), List.of(), fault);
    }

    private void write(Level level, String message, List<KeyValuePair> facts, @Nullable Throwable fault) {
        try {
            var line = new ByteArrayOutputStream();
            write(line, level, message, facts, fault);
            // All at once, so that no other thread's line gets into it.
            line.writeTo(System.out);
            System.out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(
            OutputStream line, Level level, String message, List<KeyValuePair> facts, @Nullable Throwable fault)
            throws IOException {
        try (var json = JSON.createGenerator(line, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringField("timestamp", MILLISECONDS.format(Instant.now()));
            json.writeStringField("level", level.name());
            json.writeStringField("message", message);
            json.writeStringField("logger", name);
            for (var known : Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.<String, String>of())
                    .entrySet()) {
                json.writeStringField(known.getKey(), known.getValue());
            }
            for (var fact : facts) {
                if (fact.value != null) {
                    json.writeFieldName(fact.key);
                    value(json, fact.value);
                }
            }
            if (fault != null) {
                json.writeObjectFieldStart("error");
                json.writeStringField("name", fault.getClass().getName());
                json.writeStringField("message", fault.getMessage());
                json.writeStringField("stack", stack(fault));
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void value(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            default -> json.writeString(value.toString());
        }
    }

    private static String stack(Throwable fault) {
        var stack = new StringWriter();
        fault.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return JsonLogging.isWritten(own, Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return JsonLogging.isWritten(own, Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return JsonLogging.isWritten(own, Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return JsonLogging.isWritten(own, Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return JsonLogging.isWritten(own, Level.ERROR);
    }
}
