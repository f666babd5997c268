package io.daybook.simulation;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What DynamoDB takes as an item. */
final class ItemRules {
    private static final int MAX_BYTES = 400 * 1024;
    private static final int MAX_PARTITION_KEY = 2048;
    private static final int MAX_SORT_KEY = 1024;
    private static final int MAX_DIGITS = 38;

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
        check(size(AttributeValue.fromM(item)) <= MAX_BYTES, "Item size has exceeded the maximum allowed size");
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
            case N -> number(value.n());
            case BOOL -> 1;
            case L -> 3 + value.l().stream().mapToInt(part -> 1 + size(part)).sum();
            case M ->
                3
                        + value.m().entrySet().stream()
                                .mapToInt(pair -> 1 + bytes(pair.getKey()) + size(pair.getValue()))
                                .sum();
            default -> throw new IllegalArgumentException("no attribute is of type " + value.type());
        };
    }

    private static int number(String text) {
        var digits = new BigDecimal(text).stripTrailingZeros().precision();
        check(digits <= MAX_DIGITS, "Attempting to store more than 38 significant digits in a Number");
        return 2 + digits / 2;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
