package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.daybook.runtime.JsonLogging;
import io.daybook.runtime.LedgerClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One simulated stretch of time: machines, tables, a queue, clients, and all that goes wrong, out of one seed. */
final class Simulation {
    private static final long SECOND = 1_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final int MACHINES = 3;
    private static final int MOST_QUIET_MINUTES = 60;
    private static final int LONGEST_HOLD_MINUTES = 4;
    private static final int QUEUE_BATCH = 10;
    /** What is younger the audit leaves to the next. */
    private static final long SETTLED = 10 * SECOND;

    private static final String REBUILT = "rebuilt";
    /** One's name begins with the other's, so that no key of one may be taken for one of the other. */
    static final List<String> LEDGERS = List.of("main", "main-2");

    static {
        silence();
    }

    /** Nobody reads the functions' logs here. */
    static void silence() {
        JsonLogging.from(null);
    }

    private final long seed;
    private final Mutation mutation;
    private final Scheduler scheduler = new Scheduler();
    private final Chance chance;
    private final Steps steps;
    private final Faults faults;
    private final History history = new History(scheduler);
    private final Network network;
    private final SimulatedDynamoDb dynamoDb;
    private final SimulatedSqs sqs;
    private final Audit audit;
    private final List<Machine> machines = new ArrayList<>();
    private final Gateway gateway;
    private final List<Readings> readings = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final Sweeps sweeps;
    private final long mostSkew;

    /**
     * What a simulation came to.
     *
     * @param operations calls of AWS
     * @param steps those that were taken, of the ones that can be left out
     * @param failure what did not hold, if anything; it ends the simulation
     */
    record Result(
            List<String> history,
            int calls,
            int answered,
            int operations,
            int events,
            Map<Fault, Integer> faults,
            List<String> steps,
            Optional<Throwable> failure) {}

    Simulation(long seed, Mutation mutation) {
        this(seed, mutation, List.of());
    }

    /** @param only the steps that it takes; where there are none, all */
    Simulation(long seed, Mutation mutation, List<String> only) {
        this.seed = seed;
        this.mutation = mutation;
        chance = new Chance(scheduler, seed);
        steps = only.isEmpty() ? Steps.all(scheduler) : Steps.only(scheduler, only);
        faults = new Faults(chance, steps, history);
        network = new Network(scheduler, chance, faults, history);
        audit = new Audit(scheduler, LEDGERS);
        dynamoDb = new SimulatedDynamoDb(scheduler, network, chance, faults, history, audit);
        sqs = new SimulatedSqs(scheduler, network, chance, faults);
        mostSkew = chance.pick(List.of(0L, SECOND, 2 * SECOND, 5 * MINUTE));
        for (int number = 0; number < MACHINES; number++) {
            var clock = new MachineClock(scheduler);
            setSkew(clock);
            var ledgerClock = new LedgerClock(clock);
            var dating = mutation == Mutation.MACHINE_CLOCK_BELIEVED ? clock : ledgerClock;
            var answering = DatedAnswers.of(mutation.of(dynamoDb, clock), network, scheduler, ledgerClock);
            machines.add(new Machine(clock, dating, answering, sqs));
        }
        sweeps = new Sweeps(scheduler, chance, steps, faults, history, sqs, machines);
        gateway = new Gateway(scheduler, chance, history, machines);
        for (var auditor : audit.all()) {
            var judge = new Readings(auditor, audit.views(), scheduler);
            readings.add(judge);
            workloads.add(new Workload(scheduler, chance, steps, auditor, gateway, judge));
        }
    }

    private Optional<Map<String, AttributeValue>> view(Table.Key key) {
        return dynamoDb.table(Machine.VIEWS).get(key);
    }

    /** Runs it to its end. Throws an assertion error that names the seed where the contract did not hold. */
    Result run() {
        var result = observe();
        result.failure().ifPresent(failure -> {
            throw new AssertionError(
                    "seed %d: %s%n%s".formatted(seed, failure.getMessage(), history.tail(60)), failure);
        });
        return result;
    }

    /** Runs it to its end, or to where the contract does not hold. */
    Result observe() {
        var failure = Optional.<Throwable>empty();
        try {
            workloads.forEach(Workload::open);
            var end = 2 * SECOND;
            for (int burst = chance.between(2, 6); burst > 0; burst--) {
                workloads.getFirst().burst(end, 20);
                workloads.getLast().burst(end, 7);
                end += chance.between(1, 120) * SECOND;
            }
            operate(end + 2 * MINUTE);
            scheduler.run();
            calmDown();
            auditEnd();
        } catch (Violation | RuntimeException e) {
            failure = Optional.of(e);
        }
        return new Result(
                history.lines(),
                gateway.calls(),
                gateway.answered(),
                network.operations(),
                audit.all().stream()
                        .mapToInt(auditor -> auditor.events().size())
                        .sum(),
                faults.counts(),
                steps.names(),
                failure);
    }

