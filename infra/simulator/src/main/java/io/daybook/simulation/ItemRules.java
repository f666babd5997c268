package io.daybook.simulation;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What DynamoDB takes as an item. */
final class ItemRules {
    private static final int MAX_BYTES = 400 * 1024;
    private static final int MAX_PARTITION_KEY = 2048;
    private static final int MAX_SORT_KEY = 1024;
    private static final int MAX_DIGITS = 38;
    /** 9.99E+125 and 1E-130, told by the place of the first digit. */
    private static final int MAX_MAGNITUDE = 126;

    private static final int MIN_MAGNITUDE = -129;
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d{1,4})?");

    private ItemRules() {}

    static void check(boolean valid, String message) {
        if (!valid) {
            throw DynamoDbException.builder()
                    .statusCode(400)
                    .awsErrorDetails(Network.details("ValidationException"))
                    .message(message)
                    .build();
        }
    }

    static void checkItem(Map<String, AttributeValue> item) {
        checkKey(item);
        check(bytes(item) <= MAX_BYTES, "Item size has exceeded the maximum allowed size");
    }

    /** What an item counts: its names and its values. */
    static int bytes(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToInt(attribute -> bytes(attribute.getKey()) + size(attribute.getValue()))
                .sum();
    }

    /** An item as it is read back: every number in its shortest form. In order, so that it is always told alike. */
    static Map<String, AttributeValue> stored(Map<String, AttributeValue> item) {
        var stored = new TreeMap<String, AttributeValue>();
        item.forEach((name, value) -> stored.put(name, stored(value)));
        return Collections.unmodifiableMap(stored);
    }

    private static AttributeValue stored(AttributeValue value) {
        return switch (value.type()) {
            case N -> AttributeValue.fromN(number(value.n()).toPlainString());
            case L ->
                AttributeValue.fromL(value.l().stream().map(ItemRules::stored).toList());
            case M -> AttributeValue.fromM(stored(value.m()));
            default -> value;
        };
    }

    static void checkKey(Map<String, AttributeValue> key) {
        checkKeyValue(key.get("pk"), MAX_PARTITION_KEY);
        checkKeyValue(key.get("sk"), MAX_SORT_KEY);
    }

    private static void checkKeyValue(AttributeValue value, int most) {
        check(value != null && value.s() != null, "a key attribute is missing or no string");
        check(!value.s().isEmpty() && bytes(value.s()) <= most, "a key value is empty or too long");
    }

    private static int size(AttributeValue value) {
        return switch (value.type()) {
            case S -> bytes(value.s());
            case N -> 2 + number(value.n()).precision() / 2;
            case BOOL -> 1;
            case L -> 3 + value.l().stream().mapToInt(part -> 1 + size(part)).sum();
            case M -> 3 + value.m().size() + bytes(value.m());
            default -> throw new IllegalArgumentException("no attribute is of type " + value.type());
        };
    }

    private static BigDecimal number(String text) {
        check(NUMBER.matcher(text).matches(), "The parameter cannot be converted to a numeric value");
        var number = new BigDecimal(text).stripTrailingZeros();
        check(number.precision() <= MAX_DIGITS, "Attempting to store more than 38 significant digits in a Number");
        var magnitude = number.precision() - number.scale();
        check(
                number.signum() == 0 || (magnitude <= MAX_MAGNITUDE && magnitude >= MIN_MAGNITUDE),
                "Number overflow or underflow");
        return number;
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
