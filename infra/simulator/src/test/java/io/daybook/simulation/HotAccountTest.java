package io.daybook.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.daybook.simulation.HotAccount.Load;
import org.junit.jupiter.api.Test;

class HotAccountTest {
    @Test
    void one_writer_takes_as_long_as_its_calls_and_loses_no_race() {
        var alone = HotAccount.of(new Load(1, 1, 1, 0.5, 20, 1));

        // What was begun in time may have been written too late.
        assertThat(alone.tries()).isCloseTo(1, within(0.01));
        assertThat(alone.contended()).isZero();
        // A transaction, and a read and a message beside it.
        assertThat(alone.medianMillis()).isBetween(38.0, 46.0);
        assertThat(alone.perSecond()).isBetween(15.0, 26.0);
    }

    @Test
    void many_writers_get_in_the_way_of_each_other() {
        var alone = HotAccount.of(new Load(1, 1, 1, 0.5, 5, 1));
        var crowd = HotAccount.of(new Load(40, 1, 1, 0.5, 5, 1));

        assertThat(crowd.tries()).isGreaterThan(2);
        assertThat(crowd.perSecond()).isLessThan(10 * alone.perSecond());
    }

    @Test
    void the_same_load_has_the_same_outcome() {
        var load = new Load(4, 1, 10, 0.5, 2, 7);

        assertThat(HotAccount.of(load)).isEqualTo(HotAccount.of(load));
        assertThat(HotAccount.of(load)).isNotEqualTo(HotAccount.of(new Load(4, 1, 10, 0.5, 2, 8)));
    }
}
