package io.daybook.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.daybook.api.Problem.Fault;
import io.daybook.ledger.Amount;
import io.daybook.ledger.Metadata;
import io.daybook.ledger.Timestamp;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object of a request. Reading never stops at a fault: it notes where it is and what is allowed, so
 * that a caller learns of all faults at once. A member that nobody asked for is a fault, too.
 */
final class Fields {
    private static final String AMOUNT = "a whole number from 1 to 10^30, as a string of digits or a JSON integer";
    private static final String AMOUNT_OR_NONE =
            "a whole number from 0 to 10^30, as a string of digits or a JSON integer";
    private static final int MAX_METADATA_KEY = 64;
    private static final int MAX_TEXT = 512;
    private static final int MAX_FAULTS = 100;

    private final JsonNode object;
    private final String pointer;
    private final List<Fault> faults;
    private final Set<String> known = new HashSet<>();

    private Fields(JsonNode object, String pointer, List<Fault> faults) {
        this.object = object;
        this.pointer = pointer;
        this.faults = faults;
        if (!object.isObject()) {
            fault("", "must be a JSON object");
        }
    }

    /** The body itself. */
    static Fields of(JsonNode body) {
        return new Fields(body, "", new ArrayList<>());
    }

    /** Ends the reading of the whole body: a member that is not known is a fault. Ends the request if there is any. */
    void end() {
        endPart();
        if (!faults.isEmpty()) {
            throw Problem.invalid(faults).refused();
        }
    }

