package io.daybook.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static final List<Figure> FIGURES =
            new Scaling(Path.of("..", "..", "template.yaml")).run().figures();

    private static double figure(String name) {
        return FIGURES.stream()
                .filter(figure -> figure.name().equals(name))
                .mapToDouble(Figure::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_new_journal_table_gives_out_first() {
        assertThat(FIGURES.getFirst().name()).isEqualTo("a new journal table holds up to");
        // 4,000 write units a second, 9 of which a transaction takes.
        assertThat(FIGURES.getFirst().value()).isBetween(444.4, 444.5);
    }

    @Test
    void a_transaction_costs_the_same_at_any_rate_but_for_what_is_shared() {
        assertThat(figure("cost at 1,000 tx/s") / 1_000).isLessThan(figure("cost at 100 tx/s") / 100);
        assertThat(figure("cost at 100,000 tx/s") / 10).isEqualTo(figure("cost at 10,000 tx/s"));
    }
}
