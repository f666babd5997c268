package io.daybook.simulation;

import io.daybook.simulation.Table.Key;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The few of DynamoDB's expressions that Daybook uses, read strictly: what is not known is a fault of the test. */
@SuppressWarnings("BadImport") // As in Auditor.
final class Expressions {
    private static final Pattern EXISTS = Pattern.compile("attribute_(not_)?exists\\(([#\\w]+)\\)");
    private static final Pattern COMPARED = Pattern.compile("([#\\w]+) (=|<) (:\\w+)");
    private static final Pattern KEY =
            Pattern.compile("pk = (:\\w+)(?: AND sk (?:> (:\\w+)|BETWEEN (:\\w+) AND (:\\w+)))?");

    private final Map<String, String> names;
    private final Map<String, AttributeValue> values;
    private final Set<String> used = new HashSet<>();

    Expressions(Map<String, String> names, Map<String, AttributeValue> values) {
        this.names = names;
        this.values = values;
    }

    /** A stretch of one partition, by its sort keys. */
    record Stretch(String pk, Predicate<String> sortKeys) {
        boolean has(Key key) {
            return key.pk().equals(pk) && sortKeys.test(key.sk());
        }
    }

    Stretch stretch(String expression) {
        var key = KEY.matcher(expression);
        if (!key.matches()) {
            throw new IllegalArgumentException("unknown key condition: " + expression);
        }
        return new Stretch(keyValue(key.group(1)), sortKeys(key));
    }

    private Predicate<String> sortKeys(Matcher key) {
        if (key.group(2) != null) {
            var after = keyValue(key.group(2));
            return sk -> Table.compareByBytes(sk, after) > 0;
        }
        if (key.group(3) != null) {
            var from = keyValue(key.group(3));
            var to = keyValue(key.group(4));
            ItemRules.check(
                    Table.compareByBytes(from, to) <= 0, "the BETWEEN operator requires upper bound >= lower bound");
            return sk -> Table.compareByBytes(from, sk) <= 0 && Table.compareByBytes(sk, to) <= 0;
        }
        return sk -> true;
    }

    boolean holds(String condition, Optional<Map<String, AttributeValue>> item) {
        // Not lazily: every part has to be read.
        return Arrays.stream(condition.split(" OR "))
                .map(part -> holdsPart(part, item.orElse(Map.of())))
                .reduce(false, Boolean::logicalOr);
    }

    private boolean holdsPart(String part, Map<String, AttributeValue> item) {
        var exists = EXISTS.matcher(part);
        if (exists.matches()) {
            return item.containsKey(name(exists.group(2))) == (exists.group(1) == null);
        }
        var compared = COMPARED.matcher(part);
        if (!compared.matches()) {
            throw new IllegalArgumentException("unknown condition: " + part);
        }
        var wanted = new BigDecimal(value(compared.group(3)).n());
        var actual = item.get(name(compared.group(1)));
        if (actual == null) {
            return false;
        }
        var order = new BigDecimal(actual.n()).compareTo(wanted);
        return compared.group(2).equals("=") ? order == 0 : order < 0;
    }

    /** The attributes that an update sets. */
    Map<String, AttributeValue> set(String update) {
        if (!update.startsWith("SET ")) {
            throw new IllegalArgumentException("unknown update: " + update);
        }
        var set = new TreeMap<String, AttributeValue>();
        for (var part : List.of(update.substring(4).split(", "))) {
            var sides = part.split(" = ", 2);
            set.put(name(sides[0]), value(sides[1]));
        }
        return set;
    }

    /** DynamoDB refuses names and values that no expression uses. */
    void end() {
        var given = new HashSet<>(names.keySet());
        given.addAll(values.keySet());
        given.removeAll(used);
        ItemRules.check(given.isEmpty(), "unused in expressions: " + given);
    }

    private String keyValue(String name) {
        var value = value(name).s();
        ItemRules.check(!value.isEmpty(), "a key condition's value is empty");
        return value;
    }

    private String name(String name) {
        if (!name.startsWith("#")) {
            return name;
        }
        used.add(name);
        ItemRules.check(names.containsKey(name), "undefined name " + name);
        return names.get(name);
    }

    private AttributeValue value(String name) {
        used.add(name);
        ItemRules.check(values.containsKey(name), "undefined value " + name);
        return values.get(name);
    }
}
