package io.daybook.runtime;

import io.daybook.items.TableScan;
import io.daybook.journal.Appender;
import io.daybook.journal.DeadLetters;
import io.daybook.journal.DueHolds;
import io.daybook.journal.Journal;
import io.daybook.journal.JournalAudit;
import io.daybook.journal.JournalTable;
import io.daybook.journal.Outbox;
import io.daybook.journal.Publisher;
import io.daybook.journal.Shards;
import io.daybook.views.Runs;
import io.daybook.views.TransactionList;
import io.daybook.views.TrialBalances;
import io.daybook.views.Views;
import io.daybook.views.ViewsAudit;
import java.security.Security;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * What one deployed function runs on: the one place that reads the environment, and wires what the handlers use.
 *
 * @param environment the function's environment variables
 * @param queues makes the client of the queues when it is first asked for it: many functions never do
 * @param clock what the journal dates its events by
 */
public record Deployment(
        Map<String, String> environment, DynamoDbClient dynamoDb, Supplier<SqsClient> queues, InstantSource clock) {

    public Deployment(Map<String, String> environment, DynamoDbClient dynamoDb, SqsClient sqs, InstantSource clock) {
        this(environment, dynamoDb, () -> sqs, clock);
    }

    /**
     * The function as Lambda runs it.
     *
     * @param rehearsal what it does before Lambda takes a snapshot of it, so that a start from there finds it done; it
     *     may read, and every other call to AWS fails
     */
    public static Deployment ofLambda(Consumer<Deployment> rehearsal) {
        return ofLambda(rehearsal, rehearsal);
    }

    /**
     * The function as Lambda runs it.
     *
     * @param rehearsal as above
     * @param staged what it does then, again and again, on tables and a queue that are not AWS's but in this process
     *     alone; it may write
     */
    public static Deployment ofLambda(Consumer<Deployment> rehearsal, Consumer<Deployment> staged) {
        // What the SDK's guide advises: the JDK's own 30 s keep calling an address that has gone out of service.
        Security.setProperty("networkaddress.cache.ttl", "5");
        JsonLogging.from(Level.valueOf(System.getenv().getOrDefault("LOG_LEVEL", "INFO")));
        if ("snap-start".equals(System.getenv("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
            Priming.register(System.getenv(), rehearsal, staged);
        }
        return of(System.getenv());
    }

    /** Builds the clients for this environment, and the clock that DynamoDB's answers keep right. */
    public static Deployment of(Map<String, String> environment) {
        return of(environment, isTraced(environment) ? Tracing.of(environment).interceptors() : List.of());
    }

    /** Whether there is an endpoint for spans; asked before anything of OpenTelemetry is touched. */
    static boolean isTraced(Map<String, String> environment) {
        return (environment.containsKey("OTEL_EXPORTER_OTLP_ENDPOINT")
                        || environment.containsKey("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
                && !"true".equals(environment.get("OTEL_SDK_DISABLED"));
    }

    static Deployment of(Map<String, String> environment, List<ExecutionInterceptor> interceptors) {
        var clock = new LedgerClock(InstantSource.system());
        return new Deployment(
                environment,
                Clients.dynamoDb(environment, Clients.dynamoDbConnections(), clock, interceptors),
                new Once<>(() -> Clients.sqs(environment, Clients.sqsConnections(), interceptors)),
                clock);
    }

    /** On no AWS at all. */
    static Deployment on(Stage stage, Map<String, String> environment) {
        var clock = new LedgerClock(InstantSource.system());
        return new Deployment(
                environment,
                Clients.dynamoDb(environment, stage, clock, List.of()),
                new Once<>(() -> Clients.sqs(environment, stage, List.of())),
                clock);
    }

    public SqsClient sqs() {
        return queues.get();
    }

    public Journal journal() {
        var appender = new Appender(dynamoDb, variable("JOURNAL_TABLE"), shards(), publisher());
        return new Journal(journalTable(), appender, clock);
    }

    public JournalTable journalTable() {
        return new JournalTable(dynamoDb, variable("JOURNAL_TABLE"));
    }

    public Outbox outbox() {
        return new Outbox(dynamoDb, variable("JOURNAL_TABLE"));
    }

    public DueHolds dueHolds() {
        return new DueHolds(dynamoDb, variable("JOURNAL_TABLE"));
    }

    public Publisher publisher() {
        return new Publisher(sqs(), variable("EVENTS_QUEUE_URL"));
    }

    public JournalAudit journalAudit() {
        return new JournalAudit(dynamoDb, variable("JOURNAL_TABLE"), shards());
    }

    public TableScan journalScan() {
        return new TableScan(dynamoDb, variable("JOURNAL_TABLE"));
    }

    public Views views() {
        return viewsIn(variable("VIEWS_TABLE"));
    }

    /** Views in another table than the one that is read. */
    public Views viewsIn(String table) {
        return new Views(dynamoDb, table);
    }

    public ViewsAudit viewsAudit() {
        return new ViewsAudit(dynamoDb, variable("VIEWS_TABLE"));
    }

    public TableScan viewsScan() {
        return new TableScan(dynamoDb, variable("VIEWS_TABLE"));
    }

    /**
     * The replays or the audits so far.
     *
     * @param kind replay or audit
     */
    public Runs runs(String kind) {
        return new Runs(dynamoDb, variable("VIEWS_TABLE"), kind);
    }

    /** The queue of the parts that the function's own runs are cut into. */
    public String partsQueueUrl() {
        return variable("PARTS_QUEUE_URL");
    }

    public DeadLetters deadLetters() {
        return new DeadLetters(queues, variable("DEAD_LETTERS_QUEUE_URL"));
    }

    public TransactionList transactionList() {
        return new TransactionList(dynamoDb, variable("VIEWS_TABLE"), shards().transactionList());
    }

    public TrialBalances trialBalances() {
        return new TrialBalances(dynamoDb, variable("VIEWS_TABLE"));
    }

    public Shards shards() {
        return new Shards(
                Integer.parseInt(variable("OUTBOX_SHARDS")), Integer.parseInt(variable("TRANSACTION_LIST_SHARDS")));
    }

    /** Gives what it has given before. */
    private static final class Once<T> implements Supplier<T> {
        private final Supplier<T> source;
        private @Nullable T given;

        Once(Supplier<T> source) {
            this.source = source;
        }

        @Override
        public synchronized T get() {
            if (given == null) {
                given = source.get();
            }
            return given;
        }
    }

    private String variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .orElseThrow(() -> new IllegalStateException("environment variable " + name + " is not set"));
    }
}