    private void setSkew(MachineClock clock) {
        var skew = skew();
        if (steps.taken()) {
            clock.setSkew(skew);
        }
    }

    private long skew() {
        return mostSkew == 0 ? 0 : chance.between((int) -mostSkew, (int) mostSkew);
    }

    /** What runs by itself: the schedules, the queue's trigger, and what befalls queue and clocks. */
    private void operate(long end) {
        for (long at = MINUTE; at < end; at += MINUTE) {
            scheduler.start("schedule", at, () -> {
                scheduler.start(
                        "relay",
                        chance.below(5_000_000),
                        () -> invoke(() -> chance.pick(machines).relay()));
                if (faults.strikes(Fault.TWO_RELAYS, "by the schedule")) {
                    scheduler.start(
                            "relay",
                            chance.below(5_000_000),
                            () -> invoke(() -> chance.pick(machines).relay()));
                }
                scheduler.start(
                        "expiry",
                        chance.below(5_000_000),
                        () -> invoke(() -> chance.pick(machines).expire()));
                if (faults.strikes(Fault.QUEUE_PURGED, "all of it")) {
                    sqs.purge();
                }
                if (faults.strikes(Fault.CLOCK_JUMPED, "of a machine")) {
                    chance.pick(machines).jump(skew());
                }
            });
        }
        scheduler.start("trigger", 0, () -> {
            while (scheduler.now() < end) {
                poll();
                scheduler.pause(chance.between(20_000, 900_000));
            }
        });
        if (chance.happens(0.3)) {
            sweeps.start("audit", chance.below((int) end));
        }
        if (chance.happens(0.1)) {
            sweeps.start("replay", chance.below((int) end));
        }
    }

    /** A scheduled function may fail: the next one comes. */
    private void invoke(Runnable function) {
        if (!steps.taken()) {
            return;
        }
        try {
            function.run();
        } catch (SdkException e) {
            history.note("fails with %s", e.getClass().getSimpleName());
        }
    }

    /** The trigger of the events queue: hands a batch to the projector, and deletes what it has not called failed. */
    private void poll() {
        var batch = sqs.receive(chance.between(1, QUEUE_BATCH));
        if (!batch.isEmpty()) {
            scheduler.start("projector", 0, () -> project(batch));
        }
    }

    private void project(List<SimulatedSqs.Sent> batch) {
        var event = JsonNodeFactory.instance.objectNode();
        var records = event.putArray("Records");
        batch.forEach(message -> records.addObject()
                .put("messageId", message.id)
                .put("body", message.body)
                .putObject("attributes")
                .put("ApproximateReceiveCount", Integer.toString(message.receives())));
        var struck = faults.struck();
        var failed = mutation.of(chance.pick(machines).project(event));
        for (var message : batch) {
            if (failed.contains(message.id)) {
                unless(
                        message.damaged || faults.struck() > struck,
                        "message %s was called failed, though nothing was wrong with it",
                        message.id);
                sqs.makeVisible(message);
                continue;
            }
            auditDone(message);
            if (!faults.strikes(Fault.MESSAGE_NOT_DELETED, message.id)) {
                sqs.delete(message);
            }
        }
    }

    /**
     * What the projector has called done the queue never brings again: it must have been acknowledged in the outbox, or
     * lie among the dead letters.
     */
    private void auditDone(SimulatedSqs.Sent message) {
        if (sqs.isDead(message)) {
            return;
        }
        unless(!message.damaged, "message %s was called done, and cannot be read", message.id);
        var outbox = Answers.parse(message.body).path("outbox");
        var key = new Table.Key(outbox.path("pk").asText(), outbox.path("sk").asText());
        unless(
                dynamoDb.table(Machine.JOURNAL).get(key).isEmpty(),
                "message %s was called done, and %s was not acknowledged",
                message.id,
                key);
        // What has just been projected late is what a cut might miss.
        if (Instant.parse(key.sk().split("#", 2)[0]).isBefore(now().minusSeconds(10)) && chance.happens(0.5)) {
            chance.pick(workloads).addUpSoon();
        }
    }

