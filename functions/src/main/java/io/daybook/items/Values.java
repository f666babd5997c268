package io.daybook.items;

import io.daybook.ledger.Counters;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Posting;
import io.daybook.ledger.Side;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The ledger's small values as attribute values: lists, since a map would repeat its names in every item. */
public final class Values {
    private Values() {}

    public static List<AttributeValue> of(Counters counters) {
        return Stream.of(
                        counters.debitsPosted(),
                        counters.creditsPosted(),
                        counters.debitsPending(),
                        counters.creditsPending())
                .map(Values::of)
                .toList();
    }

    public static Counters counters(List<AttributeValue> values) {
        return new Counters(
                Item.big(values.get(0)), Item.big(values.get(1)), Item.big(values.get(2)), Item.big(values.get(3)));
    }

    public static String of(Side side) {
        return side == Side.DEBIT ? "D" : "C";
    }

    public static Side side(String text) {
        return text.equals("D") ? Side.DEBIT : Side.CREDIT;
    }

    static AttributeValue of(BigInteger number) {
        return AttributeValue.fromN(number.toString());
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
        return AttributeValue.fromL(Stream.of(
                        Stream.of(
                                AttributeValue.fromS(entry.account()),
                                AttributeValue.fromS(of(entry.normal())),
                                Item.number(entry.version())),
                        of(entry.change()).stream(),
                        of(entry.balances()).stream(),
                        Stream.of(Item.number(entry.stripe())).filter(stripe -> entry.stripe() > 0))
                .flatMap(parts -> parts)
                .toList());
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
