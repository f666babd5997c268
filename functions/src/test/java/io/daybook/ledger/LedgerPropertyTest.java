package io.daybook.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 8 of the contract over random sequences of commands; a failure names the seed that repeats it. */
class LedgerPropertyTest {
    private static final List<String> ACCOUNTS =
            List.of("cash", "fees", "a", "b", "c", "yen", "yen:a", "hot", "hotter");
    private static final int SEQUENCES = 100;
    private static final int COMMANDS = 120;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void the_books_always_balance(long block) {
        for (long seed = block * SEQUENCES; seed < (block + 1) * SEQUENCES; seed++) {
            var scribe = played(seed);
            var books = Books.EMPTY;
            var keys = new HashMap<String, Event.Placed>();
            for (var event : scribe.events) {
                if (event instanceof Event.OfTransaction happened) {
                    minimaHold(seed, books, happened);
                    clocksNeverRunBack(seed, books, happened);
                }
                if (event instanceof Event.Placed placed) {
                    assertThat(keys.put(placed.id(), placed))
                            .as("seed %d: a key is decided once", seed)
                            .isNull();
                }
                books = Ledger.evolve(books, event);
                debitsEqualCredits(seed, books);
            }
            assertThat(books).as("seed %d: the events are all there is", seed).isEqualTo(scribe.books);
            headsAreTheFoldOfTheirEntries(seed, scribe.events, books);
            endsOnce(seed, scribe.events);
        }
    }

    /** 8.1 */
    private static void debitsEqualCredits(long seed, Books books) {
        var sums = new HashMap<Asset, Counters>();
        books.accounts().values().forEach(head -> sums.merge(head.asset(), head.counters(), Counters::plus));
        sums.forEach((asset, sum) -> {
            assertThat(sum.debitsPosted()).as("seed %d: %s posted", seed, asset).isEqualTo(sum.creditsPosted());
            assertThat(sum.debitsPending())
                    .as("seed %d: %s pending", seed, asset)
                    .isEqualTo(sum.creditsPending());
        });
    }

    /** 8.2 */
    private static void headsAreTheFoldOfTheirEntries(long seed, List<Event> events, Books books) {
        var counters = new HashMap<String, Counters>();
        var versions = new HashMap<String, Long>();
        for (var event : events) {
            if (event instanceof Event.OfTransaction happened) {
                for (var entry : happened.entries()) {
                    assertThat(versions.merge(entry.part(), 1L, Long::sum))
                            .as("seed %d: versions of %s", seed, entry.part())
                            .isEqualTo(entry.version());
                    assertThat(counters.merge(entry.part(), entry.change(), Counters::plus))
                            .as("seed %d: balances of %s", seed, entry.part())
                            .isEqualTo(entry.balances());
                }
            }
        }
        books.accounts().values().forEach(head -> {
            assertThat(head.counters()).isEqualTo(counters.getOrDefault(head.part(), Counters.ZERO));
            assertThat(head.version()).isEqualTo(versions.getOrDefault(head.part(), 0L));
            assertThat(head.counters().debitsPending().signum()).isNotNegative();
            assertThat(head.counters().creditsPending().signum()).isNotNegative();
        });
    }

    /** 8.4: what lowers available ends at or above the minimum that held at that moment. */
    private static void minimaHold(long seed, Books before, Event.OfTransaction event) {
        if (event instanceof Event.Ended) {
            return; // Settling is never declined: its funds were reserved, and available does not fall.
        }
        for (var entry : event.entries()) {
            var head = before.account(entry.part()).orElseThrow();
            var minimum = head.minimum();
            var available = entry.balances().available(entry.normal());
            if (minimum != null && available.compareTo(head.counters().available(entry.normal())) < 0) {
                assertThat(available)
                        .as("seed %d: minimum of %s", seed, head.part())
                        .isGreaterThanOrEqualTo(minimum);
            }
        }
    }

    private static void clocksNeverRunBack(long seed, Books before, Event.OfTransaction event) {
        for (var entry : event.entries()) {
            assertThat(event.recordedAt())
                    .as("seed %d: clock of %s", seed, entry.part())
                    .isAfterOrEqualTo(before.account(entry.part()).orElseThrow().recordedAt());
        }
    }

