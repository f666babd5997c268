package io.daybook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How large DynamoDB counts an item, and so what it charges for writing it. */
final class ItemSize {
    private static final int UNIT = 1024;

    private ItemSize() {}

    static int bytes(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToInt(attribute -> attribute.getKey().getBytes(UTF_8).length + bytes(attribute.getValue()))
                .sum();
    }

    /** Write units of a plain write: one for every KB begun. A transaction takes twice as many. */
    static int units(Map<String, AttributeValue> item) {
        return (bytes(item) + UNIT - 1) / UNIT;
    }

    private static int bytes(AttributeValue value) {
        return switch (value.type()) {
            case S -> value.s().getBytes(UTF_8).length;
            case N -> number(value.n());
            case BOOL, NUL -> 1;
            // 3 bytes for a list or map itself, and 1 for each of its elements.
            case L ->
                3 + value.l().stream().mapToInt(element -> 1 + bytes(element)).sum();
            case M -> 3 + value.m().size() + bytes(value.m());
            default -> throw new IllegalArgumentException("no item has an attribute of type " + value.type());
        };
    }

    /** A byte for every two significant digits, one more for the whole, and one for a sign. */
    private static int number(String text) {
        var digits = new BigDecimal(text).stripTrailingZeros().unscaledValue();
        return (digits.abs().toString().length() + 1) / 2 + 1 + (digits.signum() < 0 ? 1 : 0);
    }
}
