package io.daybook.ledger;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The caller's own pairs of texts on an account or a transaction. */
public final class Metadata {
    /** The most pairs that one account or transaction has. */
    public static final int MAX_PAIRS = 20;

    private Metadata() {}

    static Map<String, String> sorted(Map<String, String> pairs) {
        return Collections.unmodifiableMap(new TreeMap<>(pairs));
    }

    /** One text for the same pairs; keys and values go in with their lengths, so that no two sets read the same. */
    static String canonical(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> pair.getKey().length() + ":" + pair.getKey()
                        + pair.getValue().length() + ":" + pair.getValue())
                .collect(Collectors.joining());
    }
}
