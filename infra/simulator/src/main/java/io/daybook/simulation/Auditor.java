package io.daybook.simulation;

import static io.daybook.items.Attributes.*;
import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.simulation.AuditedTransaction.Posting;
import io.daybook.simulation.Table.Key;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Watches every append to one ledger and keeps books of its own, from what was written and in the order in which it was. It shares the
 * dictionary of attribute names with the product, and no rule.
 */
@SuppressWarnings("BadImport") // What a key is, is clear here.
final class Auditor {
    /** How far a machine's clock may be off, once DynamoDB's has put it right. */
    static final Duration MOST_SKEW = Duration.ofSeconds(3);

    final String ledger;
    private final Scheduler scheduler;
    private final AuditedViews views;
    private final Map<String, AuditedAccount> accounts = new TreeMap<>();
    private final Map<String, AuditedTransaction> transactions = new TreeMap<>();
    private final Map<String, String> idsByKey = new HashMap<>();
    /** Which stripe of an account a transaction has moved. */
    private final Map<String, Integer> stripes = new HashMap<>();

    private final List<Map<String, AttributeValue>> events = new ArrayList<>();

    Auditor(String ledger, Scheduler scheduler, AuditedViews views) {
        this.ledger = ledger;
        this.scheduler = scheduler;
        this.views = views;
    }

    Map<String, AuditedAccount> accounts() {
        return accounts;
    }

    Map<String, AuditedTransaction> transactions() {
        return transactions;
    }

    Optional<AuditedTransaction> byKey(String key) {
        return Optional.ofNullable(idsByKey.get(key)).map(transactions::get);
    }

    /** All events, in the order in which they were written. */
    List<Map<String, AttributeValue>> events() {
        return events;
    }

    void append(Commit commit) {
        new Append(commit).audit();
    }

    /** What an event did to one account. */
    private record Entry(String account, int stripe, long version, Tally change, Tally balances) {}

    private static List<Entry> entries(Map<String, AttributeValue> event) {
        return list(event, ENTRIES).stream()
                .map(AttributeValue::l)
                .map(parts -> new Entry(
                        parts.get(0).s(),
                        parts.size() > 11 ? Integer.parseInt(parts.get(11).n()) : 0,
                        Long.parseLong(parts.get(2).n()),
                        Tally.read(parts.subList(3, 7)),
                        Tally.read(parts.subList(7, 11))))
                .toList();
    }

    private static List<AttributeValue> list(Map<String, AttributeValue> item, String name) {
        return item.containsKey(name) ? item.get(name).l() : List.of();
    }

    private static Optional<String> text(Map<String, AttributeValue> item, String name) {
        return Optional.ofNullable(item.get(name)).map(AttributeValue::s);
    }

    private static Optional<BigInteger> limit(Map<String, AttributeValue> item, String name) {
        return Optional.ofNullable(item.get(name)).map(Tally::number);
    }

    /** What an entry, as it is shown to a caller, belongs to. */
    AuditedAccount part(JsonNode entry) {
        return account(entry.path("account").asText()).part(entry.path("stripe").asInt(0));
    }

    private AuditedAccount account(String id) {
        var account = accounts.get(id);
        unless(account != null, "there is no account %s", id);
        return account;
    }

    /** One append: everything that must be true of it as a whole. */
    private final class Append {
        private final Commit commit;
        private final Map<Key, Commit.Write> writes = new LinkedHashMap<>();
        private final Set<Key> expected = new HashSet<>();
        private final Set<AuditedAccount> touched = new LinkedHashSet<>();

        Append(Commit commit) {
            this.commit = commit;
            commit.writes().forEach(write -> writes.put(write.key(), write));
        }

