package io.daybook.items;

import io.daybook.ledger.Amount;
import io.daybook.ledger.Timestamp;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A DynamoDB item: what was put in is typed, what is absent is not stored. */
public final class Item {
    private Map<String, AttributeValue> attributes;

    /** Nobody else has them. */
    private boolean own;

    public Item() {
        attributes = new HashMap<>();
        own = true;
    }

    /** These attributes, unknown ones included. Where more are put in, they are copied first. */
    public Item(Map<String, AttributeValue> attributes) {
        this.attributes = attributes;
    }

    public static Item keyed(String pk, String sk) {
        return new Item().put(Attributes.PK, pk).put(Attributes.SK, sk);
    }

    public Map<String, AttributeValue> attributes() {
        return Collections.unmodifiableMap(attributes);
    }

    public Item put(String name, @Nullable String text) {
        return text == null ? this : set(name, AttributeValue.fromS(text));
    }

    public Item put(String name, long number) {
        return set(name, number(number));
    }

    public Item put(String name, @Nullable BigInteger number) {
        return number == null ? this : set(name, number(number));
    }

    public Item put(String name, @Nullable Instant time) {
        return time == null ? this : put(name, Timestamp.format(time));
    }

    /** Stored where true, absent where false. */
    public Item put(String name, boolean flag) {
        return flag ? set(name, AttributeValue.fromBool(true)) : this;
    }

    /** Stored unless empty. */
    public Item put(String name, Map<String, String> texts) {
        if (texts.isEmpty()) {
            return this;
        }
        var map = new LinkedHashMap<String, AttributeValue>();
        texts.forEach((key, value) -> map.put(key, AttributeValue.fromS(value)));
        return set(name, AttributeValue.fromM(map));
    }

    public Item put(String name, List<AttributeValue> list) {
        return set(name, AttributeValue.fromL(list));
    }

    public Item putAll(Item other) {
        writable().putAll(other.attributes);
        return this;
    }

    public String pk() {
        return text(Attributes.PK);
    }

    public String sk() {
        return text(Attributes.SK);
    }

    /** Both keys in one text, to find it by or to name it. */
    public String key() {
        return pk() + " " + sk();
    }

    public String text(String name) {
        return required(name).s();
    }

    public Optional<String> textIfAny(String name) {
        return Optional.ofNullable(attributes.get(name)).map(AttributeValue::s);
    }

    public long number(String name) {
        return Long.parseLong(required(name).n());
    }

    public Optional<BigInteger> numberIfAny(String name) {
        return Optional.ofNullable(attributes.get(name)).map(Item::big);
    }

    public Instant time(String name) {
        return Timestamp.read(text(name));
    }

    public Optional<Instant> timeIfAny(String name) {
        return textIfAny(name).map(Timestamp::read);
    }

    public boolean flag(String name) {
        var value = attributes.get(name);
        return value != null && value.bool();
    }

    public Map<String, String> texts(String name) {
        var value = attributes.get(name);
        if (value == null) {
            return Map.of();
        }
        var texts = new HashMap<String, String>();
        value.m().forEach((key, text) -> texts.put(key, text.s()));
        return texts;
    }

    public List<AttributeValue> list(String name) {
        return required(name).l();
    }

    public boolean has(String name) {
        return attributes.containsKey(name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Item item && attributes.equals(item.attributes);
    }

    @Override
    public int hashCode() {
        return attributes.hashCode();
    }

    static AttributeValue number(long number) {
        return AttributeValue.fromN(Long.toString(number));
    }

    static AttributeValue number(BigInteger number) {
        return AttributeValue.fromN(Amount.format(number));
    }

    static BigInteger big(AttributeValue value) {
        return new BigInteger(value.n());
    }

    private Item set(String name, AttributeValue value) {
        writable().put(name, value);
        return this;
    }

    private Map<String, AttributeValue> writable() {
        if (!own) {
            attributes = new HashMap<>(attributes);
            own = true;
        }
        return attributes;
    }

    private AttributeValue required(String name) {
        var value = attributes.get(name);
        if (value == null) {
            throw new IllegalStateException("item lacks attribute " + name);
        }
        return value;
    }
}
