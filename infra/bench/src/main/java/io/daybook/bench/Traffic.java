package io.daybook.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The same requests for whoever is measured: drawn from a seed, each post with a key that has never been used. */
final class Traffic {
    static final int ACCOUNTS = 1000;

    /** An account that many pay to, and one that is kept in 16 parts for it. */
    static final String HOT = "hot";

    static final String STRIPED = "striped";

    /** The transactions of a batch. */
    static final int BATCH = 50;

    private static final String LEDGER = "/v1/ledgers/load";

    private final AtomicLong keys = new AtomicLong();
    private final Random chance = new Random(6);

    private static String account(int number) {
        return "users:%04d".formatted(number);
    }

    /** Opens the accounts, which may go below zero, and those that all of them pay to. */
    static void open(Server server) throws InterruptedException, ExecutionException {
        var names = IntStream.range(0, ACCOUNTS).mapToObj(Traffic::account).collect(Collectors.toList());
        names.add(HOT);
        try (var threads = Executors.newFixedThreadPool(Vegeta.CLIENTS)) {
            var opened = new ArrayList<Callable<Integer>>();
            names.forEach(name -> opened.add(() -> open(server, name, 1)));
            opened.add(() -> open(server, STRIPED, 16));
            for (var status : threads.invokeAll(opened)) {
                if (status.get() != 201) {
                    throw new IllegalStateException("an account could not be opened: " + status.get());
                }
            }
        }
    }

    static int open(Server server, String account, int stripes) throws IOException, InterruptedException {
        return server.send(
                        "PUT",
                        LEDGER + "/accounts/" + account,
                        "",
                        "{\"asset\":\"USD/2\",\"type\":\"liability\",\"minimum\":null,\"stripes\":" + stripes + "}")
                .statusCode();
    }

    static String pathOf(String account) {
        return LEDGER + "/accounts/" + account;
    }

    /** From one account to another. */
    Supplier<Vegeta.Call> many() {
        return () -> {
            var two = twoAccounts();
            return post(two.getFirst(), two.getLast());
        };
    }

    /** From one of the accounts to one that all pay to. */
    Supplier<Vegeta.Call> to(String hot) {
        return () -> post(account(chance.nextInt(ACCOUNTS)), hot);
    }

    Supplier<Vegeta.Call> batches() {
        return () -> new Vegeta.Call(
                "POST",
                LEDGER + "/batches",
                "",
                IntStream.range(0, BATCH)
                        .mapToObj(item -> {
                            var two = twoAccounts();
                            return "{\"key\":\"b-%d\",%s"
                                    .formatted(
                                            keys.incrementAndGet(),
                                            postings(two.getFirst(), two.getLast())
                                                    .substring(1));
                        })
                        .collect(Collectors.joining(",", "{\"transactions\":[", "]}")));
    }

    Supplier<Vegeta.Call> reads() {
        return () -> new Vegeta.Call("GET", pathOf(account(chance.nextInt(ACCOUNTS))), "", "");
    }

    Vegeta.Call post(String debit, String credit) {
        return new Vegeta.Call(
                "POST", LEDGER + "/transactions", "k-" + keys.incrementAndGet(), postings(debit, credit));
    }

    private List<String> twoAccounts() {
        int first = chance.nextInt(ACCOUNTS);
        int other = (first + 1 + chance.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        return List.of(account(first), account(other));
    }

    private static String postings(String debit, String credit) {
        return "{\"postings\":[{\"debit\":\"%s\",\"credit\":\"%s\",\"amount\":\"1250\"}]}".formatted(debit, credit);
    }
}
