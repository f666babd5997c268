package io.daybook.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A ledger of one test's own. Its accounts count USD/2 unless they are opened otherwise. */
record TestLedger(Daybook daybook, String name) {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final AtomicInteger KEYS = new AtomicInteger();

    static TestLedger empty() {
        return empty(Daybook.shared());
    }

    static TestLedger empty(Daybook daybook) {
        return new TestLedger(daybook, "test-" + COUNT.incrementAndGet());
    }

    /** With cash, an asset without a minimum, and alice, bob and shop, liabilities that may not be overdrawn. */
    static TestLedger ofAlice() {
        return empty().withCash()
                .with("alice", "liability")
                .with("bob", "liability")
                .with("shop", "liability");
    }

    private static final class Untouched {
        private static final TestLedger LEDGER = ofAlice();
    }

    /** As {@link #ofAlice}, shared by tests that write nothing. */
    static TestLedger untouched() {
        return Untouched.LEDGER;
    }

    /** As {@link #ofAlice}; alice has so much. */
    static TestLedger ofAlice(long amount) {
        var ledger = ofAlice();
        ledger.transfer("opening-money", "cash", "alice", amount).is(201);
        return ledger;
    }

    TestLedger withCash() {
        open("cash", "{'asset':'USD/2','type':'asset','minimum':null}").is(201);
        return this;
    }

    TestLedger with(String account, String type) {
        open(account, "{'asset':'USD/2','type':'%s'}".formatted(type)).is(201);
        return this;
    }

    String path() {
        return "/v1/ledgers/" + name;
    }

    String path(String account) {
        return path() + "/accounts/" + account;
    }

    Answer open(String account, String body) {
        return daybook.put(path(account), body);
    }

    Answer change(String account, String body) {
        return daybook.patch(path(account), body);
    }

    /** An account as the journal has it. */
    Answer account(String account) {
        return daybook.get(path(account) + "?consistency=strong").is(200);
    }

    Answer post(String key, String body) {
        return daybook.post(path() + "/transactions", body, "idempotency-key", key);
    }

    Answer dryRun(String body) {
        return daybook.post(path() + "/transactions?dryRun=true", body);
    }

    Answer transfer(String key, String debit, String credit, long amount) {
        return post(key, transferring(debit, credit, amount));
    }

    /** Under a key of its own. */
    Answer transfer(String debit, String credit, long amount) {
        return transfer(key(), debit, credit, amount);
    }

    Answer hold(String key, String debit, String credit, long amount) {
        return post(key, "{'pending':true,'postings':[%s]}".formatted(posting(debit, credit, amount)));
    }

    Answer hold(String debit, String credit, long amount) {
        return hold(key(), debit, credit, amount);
    }

    Answer settle(String id, @Nullable String body) {
        return daybook.post(path() + "/transactions/" + id + "/settle", body);
    }

    Answer release(String id) {
        return daybook.post(path() + "/transactions/" + id + "/void", null);
    }

    Answer reverse(String id, @Nullable String body) {
        return daybook.post(path() + "/transactions/" + id + "/reverse", body);
    }

    Answer reverse(String id) {
        return reverse(id, null);
    }

    Answer transaction(String id) {
        return daybook.get(path() + "/transactions/" + id);
    }

    Answer batch(String... transactions) {
        return daybook.post(path() + "/batches", "{'transactions':[%s]}".formatted(String.join(",", transactions)));
    }

    Answer atomic(String... transactions) {
        return daybook.post(
                path() + "/batches", "{'atomic':true,'transactions':[%s]}".formatted(String.join(",", transactions)));
    }

    Answer get(String rest, String... headers) {
        return daybook.get(path() + rest, headers);
    }

    /** {@code posted / pending / available}, as the journal has them. */
    String balances(String account) {
        return balances(account(account).at("/balances"));
    }

    static String balances(JsonNode balances) {
        return Stream.of("posted", "pending", "available")
                .map(name -> balances.path(name).asText())
                .collect(Collectors.joining(" / "));
    }

    long version(String account) {
        return account(account).at("/version").asLong();
    }

    /** An account's entries, the oldest first, once there are so many of them. */
    List<JsonNode> entries(String account, int count) {
        Daybook.eventually(() -> assertThat(
                        daybook.all(path(account) + "/entries?order=asc").size())
                .isGreaterThanOrEqualTo(count));
        return daybook.all(path(account) + "/entries?order=asc");
    }

    /** Waits until this account's view shows its newest entry and definition. */
    TestLedger seen(String account) {
        var now = account(account).json();
        Daybook.eventually(() -> {
            var seen = daybook.get(path(account)).is(200);
            // An account that the view does not have yet is answered by the journal.
            assertThat(seen.header("daybook-consistency")).as(account).contains("eventual");
            assertThat(seen.json()).as(account).isEqualTo(now);
        });
        return this;
    }

    static String transferring(String debit, String credit, long amount) {
        return "{'postings':[%s]}".formatted(posting(debit, credit, amount));
    }

    static String posting(String debit, String credit, Object amount) {
        return "{'debit':'%s','credit':'%s','amount':'%s'}".formatted(debit, credit, amount);
    }

    /** One transaction of a batch. */
    static String item(String key, String debit, String credit, long amount) {
        return "{'key':'%s','postings':[%s]}".formatted(key, posting(debit, credit, amount));
    }

    static String key() {
        return "key-" + KEYS.incrementAndGet();
    }
}
