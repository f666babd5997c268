package io.daybook.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.daybook.runtime.Deployment;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What a template declares, running in this JVM: tables in DynamoDB Local, queues in ElasticMQ (or both wherever a
 * DynamoDB and an SQS answer), functions behind an HTTP gateway, queue triggers and schedules. Nothing exists that isn't
 * in the template, and nothing listens beyond the loopback interface.
 */
public final class LocalCloud implements AutoCloseable {

    /**
     * How to start.
     *
     * @param template the SAM template
     * @param parameters values of the template's parameters, where its defaults don't do
     * @param port of the gateway; 0 for any free one
     * @param data the folder that keeps tables and queues; without one they end with the cloud
     * @param endpoint where another DynamoDB and SQS answer, that tables and queues are made in and removed from at
     *     the end; without one they are in this JVM
     * @param deployments gives a function's environment its clients and clock
     * @param schedules whether schedules run by themselves
     * @param triggers whether queues trigger functions
     * @param routes whether the HTTP API answers
     */
    public record Options(
            Path template,
            Map<String, String> parameters,
            int port,
            Optional<Path> data,
            Optional<URI> endpoint,
            Function<Map<String, String>, Deployment> deployments,
            boolean schedules,
            boolean triggers,
            boolean routes) {

        /** Everything runs, on any free port, and nothing is kept. */
        public static Options of(Path template) {
            return new Options(
                    template, Map.of(), 0, Optional.empty(), Optional.empty(), Deployment::of, true, true, true);
        }

        /** With these values of the template's parameters. */
        public Options parameters(Map<String, String> values) {
            return new Options(
                    template, Map.copyOf(values), port, data, endpoint, deployments, schedules, triggers, routes);
        }

        /** With the gateway on this port. */
        public Options port(int number) {
            return new Options(template, parameters, number, data, endpoint, deployments, schedules, triggers, routes);
        }

        /** With tables and queues kept in this folder. */
        public Options data(Path folder) {
            return new Options(
                    template,
                    parameters,
                    port,
                    Optional.of(folder),
                    endpoint,
                    deployments,
                    schedules,
                    triggers,
                    routes);
        }

        /** With tables and queues where another DynamoDB and SQS answer; see {@link Services#at}. */
        public Options endpoint(URI address) {
            return new Options(
                    template, parameters, port, data, Optional.of(address), deployments, schedules, triggers, routes);
        }

        /** With other clients or another clock. */
        public Options deployments(Function<Map<String, String>, Deployment> factory) {
            return new Options(template, parameters, port, data, endpoint, factory, schedules, triggers, routes);
        }

        /** With schedules that run only when {@link LocalCloud#invoke} runs them. */
        public Options withoutSchedules() {
            return new Options(template, parameters, port, data, endpoint, deployments, false, triggers, routes);
        }

        /** With queues that keep their messages until somebody receives them. */
        public Options withoutTriggers() {
            return new Options(template, parameters, port, data, endpoint, deployments, schedules, false, routes);
        }

        /** With no HTTP API: its functions run elsewhere, on the tables and queues that are here. */
        public Options withoutRoutes() {
            return new Options(template, parameters, port, data, endpoint, deployments, schedules, triggers, false);
        }
    }

    static {
        // The JDK keeps five idle connections to a host; every further call of many threads would open a new one.
        System.setProperty("http.maxConnections", "64");
    }

    private final Parts parts;
    private final Gateway gateway;
    private final Services services;
    private final Stack stack;
    private final DynamoDbClient dynamoDb;
    private final SqsClient sqs;
    private final Map<String, LambdaFunction> functions;

    private LocalCloud(
            Parts parts,
            Gateway gateway,
            Services services,
            Stack stack,
            DynamoDbClient dynamoDb,
            SqsClient sqs,
            Map<String, LambdaFunction> functions) {
        this.parts = parts;
        this.gateway = gateway;
        this.services = services;
        this.stack = stack;
        this.dynamoDb = dynamoDb;
        this.sqs = sqs;
        this.functions = functions;
    }

