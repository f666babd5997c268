package io.daybook.items;

import io.daybook.ledger.Amount;
import io.daybook.ledger.Counters;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Posting;
import io.daybook.ledger.Side;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The ledger's small values as attribute values: lists, since a map would repeat its names in every item. */
public final class Values {
    private Values() {}

    public static List<AttributeValue> of(Counters counters) {
        return List.of(
                of(counters.debitsPosted()),
                of(counters.creditsPosted()),
                of(counters.debitsPending()),
                of(counters.creditsPending()));
    }

    public static Counters counters(List<AttributeValue> values) {
        return new Counters(
                Item.big(values.get(0)), Item.big(values.get(1)), Item.big(values.get(2)), Item.big(values.get(3)));
    }

    /** Counters of several accounts, added up: each may be more than a counter holds. Read with {@link #sums(List)}. */
    public static List<AttributeValue> ofSums(Counters sums) {
        return List.of(
                figure(sums.debitsPosted()),
                figure(sums.creditsPosted()),
                figure(sums.debitsPending()),
                figure(sums.creditsPending()));
    }

    public static Counters sums(List<AttributeValue> values) {
        return new Counters(figure(values.get(0)), figure(values.get(1)), figure(values.get(2)), figure(values.get(3)));
    }

    /** What would not fit into a counter may not fit into a number of DynamoDB either, and is a text. */
    static AttributeValue figure(BigInteger figure) {
        return figure.abs().compareTo(Amount.COUNTER_MAX) > 0 ? AttributeValue.fromS(figure.toString()) : of(figure);
    }

    static BigInteger figure(AttributeValue value) {
        return value.s() == null ? Item.big(value) : new BigInteger(value.s());
    }

    public static String of(Side side) {
        return side == Side.DEBIT ? "D" : "C";
    }

    public static Side side(String text) {
        return text.equals("D") ? Side.DEBIT : Side.CREDIT;
    }

    static AttributeValue of(BigInteger number) {
        return Item.number(number);
    }

    static AttributeValue of(Posting posting) {
        return AttributeValue.fromL(List.of(
                AttributeValue.fromS(posting.debit()), AttributeValue.fromS(posting.credit()), of(posting.amount())));
    }

    static Posting posting(AttributeValue value) {
        var parts = value.l();
        return new Posting(parts.get(0).s(), parts.get(1).s(), Item.big(parts.get(2)));
    }

    static AttributeValue of(Entry entry) {
        var parts = new ArrayList<AttributeValue>(12);
        parts.add(AttributeValue.fromS(entry.account()));
        parts.add(AttributeValue.fromS(of(entry.normal())));
        parts.add(Item.number(entry.version()));
        parts.addAll(of(entry.change()));
        parts.addAll(of(entry.balances()));
        if (entry.stripe() > 0) {
            parts.add(Item.number(entry.stripe()));
        }
        return AttributeValue.fromL(parts);
    }

    static Entry entry(AttributeValue value) {
        var parts = value.l();
        return new Entry(
                parts.get(0).s(),
                parts.size() == 11 ? 0 : Integer.parseInt(parts.get(11).n()),
                side(parts.get(1).s()),
                Long.parseLong(parts.get(2).n()),
                counters(parts.subList(3, 7)),
                counters(parts.subList(7, 11)));
    }
}
