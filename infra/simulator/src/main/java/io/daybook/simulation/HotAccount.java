package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import io.daybook.items.Backoff;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writers that all move money between one account and others, each other account one writer's own: how many transactions
 * a second that account takes. The handlers are the real ones, time is virtual, and DynamoDB takes as long and refuses as
 * much as is published of it; nothing else goes wrong.
 */
public final class HotAccount {
    private static final long SECOND = 1_000_000;
    private static final String LEDGER = "main";
    private static final String HOT = "hot";

    /** DynamoDB's limit of write units a second of one partition, and so of one item. */
    private static final int PARTITION_UNITS = 1000;

    /** So many that the outbox is not what is measured. */
    private static final String SHARDS = "64";

    /**
     * What is asked of the account.
     *
     * @param writers how many write at the same time, each one request after the other, as a Lambda instance does
     * @param batch how many transactions a request has; with 1 it is no batch
     * @param heldShare for which part of its time a transaction of DynamoDB's holds its items
     * @param seconds for how long
     */
    public record Load(int writers, int stripes, int batch, double heldShare, int seconds, long seed) {}

    /**
     * What came of it.
     *
     * @param perSecond transactions committed in a second of virtual time
     * @param tries attempts to append, for each append that was written
     * @param contended the share of transactions that were answered 503
     * @param medianMillis how long a request took, and p99Millis how long all but one in a hundred
     */
    public record Outcome(double perSecond, double tries, double contended, double medianMillis, double p99Millis) {}

    private final Load load;
    private final Scheduler scheduler = new Scheduler();
    private final Chance chance;
    private final SimulatedDynamoDb dynamoDb;
    private final SimulatedSqs sqs;
    private final List<Long> answerMicros = new ArrayList<>();
    private long begin = Long.MAX_VALUE;
    private long end = Long.MAX_VALUE;
    private long attempts;
    private long appends;
    private long committed;
    private long committedEver;
    private long answered;
    private long contended;

    private HotAccount(Load load) {
        Simulation.silence();
        this.load = load;
        chance = new Chance(scheduler, load.seed());
        var history = new History(scheduler, false);
        var faults = new Faults(chance, Steps.all(scheduler), history);
        faults.stop();
        var published = new PublishedPace(chance, load.heldShare());
        var network = new Network(scheduler, chance, faults, history, (operation, items) -> {
            if (operation.equals("TransactWriteItems") && isMeasured()) {
                attempts++;
            }
            return published.attempt(operation, items);
        });
        dynamoDb = new SimulatedDynamoDb(
                scheduler,
                network,
                chance,
                faults,
                history,
                this::count,
                Capacity.perSecond(scheduler, PARTITION_UNITS));
        sqs = new SimulatedSqs(scheduler, network, chance, faults);
    }

    /** Runs it, and proves that no transaction was lost or doubled. The same load has the same outcome each time. */
    public static Outcome of(Load load) {
        return new HotAccount(load).run();
    }

    private Outcome run() {
        var machines =
                IntStream.range(0, load.writers()).mapToObj(n -> machine()).toList();
        start(0, () -> open(machines.getFirst(), HOT, hotAccount()));
        for (int writer = 0; writer < load.writers(); writer++) {
            var number = writer;
            start(
                    0,
                    () -> IntStream.range(0, load.batch())
                            .forEach(other -> open(
                                    machines.get(number),
                                    other(number, other),
                                    "{\"asset\":\"USD/2\",\"type\":\"liability\"}")));
        }
        scheduler.run();
        // One second in which they come out of step.
        begin = scheduler.now() + SECOND;
        end = begin + load.seconds() * SECOND;
        for (int writer = 0; writer < load.writers(); writer++) {
            var number = writer;
            start(chance.below(100_000), () -> write(machines.get(number), number));
        }
        scheduler.start("queue", 0, () -> {
            while (scheduler.now() < end) {
                scheduler.pause(SECOND / 10);
                sqs.purge();
            }
        });
        scheduler.run();
        start(0, () -> auditHead(machines.getFirst()));
        scheduler.run();
        answerMicros.sort(null);
        return new Outcome(
                (double) committed / load.seconds(),
                (double) attempts / appends,
                (double) contended / answered,
                answerMicros.get(answerMicros.size() / 2) / 1e3,
                answerMicros.get(answerMicros.size() * 99 / 100) / 1e3);
    }

