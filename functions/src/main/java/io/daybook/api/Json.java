package io.daybook.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.ledger.AccountState;
import io.daybook.ledger.Amount;
import io.daybook.ledger.Counters;
import io.daybook.ledger.Entry;
import io.daybook.ledger.Event;
import io.daybook.ledger.Posting;
import io.daybook.ledger.Side;
import io.daybook.ledger.Timestamp;
import io.daybook.ledger.Transaction;
import io.daybook.views.Page;
import io.daybook.views.RecordedEntry;
import io.daybook.views.TrialBalance;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the ledger's values look in answers: amounts as strings, times in UTC with microseconds, absent values as null. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Reads what callers send: members that are there twice and anything behind the end are faults. */
    static final ObjectReader READER = MAPPER.readerFor(JsonNode.class);

    /** Half of what Lambda hands back (6 MB), since the quotes in a body are escaped once more on the way. */
    static final int MAX_PAGE_BYTES = 3 * 1024 * 1024;

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ObjectNode account(AccountState account) {
        var definition = account.definition();
        var normal = definition.type().normal();
        var node = object().put("ledger", account.ledger())
                .put("id", account.id())
                .put("asset", definition.asset().toString())
                .put("type", definition.type().name().toLowerCase(Locale.ROOT))
                .put("normal", text(normal))
                .put("stripes", definition.stripes())
                .put("minimum", text(definition.minimum()))
                .put("maximum", text(definition.maximum()))
                .put("closed", definition.closed())
                .put("description", definition.description());
        node.set("metadata", metadata(definition.metadata()));
        node.put("version", account.version());
        node.set("balances", balances(account.balances(), normal));
        return node.put("openedAt", text(account.openedAt())).put("updatedAt", text(account.updatedAt()));
    }

    static ObjectNode transaction(Transaction transaction) {
        var placed = transaction.placed();
        var terms = placed.terms();
        var node = object().put("ledger", placed.ledger())
                .put("id", placed.id())
                .put("key", terms.key())
                .put("status", text(transaction.status()));
        node.set("postings", postings(terms.postings()));
        node.set("settled", transaction.settled().<JsonNode>map(Json::postings).orElse(null));
        node.set("entries", array(transaction.entries(), Json::entry));
        node.put("description", terms.description());
        node.set("metadata", metadata(terms.metadata()));
        node.put("effectiveAt", text(terms.effectiveAt()))
                .put("recordedAt", text(placed.recordedAt()))
                .put("updatedAt", text(transaction.updatedAt()))
                .put("expiresAt", text(terms.expiresAt()))
                .put("reverses", terms.reverses())
                .put(
                        "reversedBy",
                        transaction.reversed() == null
                                ? null
                                : transaction.reversed().by());
        node.set(
                "decline",
                placed instanceof Event.Declined declined
                        ? Problem.of(declined.reason()).json()
                        : null);
        return node;
    }

    private static ObjectNode entry(Entry entry) {
        var node = object().put("account", entry.account());
        if (entry.stripe() > 0) {
            node.put("stripe", entry.stripe());
        }
        node.put("version", entry.version());
        node.set("balances", balances(entry.balances(), entry.normal()));
        node.set("change", counters(entry.change()));
        return node;
    }

    static ObjectNode entry(RecordedEntry recorded) {
        return entry(recorded.entry())
                .put("transaction", recorded.transaction())
                .put("recordedAt", text(recorded.recordedAt()))
                .put("effectiveAt", text(recorded.effectiveAt()))
                .put("description", recorded.description());
    }

    /**
     * A page of a list. A page that would not fit into one answer is cut short, and goes on with its next.
     *
     * @param place where an item is in the list
     * @param cursor makes the caller's cursor of a place
     */
    static <T> ObjectNode page(
            Page<T> page, Function<T, ObjectNode> json, Function<T, String> place, Function<String, String> cursor) {
        var node = object();
        var items = node.putArray("items");
        var next = page.next();
        int bytes = 0;
        for (int i = 0; i < page.items().size(); i++) {
            var item = json.apply(page.items().get(i));
            bytes += item.toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_PAGE_BYTES && i > 0) {
                next = Optional.of(place.apply(page.items().get(i - 1)));
                break;
            }
            items.add(item);
        }
        return node.put("next", next.map(cursor).orElse(null));
    }

    static ObjectNode trialBalance(String ledger, TrialBalance balance, String source) {
        var node = object().put("ledger", ledger)
                .put("at", text(balance.at()))
                .put("source", source)
                .put("balanced", balance.balanced());
        var assets = node.putArray("assets");
        var byAsset = balance.sums().entrySet().stream()
                .collect(Collectors.groupingBy(line -> line.getKey().asset(), LinkedHashMap::new, Collectors.toList()));
        byAsset.forEach((asset, lines) -> {
            var total = balance.total(asset);
            counters(assets.addObject().put("asset", asset.toString()).put("balanced", total.even()), total)
                    .set(
                            "types",
                            array(
                                    lines,
                                    line -> counters(
                                            object().put(
                                                            "type",
                                                            text(line.getKey().type())),
                                            line.getValue())));
        });
        return node;
    }

    static ObjectNode counters(Counters counters) {
        return counters(object(), counters);
    }

    static ObjectNode balances(Counters counters, Side normal) {
        return counters(
                object().put("posted", text(counters.posted(normal)))
                        .put("pending", text(counters.pending(normal)))
                        .put("available", text(counters.available(normal))),
                counters);
    }

    private static ObjectNode counters(ObjectNode node, Counters counters) {
        return node.put("debitsPosted", text(counters.debitsPosted()))
                .put("creditsPosted", text(counters.creditsPosted()))
                .put("debitsPending", text(counters.debitsPending()))
                .put("creditsPending", text(counters.creditsPending()));
    }

    private static ArrayNode postings(List<Posting> postings) {
        return array(
                postings,
                posting -> object().put("debit", posting.debit())
                        .put("credit", posting.credit())
                        .put("amount", text(posting.amount())));
    }

    private static ObjectNode metadata(Map<String, String> metadata) {
        var node = object();
        metadata.forEach(node::put);
        return node;
    }

    private static <T> ArrayNode array(List<T> values, Function<T, ObjectNode> element) {
        var array = MAPPER.createArrayNode();
        values.forEach(value -> array.add(element.apply(value)));
        return array;
    }

    static String text(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String text(@Nullable BigInteger number) {
        return number == null ? null : Amount.format(number);
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : Timestamp.format(time);
    }
}
