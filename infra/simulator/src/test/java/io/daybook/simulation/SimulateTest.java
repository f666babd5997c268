package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./daybook simulate}, from its arguments to what it prints. */
class SimulateTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

    @Test
    void a_seed_that_holds_is_told_in_figures() {
        assertThat(simulate("--seed", "7")).isEqualTo(0);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .startsWith("Simulated seeds 7 to 7 in ")
                .containsPattern("\\d+ calls of the API\n")
                .containsPattern("\\d+ MESSAGE_LOST\n");
    }

    @Test
    void with_minutes_it_goes_on_from_the_seed() {
        assertThat(simulate("--seed", "7", "--minutes", "0.02")).isEqualTo(0);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("Simulated seeds 7 to ");
    }

    /** Each is found after hundreds of lines and hundreds of steps and faults. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "EXPIRY_IGNORES_A_SETTLE",
                "OUTBOX_BROUGHT_BACK_BY_THE_RELAY",
                "ENDED_HOLD_STAYS_DUE",
                "LIST_ENDS_WITH_ITS_FIRST_PAGE"
            })
    void a_failure_is_shrunk_to_a_history_that_the_printed_line_repeats(Mutation mutation) {
        var found = LongStream.range(0, MutationTest.MOST_SEEDS)
                .filter(seed ->
                        new Simulation(seed, mutation).observe().failure().isPresent())
                .findFirst()
                .orElseThrow();
        var whole = new Simulation(found, mutation).observe();
        var seed = Long.toString(found);
        assertThat(simulate("--seed", seed, "--mutation", mutation.name())).isEqualTo(1);
        var lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        var repeat = lines.getLast().strip();
        var history = lines.subList(lines.indexOf("Looking for the shortest history of it ...") + 2, lines.size() - 3);
        assertThat(history.size()).isLessThan(whole.history().size() / 8);

        printed.reset();
        assertThat(repeat).startsWith("./daybook simulate ");
        assertThat(simulate(repeat.substring("./daybook simulate ".length()).split(" ")))
                .isEqualTo(1);
        assertThat(printed.toString(StandardCharsets.UTF_8).lines().toList()).isEqualTo(history);
        var failure = (Violation) whole.failure().orElseThrow();
        assertThat(history.getLast()).containsPattern(failure.rule().replaceAll("%[sd]", ".*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seed",
                "--seed x",
                "--minutes -1",
                "--mutation NOBODY",
                "--only 1:1",
                "--seed 7 --minutes 1 --only 1:1",
                "--help"
            })
    void what_it_does_not_understand_it_answers_with_its_usage(String arguments) {
        assertThat(simulate(arguments.split(" "))).isEqualTo(2);
        assertThat(complained.toString(StandardCharsets.UTF_8)).contains("usage: ./daybook simulate");
        assertThat(printed.size()).isEqualTo(0);
    }

    private int simulate(String... arguments) {
        return Main.run(
                List.of(arguments),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(complained, true, StandardCharsets.UTF_8));
    }
}
