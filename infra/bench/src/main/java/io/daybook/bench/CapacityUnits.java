package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What DynamoDB charges for reading and writing items, by its published rules.
 *
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html">Capacity
 *     unit consumption</a>
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html">Item
 *     sizes</a>
 */
final class CapacityUnits {
    private static final int READ = 4096;
    private static final int WRITE = 1024;

    private CapacityUnits() {}

    /** Reading one item, which may be none: 1 for each 4 KB begun, half of that where it need not be the newest. */
    static double ofGet(Map<String, AttributeValue> item, boolean consistent) {
        return begun(bytes(item), READ) * (consistent ? 1 : 0.5);
    }

    /** A query or scan: all that it read counts as one item. */
    static double ofQuery(Collection<Map<String, AttributeValue>> items, boolean consistent) {
        return begun(items.stream().mapToInt(CapacityUnits::bytes).sum(), READ) * (consistent ? 1 : 0.5);
    }

    /**
     * A put, an update or a delete: 1 for each KB begun of the larger of what was there and what is there then. In a
     * transaction it is done twice, once to prepare and once to commit.
     *
     * @param before empty where there was none
     * @param after empty where it is gone
     */
    static double ofWrite(
            Map<String, AttributeValue> before, Map<String, AttributeValue> after, boolean inTransaction) {
        return begun(Math.max(bytes(before), bytes(after)), WRITE) * (inTransaction ? 2 : 1);
    }

    /** How large DynamoDB counts an item. */
    private static int bytes(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToInt(attribute -> attribute.getKey().getBytes(UTF_8).length + bytes(attribute.getValue()))
                .sum();
    }

    /** Nothing at all counts as one as well. */
    private static int begun(int bytes, int unit) {
        return Math.max(1, (bytes + unit - 1) / unit);
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
