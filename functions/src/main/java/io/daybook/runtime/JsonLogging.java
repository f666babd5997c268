package io.daybook.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * What SLF4J logs to: standard output, where each line is a JSON object. It is our own since a start with Log4j takes an
 * eighth longer.
 */
public final class JsonLogging implements SLF4JServiceProvider, ILoggerFactory {
    private static final int NOTHING = Integer.MAX_VALUE;

    private static volatile int threshold = Level.INFO.toInt();

    private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new BasicMDCAdapter();

    /**
     * Sets from which level on Daybook's own lines are written; those of libraries are from WARN on at the least, since the
     * SDK writes down what it signs below it, session tokens among it.
     *
     * @param lowest null for no line at all
     */
    public static void from(@Nullable Level lowest) {
        threshold = lowest == null ? NOTHING : lowest.toInt();
    }

    static boolean isWritten(boolean own, Level level) {
        return level.toInt() >= (own ? threshold : Math.max(threshold, Level.WARN.toInt()));
    }

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name, JsonLogger::new);
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return this;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0";
    }

    @Override
    public void initialize() {
        // Nothing has to be found or read.
    }
}