    private Machine machine() {
        var clock = new MachineClock(scheduler);
        return new Machine(clock, clock, dynamoDb, sqs, SHARDS);
    }

    private void start(long delay, Runnable body) {
        scheduler.start(
                "writer",
                delay,
                () -> ScopedValue.where(
                                Backoff.SIMULATED, most -> scheduler.pause(chance.below(Math.toIntExact(most / 1000))))
                        .run(body));
    }

    private boolean isMeasured() {
        return scheduler.now() >= begin && scheduler.now() < end;
    }

    private void count(Commit commit) {
        var placed = commit.writes().stream()
                .filter(write -> write.key().pk().startsWith("t#"))
                .count();
        committedEver += placed;
        if (isMeasured() && placed > 0) {
            committed += placed;
            appends++;
        }
    }

    private String hotAccount() {
        var stripes = load.stripes() == 1 ? "" : ",\"stripes\":" + load.stripes();
        return "{\"asset\":\"USD/2\",\"type\":\"asset\",\"minimum\":null%s}".formatted(stripes);
    }

    private static String other(int writer, int number) {
        return "users:%d:%d".formatted(writer, number);
    }

    private static void open(Machine machine, String account, String body) {
        var answer = machine.answer("open", event(Map.of(), Map.of("account", account), Map.of(), body));
        unless(answer.status() == 201, "opening is answered %s", answer.body());
    }

    private void write(Machine machine, int writer) {
        for (int request = 0; scheduler.now() < end; request++) {
            var sentAt = scheduler.now();
            var prefix = "key-%d-%d".formatted(writer, request);
            var statuses = load.batch() == 1 ? post(machine, writer, prefix) : postBatch(machine, writer, prefix);
            if (isMeasured()) {
                answerMicros.add(scheduler.now() - sentAt);
                answered += statuses.size();
                contended += statuses.stream().filter(status -> status == 503).count();
            }
            unless(
                    statuses.stream().allMatch(status -> status == 201 || status == 503),
                    "writing is answered %s",
                    statuses);
        }
    }

    private static List<Integer> post(Machine machine, int writer, String key) {
        var body = "{%s}".formatted(postings(writer, 0));
        var answer = machine.answer("post", event(Map.of("idempotency-key", key), Map.of(), Map.of(), body));
        return List.of(answer.status());
    }

    private List<Integer> postBatch(Machine machine, int writer, String prefix) {
        var transactions = IntStream.range(0, load.batch())
                .mapToObj(n -> "{\"key\":\"%s-%d\",%s}".formatted(prefix, n, postings(writer, n)))
                .collect(Collectors.joining(","));
        var body = "{\"transactions\":[%s]}".formatted(transactions);
        var answer = machine.answer("batch", event(Map.of(), Map.of(), Map.of(), body));
        return answer.body()
                .path("results")
                .valueStream()
                .map(result -> result.path("status").asInt())
                .toList();
    }

    private static String postings(int writer, int number) {
        return "\"postings\":[{\"debit\":\"%s\",\"credit\":\"%s\",\"amount\":\"1\"}]"
                .formatted(HOT, other(writer, number));
    }

    /** Every transaction that was committed is one version of the account, and one cent. */
    private void auditHead(Machine machine) {
        var strong = Map.of("consistency", "strong");
        var head = machine.answer("read", event(Map.of(), Map.of("account", HOT), strong, ""))
                .body();
        unless(
                head.path("version").asLong() == committedEver
                        && head.path("balances").path("posted").asLong() == committedEver,
                "%d transactions were committed, and the account is %s",
                committedEver,
                head);
    }

    private static JsonNode event(
            Map<String, String> headers, Map<String, String> path, Map<String, String> query, String body) {
        var parameters = new HashMap<>(path);
        parameters.put("ledger", LEDGER);
        return Gateway.event(headers, parameters, query, body);
    }
}