    /**
     * Starts everything; on return it answers.
     *
     * @throws StartException if something is in the way
     */
    public static LocalCloud start(Options options) {
        var template = Template.read(options.template());
        var parts = new Parts();
        try {
            return start(options, template, parts);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static LocalCloud start(Options options, Template template, Parts parts) {
        var data = options.data().map(folder -> parts.add(DataFolder.open(folder)));
        var gateway = parts.add(Gateway.bind(options.port()));
        var services = options.endpoint().map(Services::at).orElseGet(() -> embedded(data, parts));
        var stack = new Stack(template, options.parameters(), services, gateway.uri());
        var dynamoDb = parts.add(services.client(DynamoDbClient.builder(), services.dynamoDb()));
        var sqs = parts.add(services.client(SqsClient.builder(), services.sqs()));
        if (options.endpoint().isPresent()) {
            Tables.removals(stack, dynamoDb).forEach(parts::add);
            Queues.removals(stack, sqs).forEach(parts::add);
        }
        Tables.create(stack, dynamoDb);
        Queues.create(stack, sqs);
        var functions = functions(options, stack, services);
        var events = new EventSources(stack, sqs);
        functions.forEach(events::connect);
        if (options.triggers()) {
            events.triggers().forEach(trigger -> parts.add(trigger).start());
        }
        if (options.schedules()) {
            events.schedules().forEach(schedule -> parts.add(schedule).start());
        }
        gateway.serve(options.routes() ? events.routes() : List.of(), new LambdaApi(functions));
        // Once more, and so first to close: what it let in still finds all the rest.
        parts.add(gateway);
        return new LocalCloud(parts, gateway, services, stack, dynamoDb, sqs, functions);
    }

    private static Services embedded(Optional<DataFolder> data, Parts parts) {
        var queues = CompletableFuture.supplyAsync(() ->
                parts.add(data.map(folder -> ElasticMq.in(folder.queues())).orElseGet(ElasticMq::inMemory)));
        DynamoDbLocal tables;
        try {
            tables = parts.add(
                    data.map(folder -> DynamoDbLocal.in(folder.tables())).orElseGet(DynamoDbLocal::inMemory));
        } finally {
            // Never leave before it is among the parts.
            queues.handle((started, failure) -> true).join();
        }
        return Services.embedded(tables.endpoint(), started(queues).endpoint());
    }

    private static ElasticMq started(CompletableFuture<ElasticMq> queues) {
        try {
            return queues.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StartException reason ? reason : e;
        }
    }

    private static Map<String, LambdaFunction> functions(Options options, Stack stack, Services services) {
        var functions = new LinkedHashMap<String, LambdaFunction>();
        for (var resource : stack.resources(Stack.FUNCTION)) {
            functions.put(
                    resource.logicalId(),
                    LambdaFunction.load(
                            stack.name(resource),
                            stack.properties(resource),
                            services.environment(),
                            options.deployments()));
        }
        return functions;
    }

    /** Shows at {@code /} what is going on, and what it draws that from. */
    void show(LocalMetrics metrics, Traces traces) {
        gateway.show("/", body -> Overview.page());
        gateway.show("/local/metrics", body -> metrics.answer(waiting()));
        gateway.show("/local/traces", body -> Overview.latest(traces.all()));
        gateway.show(Traces.PATH, traces::take);
    }

    /** How many messages wait in each queue, and how many appends in the outbox to be acknowledged. */
    private Map<String, Long> waiting() {
        var waiting = new TreeMap<String, Long>();
        for (var queue : stack.resources(Stack.QUEUE)) {
            var depth = sqs.getQueueAttributes(get -> get.queueUrl(stack.physicalId(queue))
                    .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES));
            waiting.put(
                    queue.logicalId(),
                    Long.parseLong(depth.attributes().get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES)));
        }
        int shards = Integer.parseInt(environment("RelayOutbox").get("OUTBOX_SHARDS"));
        waiting.put(
                "Outbox",
                IntStream.range(0, shards)
                        .mapToLong(shard -> dynamoDb.query(query -> query.tableName(physicalId("Journal"))
                                        .select(Select.COUNT)
                                        .keyConditionExpression("pk = :pk")
                                        .expressionAttributeValues(
                                                Map.of(":pk", AttributeValue.fromS("outbox#" + shard))))
                                .count())
                        .sum());
        return waiting;
    }

    /** Where the HTTP API answers. */
    public URI uri() {
        return gateway.uri();
    }

    /** Where DynamoDB answers. */
    public URI dynamoDbEndpoint() {
        return services.dynamoDb();
    }

    /** Where SQS answers. */
    public URI sqsEndpoint() {
        return services.sqs();
    }

    /** The environment of a function, by its logical id: what {@link Deployment} is made from. */
    public Map<String, String> environment(String function) {
        return function(function).environment();
    }

    /** The logical ids of all functions. */
    public Set<String> functions() {
        return Set.copyOf(functions.keySet());
    }

    /** What {@code Ref} gives: a table's name, a queue's URL. */
    public String physicalId(String logicalId) {
        return stack.physicalId(stack.resource(logicalId));
    }

    /**
     * Invokes a function, by its logical id, as its trigger would.
     *
     * @return the answer's JSON
     * @throws FunctionException if the handler throws or runs out of time
     */
    public String invoke(String function, String event) throws FunctionException {
        return new String(function(function).invoke(event.getBytes(UTF_8)), UTF_8);
    }

    private LambdaFunction function(String logicalId) {
        return Optional.ofNullable(functions.get(logicalId))
                .orElseThrow(() -> new IllegalArgumentException("no function " + logicalId));
    }

    /** Lets what is under way end, then stops; it takes some seconds at most. */
    @Override
    public void close() {
        parts.close();
    }
}