        void audit() {
            var outboxes = writes.keySet().stream()
                    .filter(key -> key.pk().startsWith("outbox#"))
                    .toList();
            unless(outboxes.size() == 1, "an append has %d outbox items: %s", outboxes.size(), writes.keySet());
            expected.add(outboxes.getFirst());
            var named = writes.get(outboxes.getFirst())
                    .after()
                    .orElseThrow()
                    .get(EVENTS)
                    .l();
            for (var name : named) {
                var key = new Key(name.l().get(0).s(), name.l().get(1).s());
                var write = writes.get(key);
                unless(write != null && write.after().isPresent(), "the outbox names %s, which is not written", key);
                unless(write.before().isEmpty(), "event %s was written a second time", key);
                expected.add(key);
                var event = write.after().orElseThrow();
                if (key.pk().startsWith("a#")) {
                    define(event);
                } else {
                    apply(event);
                }
                events.add(event);
                views.expect(event);
            }
            touched.forEach(this::auditHead);
            unless(expected.equals(writes.keySet()), "an append has %s, expected are %s", writes.keySet(), expected);
            auditCall();
        }

        private void auditHead(AuditedAccount account) {
            var id = account.id;
            var tally = account.isStriped() ? Tally.NOTHING : account.now().tally();
            var version = account.isStriped() ? 0 : account.now().version();
            var key = new Key("a#" + ledger + "#" + id, "head");
            expected.add(key);
            unless(writes.containsKey(key), "the head of %s was not written with its event", id);
            var head = writes.get(key).after().orElseThrow();
            unless(
                    Tally.read(head.get(BALANCES).l()).equals(tally)
                            && Long.parseLong(head.get(VERSION).n()) == version,
                    "the head of %s is not the fold of its entries: %s",
                    id,
                    head);
            var before = writes.get(key)
                    .before()
                    .map(item -> Long.parseLong(item.get(REVISION).n()))
                    .orElse(0L);
            unless(Long.parseLong(head.get(REVISION).n()) > before, "the head of %s ran back", id);
            unless(
                    Instant.parse(head.get(RECORDED_AT).s()).equals(account.recordedAt),
                    "the head of %s has another time than its newest event",
                    id);
        }

        private void define(Map<String, AttributeValue> event) {
            var id = event.get(ACCOUNT).s();
            var number = Long.parseLong(event.get(DEFINITION).n());
            var type = event.get(ACCOUNT_TYPE).s().toLowerCase(Locale.ROOT);
            var account = accounts.computeIfAbsent(
                    id,
                    none -> new AuditedAccount(
                            id,
                            event.get(ASSET).s(),
                            type,
                            Integer.parseInt(event.get(STRIPES).n())));
            unless(number == account.definition + 1, "definition %d of %s follows %d", number, id, account.definition);
            var tally = number == 1 ? Tally.NOTHING : account.now().tally();
            var version = number == 1 ? 0 : account.now().version();
            var closed = event.containsKey(CLOSED) && event.get(CLOSED).bool();
            unless(!closed || tally.holdsNothing(), "%s was closed while it had holds", id);
            account.definition = number;
            var defined = new AuditedAccount.State(
                    scheduler.now(),
                    commit.appliedAt(),
                    tally,
                    version,
                    limit(event, MINIMUM),
                    limit(event, MAXIMUM),
                    closed,
                    number,
                    date(event, account),
                    "");
            var changes = number == 1 || closed != account.now().closed();
            account.become(defined);
            touched.add(account);
            if (account.isStriped()) {
                unless(
                        defined.minimum().isEmpty() && defined.maximum().isEmpty(),
                        "%s is striped and was given a limit",
                        id);
                account.parts().forEach(part -> define(part, defined, changes));
            }
            note("defined", id);
        }

        /** A part is written with what opens or closes it, and no definition is older than its entries. */
        private void define(AuditedAccount part, AuditedAccount.State defined, boolean written) {
            unless(!defined.recordedAt().isBefore(part.recordedAt), "the clock of %s ran back", part.id);
            if (written) {
                var first = part.states().isEmpty();
                part.become(new AuditedAccount.State(
                        defined.from(),
                        defined.appliedAt(),
                        first ? Tally.NOTHING : part.now().tally(),
                        first ? 0 : part.now().version(),
                        defined.minimum(),
                        defined.maximum(),
                        defined.closed(),
                        defined.definition(),
                        defined.recordedAt(),
                        ""));
                part.recordedAt = defined.recordedAt();
                touched.add(part);
            }
        }

