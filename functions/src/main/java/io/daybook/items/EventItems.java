package io.daybook.items;

import static io.daybook.items.Attributes.*;

import io.daybook.ledger.AccountType;
import io.daybook.ledger.Asset;
import io.daybook.ledger.Definition;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import io.daybook.ledger.Origin;
import io.daybook.ledger.Refusal;
import io.daybook.ledger.Terms;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Events as items, without their keys, and back. */
public final class EventItems {
    /** What this release writes. Readers accept it and ignore attributes they do not know. */
    private static final long SCHEMA_VERSION = 1;

    private EventItems() {}

    public static Item encode(Event event) {
        var item = new Item()
                .put(SCHEMA, SCHEMA_VERSION)
                .put(KIND, kind(event))
                .put(LEDGER, event.ledger())
                .put(RECORDED_AT, event.recordedAt());
        return switch (event) {
            case Event.AccountDefined defined -> {
                item.put(ACCOUNT, defined.account())
                        .put(DEFINITION, defined.number())
                        .put(FIRST_RECORDED_AT, different(defined.openedAt(), defined.recordedAt()));
                yield putDefinition(item, defined.definition());
            }
            case Event.Declined declined -> putTerms(item, declined).put(DECLINE, decline(declined.reason()));
            case Event.Posted posted -> putTerms(item, posted).put(ENTRIES, entries(posted.entries()));
            case Event.Held held -> putTerms(item, held).put(ENTRIES, entries(held.entries()));
            case Event.Settled settled ->
                putLater(item, settled)
                        .put(AMOUNTS, settled.amounts().stream().map(Values::of).toList())
                        .put(ENTRIES, entries(settled.entries()));
            case Event.Voided voided -> putLater(item, voided).put(ENTRIES, entries(voided.entries()));
            case Event.Expired expired -> putLater(item, expired).put(ENTRIES, entries(expired.entries()));
            case Event.Reversed reversed -> putLater(item, reversed).put(REVERSED_BY, reversed.by());
        };
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalStateException where the item is no event, or lacks something that its kind has
     */
    public static Event decode(Item item) {
        var ledger = item.text(LEDGER);
        var at = item.time(RECORDED_AT);
        var kind = item.text(KIND);
        return switch (kind) {
            case "defined" ->
                new Event.AccountDefined(
                        ledger,
                        item.text(ACCOUNT),
                        item.number(DEFINITION),
                        definition(item),
                        item.timeIfAny(FIRST_RECORDED_AT).orElse(at),
                        at);
            case "posted" -> new Event.Posted(ledger, id(item), terms(item, at), entries(item), at);
            case "held" -> new Event.Held(ledger, id(item), terms(item, at), entries(item), at);
            case "declined" -> new Event.Declined(ledger, id(item), terms(item, at), decline(item.list(DECLINE)), at);
            case "settled" ->
                new Event.Settled(
                        ledger,
                        id(item),
                        item.list(AMOUNTS).stream().map(Item::big).toList(),
                        entries(item),
                        origin(item),
                        at);
            case "voided" -> new Event.Voided(ledger, id(item), entries(item), origin(item), at);
            case "expired" -> new Event.Expired(ledger, id(item), entries(item), origin(item), at);
            case "reversed" -> new Event.Reversed(ledger, id(item), item.text(REVERSED_BY), origin(item), at);
            default -> throw new IllegalStateException("unknown kind of event: " + kind);
        };
    }

    /** Puts what an account is, the money apart. */
    private static Item putDefinition(Item item, Definition definition) {
        return item.put(ASSET, definition.asset().toString())
                .put(ACCOUNT_TYPE, definition.type().name())
                .put(MINIMUM, definition.minimum())
                .put(MAXIMUM, definition.maximum())
                .put(STRIPES, definition.stripes())
                .put(CLOSED, definition.closed())
                .put(DESCRIPTION, definition.description())
                .put(METADATA, definition.metadata());
    }

    private static Definition definition(Item item) {
        return new Definition(
                asset(item),
                AccountType.valueOf(item.text(ACCOUNT_TYPE)),
                item.numberIfAny(MINIMUM).orElse(null),
                item.numberIfAny(MAXIMUM).orElse(null),
                Math.toIntExact(item.number(STRIPES)),
                item.flag(CLOSED),
                item.textIfAny(DESCRIPTION).orElse(null),
                item.texts(METADATA));
    }

    public static Asset asset(Item item) {
        return Asset.parse(item.text(ASSET)).orElseThrow();
    }

    private static String kind(Event event) {
        return switch (event) {
            case Event.AccountDefined e -> "defined";
            case Event.Posted e -> "posted";
            case Event.Held e -> "held";
            case Event.Declined e -> "declined";
            case Event.Settled e -> "settled";
            case Event.Voided e -> "voided";
            case Event.Expired e -> "expired";
            case Event.Reversed e -> "reversed";
        };
    }

    private static Item putTerms(Item item, Event.Placed placed) {
        var terms = placed.terms();
        return item.put(TRANSACTION, placed.id())
                .put(KEY, terms.key())
                .put(FINGERPRINT, terms.fingerprint())
                .put(POSTINGS, terms.postings().stream().map(Values::of).toList())
                .put(EFFECTIVE_AT, different(terms.effectiveAt(), placed.recordedAt()))
                .put(EXPIRES_AT, terms.expiresAt())
                .put(DESCRIPTION, terms.description())
                .put(METADATA, terms.metadata())
                .put(REVERSES, terms.reverses());
    }

    private static Terms terms(Item item, Instant recordedAt) {
        return new Terms(
                item.textIfAny(KEY).orElse(null),
                item.text(FINGERPRINT),
                item.list(POSTINGS).stream().map(Values::posting).toList(),
                item.timeIfAny(EFFECTIVE_AT).orElse(recordedAt),
                item.timeIfAny(EXPIRES_AT).orElse(null),
                item.textIfAny(DESCRIPTION).orElse(null),
                item.texts(METADATA),
                item.textIfAny(REVERSES).orElse(null));
    }

    private static Item putLater(Item item, Event.OfTransaction event) {
        var origin = event.origin();
        return item.put(TRANSACTION, event.id())
                .put(FIRST_RECORDED_AT, origin.recordedAt())
                .put(EFFECTIVE_AT, different(origin.effectiveAt(), origin.recordedAt()))
                .put(DESCRIPTION, origin.description());
    }

    private static Origin origin(Item item) {
        var recordedAt = item.time(FIRST_RECORDED_AT);
        return new Origin(
                recordedAt,
                item.timeIfAny(EFFECTIVE_AT).orElse(recordedAt),
                item.textIfAny(DESCRIPTION).orElse(null));
    }

    private static String id(Item item) {
        return item.text(TRANSACTION);
    }

    private static List<AttributeValue> entries(List<Entry> entries) {
        return entries.stream().map(Values::of).toList();
    }

    private static List<Entry> entries(Item item) {
        return item.list(ENTRIES).stream().map(Values::entry).toList();
    }

    private static List<AttributeValue> decline(Refusal.Decline reason) {
        return switch (reason) {
            case Refusal.InsufficientFunds r ->
                decline("insufficient-funds", r.account(), r.available(), r.required(), r.minimum());
            case Refusal.MaximumExceeded r ->
                r.maximum() == null
                        ? decline("counter-exceeded", r.account(), r.resulting())
                        : decline("maximum-exceeded", r.account(), r.maximum(), r.resulting());
            case Refusal.AccountClosed r -> decline("account-closed", r.account());
        };
    }

    private static List<AttributeValue> decline(String reason, String account, BigInteger... figures) {
        return Stream.concat(
                        Stream.of(reason, account).map(AttributeValue::fromS),
                        Stream.of(figures).map(Values::figure))
                .toList();
    }

    private static Refusal.Decline decline(List<AttributeValue> parts) {
        var account = parts.get(1).s();
        var figures =
                parts.subList(2, parts.size()).stream().map(Values::figure).toList();
        var reason = parts.getFirst().s();
        return switch (reason) {
            case "insufficient-funds" ->
                new Refusal.InsufficientFunds(account, figures.get(0), figures.get(1), figures.get(2));
            case "maximum-exceeded" -> new Refusal.MaximumExceeded(account, figures.get(0), figures.get(1));
            case "counter-exceeded" -> new Refusal.MaximumExceeded(account, null, figures.getFirst());
            case "account-closed" -> new Refusal.AccountClosed(account);
            default -> throw new IllegalStateException("unknown decline: " + reason);
        };
    }

    private static @Nullable Instant different(Instant time, Instant recordedAt) {
        return time.equals(recordedAt) ? null : time;
    }
}
