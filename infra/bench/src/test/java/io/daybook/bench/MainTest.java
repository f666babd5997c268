package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    private Path folder = Path.of("");

    /** A bench that finds these figures. */
    private record Found(String name, List<Figure> figures) implements Bench {
        @Override
        public Report run() {
            var bars = new LinkedHashMap<String, Figure>();
            figures.forEach(figure -> bars.put(figure.name(), figure));
            var series = new LinkedHashMap<String, SequencedMap<String, Figure>>(Map.of("measured", bars));
            return new Report(figures, Map.of("samples", List.of(3, 4)), Plot.bars(name, "s", series));
        }
    }

    private int run(List<Bench> benches, String... args) throws Exception {
        return new Main(benches, new Results(folder), new PrintStream(printed, true, UTF_8)).run(List.of(args));
    }

    private String lastLine() {
        return printed.toString(UTF_8).lines().toList().getLast();
    }

    @Test
    void check_ends_with_1_and_names_the_first_target_that_is_missed() throws Exception {
        var calls = new Found("calls", List.of(Figure.of("writes", 12, "units").with(Target.atMost(12))));
        var lag = new Found(
                "lag",
                List.of(
                        Figure.of("p50", 400, "ms"),
                        Figure.of("p99", 251.2, "ms").with(Target.atMost(250)),
                        Figure.of("rate", 9, "1/s").with(Target.atLeast(10))));
        assertThat(run(List.of(calls, lag), "--check")).isEqualTo(1);
        assertThat(lastLine()).isEqualTo("Missed, first of 2: lag: p99 is 251 ms, target at most 250");
        assertThat(run(List.of(calls, lag))).isZero();
        assertThat(run(List.of(calls, lag), "calls", "--check")).isZero();
        assertThat(lastLine()).isEqualTo("All targets hold.");
    }

    @Test
    void a_name_that_no_bench_has_is_refused_before_anything_runs() throws Exception {
        assertThat(run(List.of(new Found("calls", List.of())), "cals")).isEqualTo(2);
        assertThat(lastLine()).endsWith("names are calls");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void results_tell_the_figures_the_raw_data_and_what_they_were_measured_on() throws Exception {
        var ratio = Figure.of("ratio", Spread.of(List.of(5, 1, 2, 4, 3)), "x");
        run(List.of(new Found("overhead", List.of(ratio.with(Target.atMost(2)), Figure.of("calls", 3, "calls")))));
        var result = new ObjectMapper().readTree(folder.resolve("overhead.json").toFile());
        assertThat(result.path("bench").asText()).isEqualTo("overhead");
        assertThat(result.at("/machine/cores").asInt()).isPositive();
        assertThat(result.at("/versions/java").asText()).contains("25");
        assertThat(result.at("/raw/samples/1").asInt()).isEqualTo(4);
        var first = result.at("/figures/0");
        assertThat(first.path("value").asDouble()).isEqualTo(3);
        assertThat(first.at("/spread/low").asDouble()).isEqualTo(2);
        assertThat(first.at("/spread/high").asDouble()).isEqualTo(4);
        assertThat(first.at("/target/kind").asText()).isEqualTo("AT_MOST");
        assertThat(first.at("/holds").isBoolean()).isTrue();
        assertThat(first.at("/holds").asBoolean()).isFalse();
        assertThat(result.at("/figures/1/holds").isNull()).isTrue();
        assertThat(folder.resolve("overhead.svg")).content().contains("<svg");
    }
}