        private void apply(Map<String, AttributeValue> event) {
            var id = event.get(TRANSACTION).s();
            var kind = event.get(KIND).s();
            switch (kind) {
                case "posted", "held", "declined" -> place(event, id, kind);
                case "settled", "voided", "expired" -> end(event, id, kind);
                case "reversed" -> {
                    var original = transaction(id);
                    unless(original.reversedBy.isEmpty(), "%s was reversed twice", id);
                    original.reversedBy = event.get(REVERSED_BY).s();
                    original.reversed = moment();
                    unless(
                            transaction(original.reversedBy).reverses.equals(Optional.of(id)),
                            "%s is named as a reversal and is none of %s",
                            original.reversedBy,
                            id);
                }
                default -> throw new Violation("unknown event " + kind);
            }
            note(kind, id);
        }

        private void place(Map<String, AttributeValue> event, String id, String kind) {
            unless(!transactions.containsKey(id), "%s was placed twice", id);
            var key = text(event, KEY);
            key.ifPresent(used -> {
                unless(!idsByKey.containsKey(used), "key %s was used twice", used);
                idsByKey.put(used, id);
            });
            var transaction = new AuditedTransaction(
                    id,
                    key,
                    key.map(used -> call().map(call -> call.requests.get(used)).orElseThrow()),
                    kind,
                    list(event, POSTINGS).stream()
                            .map(AttributeValue::l)
                            .map(parts ->
                                    new Posting(parts.get(0).s(), parts.get(1).s(), Tally.number(parts.get(2))))
                            .toList(),
                    text(event, EXPIRES_AT).map(Instant::parse),
                    text(event, REVERSES),
                    moment());
            transactions.put(id, transaction);
            transaction.reverses.ifPresent(original -> auditReversal(transaction, transaction(original)));
            if (kind.equals("declined")) {
                auditDecline(event, transaction);
                return;
            }
            var changes = new TreeMap<String, Tally>();
            transaction.postings.forEach(posting -> add(
                    changes,
                    posting,
                    kind.equals("posted") ? posting.amount() : BigInteger.ZERO,
                    kind.equals("held") ? posting.amount() : BigInteger.ZERO));
            enter(event, changes, true);
            if (kind.equals("held")) {
                transaction.expiresAt.ifPresent(at -> auditDue(event, transaction, true));
            }
        }

        private AuditedTransaction.Moment moment() {
            return new AuditedTransaction.Moment(scheduler.now(), commit.appliedAt());
        }

        private void auditReversal(AuditedTransaction reversal, AuditedTransaction original) {
            unless(
                    original.status().equals("posted")
                            && original.reverses.isEmpty()
                            && reversal.postings.equals(original.posted().stream()
                                    .map(Posting::mirrored)
                                    .toList()),
                    "%s is not the mirror of %s",
                    reversal.id,
                    original.id);
            var other = new Key("t#" + ledger + "#" + original.id, "2");
            unless(writes.containsKey(other), "%s was not named as reversed", original.id);
        }

        private void end(Map<String, AttributeValue> event, String id, String kind) {
            var hold = transaction(id);
            unless(hold.isPending(), "%s was %s after it had ended as %s", id, kind, hold.status());
            hold.end = kind;
            hold.ended = moment();
            hold.settled = list(event, AMOUNTS).stream().map(Tally::number).toList();
            var changes = new TreeMap<String, Tally>();
            for (int at = 0; at < hold.postings.size(); at++) {
                var held = hold.postings.get(at);
                var amount = kind.equals("settled") ? hold.settled.get(at) : BigInteger.ZERO;
                unless(
                        amount.signum() >= 0 && amount.compareTo(held.amount()) <= 0,
                        "%s was settled for more than was held",
                        id);
                add(changes, held, amount, held.amount().negate());
            }
            enter(event, changes, false);
            hold.expiresAt.ifPresent(at -> auditDue(event, hold, false));
            if (kind.equals("expired")) {
                var latest = MachineClock.BEGINNING
                        .plus(scheduler.now(), ChronoUnit.MICROS)
                        .plus(MOST_SKEW);
                unless(!hold.expiresAt.orElseThrow().isAfter(latest), "%s expired before its time", id);
            }
        }

