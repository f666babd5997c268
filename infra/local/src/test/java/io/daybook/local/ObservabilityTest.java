package io.daybook.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.daybook.runtime.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The dashboard and the alarms, held against the metrics that there are. */
class ObservabilityTest {
    /** The metrics of AWS that are in use, with the dimension that tells whose they are; empty for the whole account's. */
    private static final Map<String, String> OF_AWS = Map.of(
            "AWS/ApiGateway", "ApiId",
            "AWS/DynamoDB", "TableName",
            "AWS/Lambda", "FunctionName",
            "AWS/SQS", "QueueName");

    private final Stack stack = SavedQueries.observability();

    /** One metric of a widget or an alarm. */
    private record Use(String where, String namespace, String name, Map<String, String> dimensions) {}

    @Test
    void the_dashboard_shows_every_metric_of_the_table() {
        assertThat(shown().stream()
                        .filter(use -> use.namespace().equals("the Namespace"))
                        .map(Use::name))
                .containsAll(titles());
    }

    @Test
    void every_widget_and_alarm_uses_a_metric_of_the_table_or_one_of_aws() {
        var uses = new ArrayList<>(shown());
        uses.addAll(alarmed());
        assertThat(uses).hasSizeGreaterThan(40).allSatisfy(use -> {
            if (use.namespace().equals("the Namespace")) {
                assertThat(titles()).contains(use.name());
                assertThat(use.dimensions()).isEqualTo(Map.of("Service", "the Service"));
            } else {
                assertThat(OF_AWS).containsKey(use.namespace());
                assertThat(use.dimensions().keySet()).isSubsetOf(OF_AWS.get(use.namespace()));
            }
        });
    }

    @Test
    void widgets_have_a_title_of_their_own_and_do_not_overlap() {
        var widgets = widgets();
        var metrics = widgets.stream()
                .filter(widget -> widget.path("type").asText().equals("metric"))
                .toList();
        assertThat(metrics.stream().map(widget -> widget.at("/properties/title").asText()))
                .doesNotHaveDuplicates()
                .doesNotContain("");
        var taken = new HashMap<String, JsonNode>();
        for (var widget : widgets) {
            assertThat(widget.path("x").asInt() + widget.path("width").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < widget.path("width").asInt(); x++) {
                for (int y = 0; y < widget.path("height").asInt(); y++) {
                    var cell = (widget.path("x").asInt() + x) + ","
                            + (widget.path("y").asInt() + y);
                    assertThat(taken.put(cell, widget)).as(cell).isNull();
                }
            }
        }
    }

    @Test
    void each_metric_has_a_name_of_its_own_and_a_question() {
        assertThat(titles()).hasSameSizeAs(Metric.values()).allMatch(title -> title.matches("[A-Z][A-Za-z]+"));
        assertThat(Metric.values())
                .allSatisfy(metric -> assertThat(metric.question()).contains("?"));
    }

    @Test
    void an_alarm_watches_each_function_that_no_caller_waits_for() {
        assertThat(alarmed().stream()
                        .filter(use -> use.name().equals("Errors"))
                        .map(use -> use.dimensions().get("FunctionName")))
                .containsExactlyInAnyOrder(
                        "the RelayOutbox", "the ExpireHolds", "the ProjectEvents", "the AuditLedger");
    }

    @Test
    void an_alarm_tells_where_the_relay_that_measures_each_minute_falls_silent() {
        var alarm = stack.properties(stack.resource("OldOutbox"));
        assertThat(alarm.text("MetricName")).isEqualTo(Metric.OUTBOX_AGE.title());
        assertThat(alarm.text("TreatMissingData")).isEqualTo("breaching");
        // One run that is late must be no alarm.
        assertThat(alarm.number("Period", 0) * alarm.number("EvaluationPeriods", 0))
                .isBetween(120, 300);
    }

    private static Set<String> titles() {
        return Arrays.stream(Metric.values()).map(Metric::title).collect(Collectors.toSet());
    }

    private List<Use> alarmed() {
        var uses = new ArrayList<Use>();
        for (var alarm : stack.resources("AWS::CloudWatch::Alarm")) {
            var properties = stack.properties(alarm);
            if (properties.value("MetricName").isPresent()) {
                uses.add(use(alarm.logicalId(), properties.json()));
            }
            for (var metric : properties.list("Metrics")) {
                if (metric.has("MetricStat")) {
                    uses.add(use(alarm.logicalId(), metric.at("/MetricStat/Metric")));
                }
            }
        }
        return uses;
    }

    private static Use use(String alarm, JsonNode metric) {
        return new Use(
                alarm,
                metric.path("Namespace").asText(),
                metric.path("MetricName").asText(),
                StreamSupport.stream(metric.path("Dimensions").spliterator(), false)
                        .collect(Collectors.toMap(
                                dimension -> dimension.path("Name").asText(),
                                dimension -> dimension.path("Value").asText())));
    }

    private List<Use> shown() {
        var uses = new ArrayList<Use>();
        for (var widget : widgets()) {
            for (var metric : widget.at("/properties/metrics")) {
                var texts = StreamSupport.stream(metric.spliterator(), false)
                        .filter(JsonNode::isTextual)
                        .map(JsonNode::asText)
                        .toList();
                var dimensions = new HashMap<String, String>();
                for (int at = 2; at < texts.size(); at += 2) {
                    dimensions.put(texts.get(at), texts.get(at + 1));
                }
                uses.add(new Use(
                        widget.at("/properties/title").asText(), texts.get(0), texts.get(1), Map.copyOf(dimensions)));
            }
        }
        return uses;
    }

    private List<JsonNode> widgets() {
        try {
            var body = stack.properties(stack.resource("Dashboard")).text("DashboardBody");
            return new JsonMapper().readTree(body).path("widgets").valueStream().toList();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("the dashboard is no JSON", e);
        }
    }
}