    private static void endsOnce(long seed, List<Event> events) {
        var ends = events.stream()
                .filter(Event.Ended.class::isInstance)
                .map(event -> ((Event.Ended) event).id())
                .toList();
        assertThat(ends)
                .as("seed %d: exactly one of settle, void and expire", seed)
                .doesNotHaveDuplicates();
    }

    private static Scribe played(long seed) {
        var random = new Random(seed);
        var scribe = new Scribe();
        var commands = new ArrayList<Command>();
        for (int i = 0; i < COMMANDS; i++) {
            scribe.later(Duration.ofSeconds(random.nextInt(-30, 60)));
            // A client that has lost its answer asks again.
            var command = commands.isEmpty() || random.nextInt(8) > 0
                    ? random(random, scribe)
                    : commands.get(random.nextInt(commands.size()));
            commands.add(command);
            scribe.ask(command);
        }
        return scribe;
    }

    private static Command random(Random random, Scribe scribe) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> open(random);
            case 2 -> change(random);
            case 3, 4, 5, 6 -> post(random, scribe);
            case 7, 8 -> new Command.SettleHold("main", transaction(random), settling(random, scribe));
            case 9 -> new Command.VoidHold("main", transaction(random));
            case 10 -> new Command.ExpireHold("main", transaction(random));
            default -> new Command.ReverseTransaction("main", transaction(random), null, Map.of());
        };
    }

    private static Command open(Random random) {
        var account = pick(random, ACCOUNTS);
        var asset = account.startsWith("yen") ? "JPY/0" : "USD/2";
        var type = pick(random, List.of(AccountType.values()));
        if (account.startsWith("hot")) {
            return new Command.OpenAccount("main", account, Scribe.striped(type, random.nextInt(2, 17)));
        }
        var minimum = random.nextBoolean() ? null : (Long) (long) random.nextInt(-50, 1);
        var maximum = random.nextInt(4) > 0 ? null : (Long) (long) random.nextInt(50, 400);
        return new Command.OpenAccount("main", account, Scribe.definition(asset, type, minimum, maximum));
    }

    private static Command change(Random random) {
        List<Function<Integer, Command.Amendment>> kinds = List.of(
                n -> new Command.Amendment.Minimum(n % 3 == 0 ? null : BigInteger.valueOf(n - 60)),
                n -> new Command.Amendment.Maximum(n % 3 == 0 ? null : BigInteger.valueOf(n * 5L)),
                n -> new Command.Amendment.Closed(n % 4 == 0),
                n -> new Command.Amendment.Pair("k" + n % 3, n % 2 == 0 ? null : "v" + n));
        return new Command.ChangeAccount(
                "main", pick(random, ACCOUNTS), List.of(pick(random, kinds).apply(random.nextInt(100))));
    }

    private static Command post(Random random, Scribe scribe) {
        var lines = new ArrayList<String>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            var pair = new ArrayList<>(ACCOUNTS);
            Collections.shuffle(pair, random);
            lines.add(random.nextInt(1, 100) + " " + pair.get(0) + " > " + pair.get(1));
        }
        var pending = random.nextInt(3) == 0;
        return Scribe.post(
                "key" + random.nextInt(60),
                pending,
                pending && random.nextBoolean() ? scribe.now.plusSeconds(random.nextInt(1, 400)) : null,
                Map.of(),
                lines.toArray(String[]::new));
    }

    private static List<Posting> settling(Random random, Scribe scribe) {
        var holds = scribe.books.transactions().values().stream()
                .filter(transaction -> transaction.status() == Transaction.Status.PENDING)
                .toList();
        if (holds.isEmpty() || random.nextInt(3) == 0) {
            return null;
        }
        return pick(random, holds).terms().postings().stream()
                .map(posting ->
                        new Posting(posting.debit(), posting.credit(), BigInteger.valueOf(random.nextInt(0, 60))))
                .toList();
    }

    private static String transaction(Random random) {
        return Scribe.id("key" + random.nextInt(60));
    }

    private static <T> T pick(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