    private void endPart() {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                fault("/" + escaped(name), "is not known here; known are " + String.join(", ", new TreeSet<>(known)));
            }
        });
    }

    /** Whether the member is there, be it null. */
    boolean has(String name) {
        known.add(name);
        return object.has(name);
    }

    /** A text that is only to be repeated, whatever it is; empty where the member is none. */
    String anyText(String name) {
        known.add(name);
        return Objects.requireNonNullElse(object.path(name).textValue(), "");
    }

    /** A text of at most 512 characters. */
    @Nullable
    String text(String name) {
        var node = optional(name);
        return node == null ? null : text(name, node);
    }

    /** A text in one of the forms that {@code parse} takes. */
    private <T> Optional<T> parsed(String name, Function<String, Optional<T>> parse, String allowed) {
        var node = optional(name);
        if (node == null) {
            return Optional.empty();
        }
        var value = node.isTextual() ? parse.apply(node.textValue()) : Optional.<T>empty();
        if (value.isEmpty()) {
            fault("/" + name, "must be " + allowed);
        }
        return value;
    }

    /** As {@link #parsed}, and a fault where it is absent. */
    <T> Optional<T> required(String name, Function<String, Optional<T>> parse, String allowed) {
        if (optional(name) == null) {
            fault("/" + name, "is required: " + allowed);
            return Optional.empty();
        }
        return parsed(name, parse, allowed);
    }

    @Nullable
    Instant time(String name) {
        return parsed(name, Timestamp::parse, "an RFC 3339 time, such as 2026-11-24T09:30:00Z")
                .orElse(null);
    }

    boolean flag(String name) {
        var node = optional(name);
        if (node != null && !node.isBoolean()) {
            fault("/" + name, "must be true or false");
        }
        return node != null && node.booleanValue();
    }

    /** As {@link #flag}, where null has no meaning. */
    boolean definiteFlag(String name) {
        refuseNull(name, "true or false");
        return flag(name);
    }

    /** A fault where the member is there and null. */
    void refuseNull(String name, String allowed) {
        if (object.path(name).isNull()) {
            fault("/" + escaped(name), "must be " + allowed);
        }
    }

    /** An amount to move; {@code least} is 1, or 0 where dropping a posting is possible. */
    BigInteger amount(String name, int least) {
        var allowed = least == 1 ? AMOUNT : AMOUNT_OR_NONE;
        var value = number(name, allowed);
        if (value == null) {
            if (optional(name) == null) {
                fault("/" + name, "is required: " + allowed);
            }
            return BigInteger.ONE;
        }
        if (value.compareTo(BigInteger.valueOf(least)) < 0 || value.compareTo(Amount.MAX) > 0) {
            fault("/" + name, "must be " + allowed);
        }
        return value;
    }

    /** A limit of a balance: a whole number of up to 38 digits; null for none. */
    @Nullable
    BigInteger limit(String name) {
        return number(name, "null, or a whole number of at most 38 digits, as a string of digits or a JSON integer");
    }

    /** A count, as a JSON integer. */
    @Nullable
    Long count(String name, long least, long most) {
        var node = optional(name);
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.longValue() < least
                || node.longValue() > most) {
            fault("/" + escaped(name), "must be a JSON integer from %d to %d".formatted(least, most));
            return null;
        }
        return node.longValue();
    }

    private @Nullable BigInteger number(String name, String allowed) {
        var node = optional(name);
        if (node == null) {
            return null;
        }
        Optional<BigInteger> value = Optional.empty();
        if (node.isTextual()) {
            value = Amount.parse(node.textValue());
        } else if (node.isIntegralNumber()) {
            value = Amount.parse(node.bigIntegerValue().toString());
        }
        if (value.isEmpty()) {
            fault("/" + name, "must be " + allowed);
        }
        return value.orElse(null);
    }

    /** At most 20 pairs of texts. */
    Map<String, String> metadata(String name) {
        var pairs = new LinkedHashMap<String, String>();
        pairs(name, false).forEach((key, value) -> value.ifPresent(text -> pairs.put(key, text)));
        return pairs;
    }

    /** At most 20 pairs to set, and, where {@code removal} is allowed, as many to remove: those whose value is null. */
    Map<String, Optional<String>> pairs(String name, boolean removal) {
        var node = optional(name);
        var pairs = new LinkedHashMap<String, Optional<String>>();
        if (node == null) {
            return pairs;
        }
        var removed = removal ? node.valueStream().filter(JsonNode::isNull).count() : 0;
        if (!node.isObject() || removed > Metadata.MAX_PAIRS || node.size() - removed > Metadata.MAX_PAIRS) {
            fault(
                    "/" + name,
                    "must be an object of at most " + Metadata.MAX_PAIRS + " pairs of texts"
                            + (removal ? ", and as many of null" : ""));
            return pairs;
        }
        node.properties().forEach(pair -> {
            var at = name + "/" + escaped(pair.getKey());
            if (pair.getKey().isEmpty() || length(pair.getKey()) > MAX_METADATA_KEY || !wellFormed(pair.getKey())) {
                fault("/" + at, "the key must have 1 to " + MAX_METADATA_KEY + " characters");
            }
            pairs.put(
                    pair.getKey(),
                    removal && pair.getValue().isNull() ? Optional.empty() : Optional.of(text(at, pair.getValue())));
        });
        return pairs;
    }

    /** A list of objects, each read by {@code read} to its end. */
    <T> List<T> objects(String name, int least, int most, Function<Fields, T> read) {
        var node = optional(name);
        if (node == null || !node.isArray() || node.size() < least || node.size() > most) {
            fault("/" + name, "must be a list of " + least + " to " + most + " objects");
            return List.of();
        }
        var values = new ArrayList<T>();
        for (int i = 0; i < node.size(); i++) {
            var element = new Fields(node.get(i), pointer + "/" + name + "/" + i, faults);
            values.add(read.apply(element));
            element.endPart();
        }
        return values;
    }

    /** The members of an object whose names are the caller's, each read by {@code read}; none where it is absent. */
    <T> Map<String, T> entries(String name, BiFunction<Fields, String, T> read) {
        var node = optional(name);
        var values = new LinkedHashMap<String, T>();
        if (node == null) {
            return values;
        }
        var part = new Fields(node, pointer + "/" + name, faults);
        node.fieldNames().forEachRemaining(key -> values.put(key, read.apply(part, key)));
        return values;
    }

    /** Notes a fault; more than a reader can use are not noted. */
    void fault(String at, String detail) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(Fault.at(pointer + at, detail));
        }
    }

    /** The member, or null where it is absent or null. */
    private @Nullable JsonNode optional(String name) {
        known.add(name);
        var node = object.isObject() ? object.path(name) : MissingNode.getInstance();
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    private String text(String at, JsonNode node) {
        var text = node.isTextual() ? node.textValue() : "";
        if (!node.isTextual() || length(text) > MAX_TEXT || !wellFormed(text)) {
            fault("/" + at, "must be a text of at most " + MAX_TEXT + " Unicode characters");
        }
        return text;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Half a surrogate pair can be written in JSON, but is no character and could not be stored. */
    private static boolean wellFormed(String text) {
        int at = 0;
        while (at < text.length()) {
            var character = text.codePointAt(at);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                return false;
            }
            at += Character.charCount(character);
        }
        return true;
    }

    /** A name as a JSON pointer writes it (RFC 6901). */
    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
