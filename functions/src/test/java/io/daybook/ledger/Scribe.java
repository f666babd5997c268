package io.daybook.ledger;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries commands out on books of its own, as the journal does, and keeps the events. */
final class Scribe {
    static final Instant START = Instant.parse("2026-11-01T08:00:00Z");

    final List<Event> events = new ArrayList<>();
    Books books = Books.EMPTY;
    Instant now = START;

    /** Appends what the command leads to, and says how it ended. */
    Decision ask(Command command) {
        var decision = Ledger.decide(books, command, now);
        while (decision instanceof Decision.Append(var appended)) {
            events.addAll(appended);
            books = Ledger.evolve(books, appended);
            decision = Ledger.decide(books, command, now);
        }
        return decision;
    }

    Refusal refusal(Command command) {
        return ((Decision.Refuse) ask(command)).refusal();
    }

    void later(Duration duration) {
        now = now.plus(duration);
    }

    void open(String account, AccountType type, @Nullable Long minimum, @Nullable Long maximum) {
        ask(new Command.OpenAccount("main", account, definition("USD/2", type, minimum, maximum)));
    }

    static Definition definition(String asset, AccountType type, @Nullable Long minimum, @Nullable Long maximum) {
        return new Definition(
                Asset.parse(asset).orElseThrow(),
                type,
                minimum == null ? null : BigInteger.valueOf(minimum),
                maximum == null ? null : BigInteger.valueOf(maximum),
                1,
                false,
                null,
                Map.of());
    }

    static Definition striped(AccountType type, int stripes) {
        return new Definition(Asset.parse("USD/2").orElseThrow(), type, null, null, stripes, false, null, Map.of());
    }

    /** Postings written as {@code "100 cash > alice"}. */
    static List<Posting> postings(String... lines) {
        return Arrays.stream(lines)
                .map(line -> line.split("[ >]+"))
                .map(part -> new Posting(part[1], part[2], new BigInteger(part[0])))
                .toList();
    }

    static Command.PostTransaction post(String key, String... lines) {
        return post(key, false, null, Map.of(), lines);
    }

    static Command.PostTransaction hold(String key, @Nullable Instant expiresAt, String... lines) {
        return post(key, true, expiresAt, Map.of(), lines);
    }

    static Command.PostTransaction post(
            String key, boolean pending, @Nullable Instant expiresAt, Map<String, Long> expect, String... lines) {
        return new Command.PostTransaction(
                "main", key, postings(lines), pending, expiresAt, null, expect, null, Map.of());
    }

    static String id(String key) {
        return Names.transactionOf("main", key);
    }

    Transaction transaction(String key) {
        return books.transaction(id(key)).orElseThrow();
    }

    AccountState state(String account) {
        return books.state(account).orElseThrow();
    }

    /** {@code posted / pending / available}, as the contract's tables write it. */
    String balances(String account) {
        var state = state(account);
        var normal = state.definition().type().normal();
        var balances = state.balances();
        return balances.posted(normal) + " / " + balances.pending(normal) + " / " + balances.available(normal);
    }
}