        private void auditDue(Map<String, AttributeValue> event, AuditedTransaction hold, boolean put) {
            var due = writes.values().stream()
                    .filter(write -> write.key().pk().startsWith("due#")
                            && write.key().sk().endsWith("#" + hold.id))
                    .toList();
            unless(
                    due.size() == 1 && due.getFirst().after().isPresent() == put,
                    "%s of %s came without its due item",
                    event.get(KIND).s(),
                    hold.id);
            unless(put || due.getFirst().before().isPresent(), "another due item than that of %s was deleted", hold.id);
            expected.add(due.getFirst().key());
        }

        private void add(Map<String, Tally> changes, Posting posting, BigInteger posted, BigInteger held) {
            changes.merge(posting.debit(), Tally.NOTHING.plusDebit(posted, held), Tally::plus);
            changes.merge(posting.credit(), Tally.NOTHING.plusCredit(posted, held), Tally::plus);
        }

        /** Enters an event's entries into the books. */
        private void enter(Map<String, AttributeValue> event, Map<String, Tally> changes, boolean judged) {
            var byAsset = new HashMap<String, Tally>();
            var entered = new TreeMap<String, Tally>();
            for (var entry : entries(event)) {
                var whole = account(entry.account());
                var account = whole.part(entry.stripe());
                var before = account.now();
                unless(entered.put(whole.id, entry.change()) == null, "an event has two entries of %s", whole.id);
                var stripe = stripes.putIfAbsent(event.get(TRANSACTION).s() + " " + whole.id, entry.stripe());
                unless(
                        stripe == null || stripe == entry.stripe(),
                        "%s has moved stripe %d and stripe %d of %s",
                        event.get(TRANSACTION).s(),
                        stripe,
                        entry.stripe(),
                        whole.id);
                byAsset.merge(account.asset, entry.change(), Tally::plus);
                unless(
                        entry.version() == before.version() + 1,
                        "entry %d of %s follows %d",
                        entry.version(),
                        account.id,
                        before.version());
                var after = before.tally().plus(entry.change());
                unless(
                        after.equals(entry.balances()),
                        "the balances of %s are not the fold of its entries",
                        account.id);
                if (judged) {
                    judge(account, before, after);
                }
                account.become(new AuditedAccount.State(
                        scheduler.now(),
                        commit.appliedAt(),
                        after,
                        entry.version(),
                        before.minimum(),
                        before.maximum(),
                        before.closed(),
                        before.definition(),
                        date(event, account),
                        event.get(TRANSACTION).s()));
                touched.add(account);
                if (whole.isStriped()) {
                    addUp(whole, entry.change(), account.now());
                }
            }
            unless(entered.equals(changes), "the entries %s are not what the postings say: %s", entered, changes);
            unless(byAsset.values().stream().allMatch(Tally::balances), "debits and credits differ: %s", byAsset);
        }

        private void addUp(AuditedAccount whole, Tally change, AuditedAccount.State part) {
            var before = whole.now();
            whole.become(new AuditedAccount.State(
                    part.from(),
                    part.appliedAt(),
                    before.tally().plus(change),
                    before.version() + 1,
                    before.minimum(),
                    before.maximum(),
                    before.closed(),
                    before.definition(),
                    part.recordedAt(),
                    part.transaction()));
        }

