package io.daybook.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A table: every item with all that it ever was, so that a read can be given an older state. */
final class Table {
    record Key(String pk, String sk) {
        static Key of(Map<String, AttributeValue> item) {
            return new Key(item.get("pk").s(), item.get("sk").s());
        }

        Map<String, AttributeValue> attributes() {
            return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
        }

        @Override
        public String toString() {
            return pk + "/" + sk;
        }
    }

    /** The order of a scan. That of the partitions is nobody's business. */
    static final Comparator<Key> ORDER =
            Comparator.comparing(Key::pk, Table::compareByBytes).thenComparing(Key::sk, Table::compareByBytes);

    /** The item as it was from a time on; empty where it was not there. */
    record Version(long from, Optional<Map<String, AttributeValue>> item) {}

    private final NavigableMap<String, NavigableMap<String, List<Version>>> partitions =
            new TreeMap<>(Table::compareByBytes);
    /** Items that a transaction holds at the moment. */
    private final Set<Key> held = new HashSet<>();

    Optional<Map<String, AttributeValue>> get(Key key) {
        return at(versions(key), Long.MAX_VALUE);
    }

    /** The item as it was at an earlier time. */
    Optional<Map<String, AttributeValue>> get(Key key, long time) {
        return at(versions(key), time);
    }

    NavigableMap<String, List<Version>> partition(String pk) {
        return partitions.getOrDefault(pk, new TreeMap<>());
    }

    /** The keys of all items that are or were there, in the order of a scan. */
    Stream<Key> keys() {
        return partitions.entrySet().stream()
                .flatMap(
                        partition -> partition.getValue().keySet().stream().map(sk -> new Key(partition.getKey(), sk)));
    }

    /** As DynamoDB orders texts: by their UTF-8 bytes, where a character of two UTF-16 units comes after all others. */
    static int compareByBytes(String left, String right) {
        for (int at = 0; at < Math.min(left.length(), right.length()); at++) {
            var one = left.charAt(at);
            var other = right.charAt(at);
            if (one != other) {
                return Character.isSurrogate(one) == Character.isSurrogate(other)
                        ? Character.compare(one, other)
                        : Boolean.compare(Character.isSurrogate(one), Character.isSurrogate(other));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    void put(Map<String, AttributeValue> item, long now) {
        write(Key.of(item), new Version(now, Optional.of(ItemRules.stored(item))));
    }

    void delete(Key key, long now) {
        write(key, new Version(now, Optional.empty()));
    }

    boolean isHeld(Key key) {
        return held.contains(key);
    }

    void hold(Collection<Key> keys) {
        held.addAll(keys);
    }

    void release(Collection<Key> keys) {
        keys.forEach(held::remove);
    }

    /** All items as they are now, by key. */
    Map<String, Map<String, AttributeValue>> items() {
        var all = new TreeMap<String, Map<String, AttributeValue>>();
        partitions.forEach((pk, items) -> items.forEach((sk, versions) ->
                at(versions, Long.MAX_VALUE).ifPresent(item -> all.put(new Key(pk, sk).toString(), item))));
        return all;
    }

    private void write(Key key, Version version) {
        partitions
                .computeIfAbsent(key.pk(), pk -> new TreeMap<>(Table::compareByBytes))
                .computeIfAbsent(key.sk(), sk -> new ArrayList<>())
                .add(version);
    }

    private List<Version> versions(Key key) {
        return partition(key.pk()).getOrDefault(key.sk(), List.of());
    }

    private static Optional<Map<String, AttributeValue>> at(List<Version> versions, long time) {
        return versions.reversed().stream()
                .filter(version -> version.from() <= time)
                .findFirst()
                .flatMap(Version::item);
    }
}