    private Instant now() {
        return MachineClock.BEGINNING.plus(scheduler.now(), ChronoUnit.MICROS);
    }

    /** Nothing goes wrong any more: whatever is still on its way arrives. */
    private void calmDown() {
        faults.stop();
        history.note("from here on nothing goes wrong");
        machines.forEach(machine -> machine.jump(0));
        for (int minute = 0; minute < MOST_QUIET_MINUTES && !isQuiet(minute); minute++) {
            scheduler.start("relay", 0, () -> machines.getFirst().relay());
            scheduler.start("expiry", 0, () -> machines.getFirst().expire());
            scheduler.start("trigger", SECOND, () -> {
                for (int second = 1; second < 60; second += 5) {
                    poll();
                    scheduler.pause(5 * SECOND);
                }
            });
            scheduler.run();
        }
    }

    /** Whether all that was on its way has arrived, and every hold with an end has had the time to end. */
    private boolean isQuiet(int minute) {
        return minute >= LONGEST_HOLD_MINUTES
                && sqs.size() == 0
                && dynamoDb.table(Machine.JOURNAL).items().keySet().stream()
                        .noneMatch(key -> key.startsWith("outbox#"));
    }

    private void auditEnd() {
        var journal = dynamoDb.table(Machine.JOURNAL).items();
        unless(
                journal.keySet().stream().noneMatch(key -> key.startsWith("outbox#")),
                "the outbox is not empty: %s",
                journal.keySet().stream()
                        .filter(key -> key.startsWith("outbox#"))
                        .toList());
        var now = now().minus(2 * MINUTE, ChronoUnit.MICROS);
        for (var auditor : audit.all()) {
            auditor.transactions().values().stream()
                    .filter(AuditedTransaction::isPending)
                    .forEach(hold -> unless(
                            hold.expiresAt.map(at -> at.isAfter(now)).orElse(true), "%s has not expired", hold.id));
            auditor.accounts().values().stream()
                    .flatMap(account -> account.parts().stream())
                    .forEach(part -> auditEntries(auditor.ledger, part));
        }
        readings.forEach(Readings::auditEnd);
        scheduler.start("clock", SETTLED + SECOND, () -> {});
        scheduler.run();
        auditSweeps();
    }

    /** The audit reads everything and finds nothing, and the replay builds the same views again. */
    private void auditSweeps() {
        var journal = dynamoDb.table(Machine.JOURNAL).items();
        var views = projected();
        var audit = sweeps.complete("audit", Sweeps.options().put("segments", 2));
        unless(audit.path("deviations").asLong() == 0, "the audit finds %s deviations", audit.get("deviations"));
        unless(
                audit.path("items").asLong() >= journal.size() + views.size(),
                "the audit has read %s items of %d and %d",
                audit.get("items"),
                journal.size(),
                views.size());
        var replay =
                sweeps.complete("replay", Sweeps.options().put("segments", 2).put("table", REBUILT));
        unless(replay.path("deviations").asLong() == 0, "the replay finds %s deviations", replay.get("deviations"));
        var rebuilt = dynamoDb.table(REBUILT).items();
        rebuilt.forEach((key, item) ->
                unless(item.equals(views.get(key)), "view %s is %s, rebuilt it is %s", key, views.get(key), item));
        unless(views.size() == rebuilt.size(), "views has %d items, rebuilt %d", views.size(), rebuilt.size());
    }

    /** All views but what audits and replays keep there. */
    private Map<String, Map<String, AttributeValue>> projected() {
        var views = dynamoDb.table(Machine.VIEWS).items();
        views.keySet().removeIf(Audit::isKept);
        return views;
    }

    /** The list of entries is gapless, and the fold of itself. */
    private void auditEntries(String ledger, AuditedAccount account) {
        var pk = "e#" + ledger + "#" + account.id;
        long version = 0;
        var sum = Tally.NOTHING;
        for (var sk : dynamoDb.table(Machine.VIEWS).partition(pk).keySet()) {
            if (!sk.equals("~")) {
                var entry = view(new Table.Key(pk, sk)).orElseThrow();
                unless(
                        Long.parseLong(entry.get("v").n()) == ++version,
                        "entry %d of %s is missing in its view",
                        version,
                        account.id);
                sum = sum.plus(Tally.read(entry.get("c").l()));
                unless(
                        sum.equals(Tally.read(entry.get("b").l())),
                        "entry %d of %s is not the fold of those before",
                        version,
                        account.id);
            }
        }
        unless(version == account.now().version(), "the view of %s ends at %d", account.id, version);
    }
}