        private void judge(AuditedAccount account, AuditedAccount.State before, Tally after) {
            var side = account.creditNormal;
            var lowered = after.available(side).compareTo(before.tally().available(side)) < 0;
            var raised = after.ceiling(side).compareTo(before.tally().ceiling(side)) > 0;
            unless(!before.closed(), "%s took a transaction though it is closed", account.id);
            unless(
                    !lowered
                            || before.minimum().isEmpty()
                            || after.available(side).compareTo(before.minimum().get()) >= 0,
                    "%s fell below its minimum",
                    account.id);
            unless(
                    !raised
                            || before.maximum().isEmpty()
                            || after.ceiling(side).compareTo(before.maximum().get()) <= 0,
                    "%s rose above its maximum",
                    account.id);
        }

        /** A decline must have been right on what the account was at some time during the call. */
        private void auditDecline(Map<String, AttributeValue> event, AuditedTransaction declined) {
            var parts = list(event, DECLINE);
            var account = account(parts.get(1).s());
            var side = account.creditNormal;
            var changes = new TreeMap<String, Tally>();
            var pending = declined.request.orElse("").contains("\"pending\":true");
            declined.postings.forEach(posting -> add(
                    changes,
                    posting,
                    pending ? BigInteger.ZERO : posting.amount(),
                    pending ? posting.amount() : BigInteger.ZERO));
            var since = call().map(call -> call.startedAt).orElse(scheduler.now());
            var right = account.since(since).stream().anyMatch(state -> {
                var before = state.tally();
                var after = before.plus(changes.get(account.id));
                return switch (parts.get(0).s()) {
                    case "account-closed" -> state.closed();
                    case "insufficient-funds" ->
                        state.minimum().isPresent()
                                && before.available(side).equals(Tally.number(parts.get(2)))
                                && state.minimum().get().equals(Tally.number(parts.get(4)))
                                && after.available(side).compareTo(before.available(side)) < 0
                                && after.available(side)
                                                .compareTo(state.minimum().get())
                                        < 0;
                    case "maximum-exceeded" ->
                        state.maximum().isPresent()
                                && state.maximum().get().equals(Tally.number(parts.get(2)))
                                && after.ceiling(side).equals(Tally.number(parts.get(3)))
                                && after.ceiling(side).compareTo(before.ceiling(side)) > 0
                                && after.ceiling(side).compareTo(state.maximum().get()) > 0;
                    default -> false;
                };
            });
            unless(right, "%s was declined for %s, which was not so at any time of the call", declined.id, parts);
        }

        private Instant date(Map<String, AttributeValue> event, AuditedAccount account) {
            var at = Instant.parse(event.get(RECORDED_AT).s());
            unless(!at.isBefore(account.recordedAt), "the clock of %s ran back to %s", account.id, at);
            account.recordedAt = at;
            return at;
        }

        private AuditedTransaction transaction(String id) {
            var found = transactions.get(id);
            unless(found != null, "there is no transaction %s", id);
            return found;
        }

        private Optional<Call> call() {
            return commit.subject() instanceof Call call ? Optional.of(call) : Optional.empty();
        }

        private void note(String kind, String id) {
            call().ifPresent(call -> call.written.add(kind + " " + id));
        }

        private void auditCall() {
            call().ifPresent(call -> {
                unless(call.ledger.equals(ledger), "%s has written into %s", call, ledger);
                unless(!call.isDryRun(), "%s is a dry run and has written %s", call, call.written);
                unless(!call.refused, "%s was answered as a failure, and was written after that", call);
                var keys = writes.values().stream()
                        .flatMap(write -> write.after().stream())
                        .flatMap(item -> text(item, KEY).stream())
                        .toList();
                keys.forEach(key ->
                        unless(!call.refusedKeys.contains(key), "%s was answered as a failure, and was written", key));
                unless(
                        !call.isAtomic() || keys.size() == call.requests.size(),
                        "an atomic batch of %d was written in part: %s",
                        call.requests.size(),
                        keys);
            });
        }
    }
}
