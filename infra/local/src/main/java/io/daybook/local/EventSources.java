package io.daybook.local;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;

/** What the {@code Events} of the functions say: routes, queue triggers and schedules. */
final class EventSources {

    private final Stack stack;
    private final SqsClient sqs;
    private final List<Route> routes = new ArrayList<>();
    private final List<QueueTrigger> triggers = new ArrayList<>();
    private final List<Schedule> schedules = new ArrayList<>();

    EventSources(Stack stack, SqsClient sqs) {
        this.stack = stack;
        this.sqs = sqs;
    }

    void connect(String logicalId, LambdaFunction function) {
        var events = stack.properties(stack.resource(logicalId)).section("Events");
        for (var name : events.keys()) {
            var event = events.section(name);
            var properties = event.section("Properties");
            switch (event.text("Type")) {
                case "HttpApi" -> routes.add(Route.of(properties, function));
                case "SQS" -> {
                    var settings = QueueTrigger.Settings.of(properties, stack);
                    if (properties.flag("Enabled", true)) {
                        triggers.add(new QueueTrigger(settings, function, sqs));
                    }
                }
                case "Schedule" ->
                    Schedule.of("daybook-" + logicalId + name, properties, function)
                            .ifPresent(schedules::add);
                default -> throw event.error("the local cloud has no events of the type " + event.text("Type"));
            }
        }
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    List<QueueTrigger> triggers() {
        return List.copyOf(triggers);
    }

    List<Schedule> schedules() {
        return List.copyOf(schedules);
    }
}
