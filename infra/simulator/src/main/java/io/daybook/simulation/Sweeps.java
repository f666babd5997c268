package io.daybook.simulation;

import static io.daybook.simulation.Violation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.core.exception.SdkException;

/** Audits and replays: begun by hand, then gone on with by a queue that brings their parts in any order, some again. */
final class Sweeps {
    private static final int MOST_RECEIVES = 5;
    private static final int LONGEST_DELAY_MICROS = 60_000_000;

    private final Scheduler scheduler;
    private final Chance chance;
    private final Steps steps;
    private final Faults faults;
    private final History history;
    private final SimulatedSqs sqs;
    private final List<Machine> machines;

    Sweeps(
            Scheduler scheduler,
            Chance chance,
            Steps steps,
            Faults faults,
            History history,
            SimulatedSqs sqs,
            List<Machine> machines) {
        this.scheduler = scheduler;
        this.chance = chance;
        this.steps = steps;
        this.faults = faults;
        this.history = history;
        this.sqs = sqs;
        this.machines = machines;
    }

    /** Begins one after this delay, among all that goes wrong: it may get nowhere. */
    void start(String function, long delay) {
        scheduler.start(function, delay, () -> {
            if (steps.taken()) {
                begin(function, options().put("segments", chance.between(1, 3)), steps::taken);
            }
        });
    }

    /** Runs one to its end while nothing goes wrong, and gives what it then tells of itself. */
    JsonNode complete(String function, JsonNode options) {
        var told = new ArrayList<JsonNode>();
        scheduler.start(function, 0, () -> told.add(begin(function, options, () -> true)));
        scheduler.run();
        scheduler.start(
                function,
                0,
                () -> told.add(
                        invoke(function, options().set("run", told.getFirst().get("run")))));
        scheduler.run();
        unless(told.getLast().get("done").equals(told.getLast().get("parts")), "%s is %s", function, told);
        return told.getLast();
    }

    private JsonNode begin(String function, JsonNode options, BooleanSupplier taken) {
        try {
            return invoke(function, options);
        } catch (SdkException e) {
            history.note("fails with %s", e.getClass().getSimpleName());
            return options();
        } finally {
            for (var part : sqs.takeParts()) {
                deliver(function, part, 1, taken);
                if (faults.strikes(Fault.MESSAGE_DUPLICATED, part)) {
                    deliver(function, part, 1, taken);
                }
            }
        }
    }

    private void deliver(String function, String part, int receive, BooleanSupplier taken) {
        var delay = receive == 1 ? chance.latency() : chance.below(LONGEST_DELAY_MICROS);
        scheduler.start(function, delay, () -> {
            if (!taken.getAsBoolean()) {
                return;
            }
            switch (end(function, part)) {
                case DONE -> {}
                case GIVEN_BACK -> deliver(function, part, receive, taken);
                case FAILED -> {
                    if (receive < MOST_RECEIVES) {
                        deliver(function, part, receive + 1, taken);
                    }
                }
            }
        });
    }

    private enum End {
        DONE,
        GIVEN_BACK,
        FAILED
    }

    private End end(String function, String part) {
        try {
            var event = options();
            event.putArray("Records")
                    .addObject()
                    .put("messageId", "part")
                    .put("receiptHandle", "part")
                    .put("body", part);
            if (!invoke(function, event).path("batchItemFailures").isEmpty()) {
                return End.GIVEN_BACK;
            }
            return faults.strikes(Fault.MESSAGE_NOT_DELETED, part) ? End.FAILED : End.DONE;
        } catch (SdkException e) {
            history.note("fails with %s", e.getClass().getSimpleName());
            return End.FAILED;
        } catch (Died died) {
            if (scheduler.isOver()) {
                throw died;
            }
            return End.FAILED;
        }
    }

    /** What an invocation may be given; nothing yet. */
    static ObjectNode options() {
        return JsonNodeFactory.instance.objectNode();
    }

    private JsonNode invoke(String function, JsonNode event) {
        history.note("is invoked with %s", event);
        return chance.pick(machines).sweep(function, event);
    }
}
