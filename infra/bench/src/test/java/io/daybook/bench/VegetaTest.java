package io.daybook.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class VegetaTest {

    @Test
    void answers_are_counted_when_they_came_and_a_stretch_that_is_not_whole_is_left_out() {
        var attack = new Vegeta.Attack(
                List.of(
                        shot(0.0, 201, 500),
                        shot(0.5, 201, 500),
                        shot(1.9, 201, 200),
                        shot(4.0, 201, 100),
                        shot(4.5, 201, 100)),
                0);

        assertThat(attack.perSecond(2)).containsExactly(1.0, 0.5);
        assertThat(attack.perSecond(2, shot -> 50)).containsExactly(50.0, 25.0);
    }

    private static Vegeta.Shot shot(double second, int status, double ms) {
        return new Vegeta.Shot(second, status, ms, "");
    }

    @Test
    void nothing_was_measured_where_an_answer_is_another_than_expected() {
        var attack = new Vegeta.Attack(List.of(shot(0, 201, 1), shot(1, 503, 1)), 0);

        assertThatThrownBy(() -> attack.allAnswered(201))
                .hasMessageContaining("1 of 2")
                .hasMessageContaining("503");
    }
}
