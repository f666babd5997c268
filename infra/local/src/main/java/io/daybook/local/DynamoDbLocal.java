package io.daybook.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;
import software.amazon.dynamodb.services.exceptions.AWSExceptionFactory;
import software.amazon.dynamodb.services.exceptions.AmazonServiceExceptionType;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;
import software.amazon.dynamodb.services.local.shared.exceptions.LocalDBAccessException;
import software.amazon.dynamodb.services.local.shared.exceptions.LocalDBAccessExceptionType;

/**
 * DynamoDB Local in this JVM. Its own launcher would listen on every interface and send telemetry, so the parts are put
 * together here.
 */
final class DynamoDbLocal implements AutoCloseable {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(DynamoDbLocal.class);

    /** Held here, since a logger that nobody holds forgets what it was told. */
    private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");

    static {
        // It logs every statement that failed, with three stack traces; DynamoDB Local sets its level itself.
        SQLITE.setFilter(line -> false);
    }

    /**
     * DynamoDB Local answers a transaction as soon as its commit is queued: a kill in that moment loses what was
     * answered, and so does a full disk, whose failure nobody hears of. So each transaction is answered when it is seen.
     */
    private static final class Requests extends LocalDynamoDBRequestHandler {
        private static final Duration COMPLAINT = Duration.ofMinutes(1);

        private final String place;
        private final Map<String, List<String>> keys = new ConcurrentHashMap<>();
        private final AtomicReference<Instant> nextComplaint = new AtomicReference<>(Instant.MIN);

        Requests() {
            super(0, true, null, true, false);
            place = "memory";
        }

        Requests(Path folder) {
            super(0, false, folder.toString(), true, false);
            place = folder.toString();
        }

        @Override
        public TransactWriteItemsResponse transactWriteItems(
                String accessKey, String region, TransactWriteItemsRequest request) {
            var response = written(() -> super.transactWriteItems(accessKey, region, request));
            if (!committed(accessKey, region, request)) {
                throw unwritten("a transaction could not be committed");
            }
            return response;
        }

        /** Any read waits behind the commit, and one of what was put where nothing was tells of all of it. */
        private boolean committed(String accessKey, String region, TransactWriteItemsRequest request) {
            var created = request.transactItems().stream()
                    .map(TransactWriteItem::put)
                    .filter(put -> put != null && put.conditionExpression() != null)
                    .filter(put -> put.conditionExpression().startsWith("attribute_not_exists"))
                    .findFirst();
            if (created.isEmpty()) {
                listTables(
                        accessKey, region, ListTablesRequest.builder().limit(1).build());
                return true;
            }
            return exists(accessKey, region, created.get());
        }

        private boolean exists(String accessKey, String region, Put put) {
            var names = keys.computeIfAbsent(put.tableName(), table -> keyNames(accessKey, region, table));
            var key = new HashMap<>(put.item());
            key.keySet().retainAll(names);
            return getItem(
                            accessKey,
                            region,
                            GetItemRequest.builder()
                                    .tableName(put.tableName())
                                    .key(key)
                                    .consistentRead(true)
                                    .build())
                    .hasItem();
        }

        private List<String> keyNames(String accessKey, String region, String table) {
            var request = DescribeTableRequest.builder().tableName(table).build();
            return describeTable(accessKey, region, request).table().keySchema().stream()
                    .map(KeySchemaElement::attributeName)
                    .toList();
        }

        @Override
        public PutItemResponse putItem(String accessKey, String region, PutItemRequest request) {
            return written(() -> super.putItem(accessKey, region, request));
        }

        @Override
        public UpdateItemResponse updateItem(String accessKey, String region, UpdateItemRequest request) {
            return written(() -> super.updateItem(accessKey, region, request));
        }

        @Override
        public DeleteItemResponse deleteItem(String accessKey, String region, DeleteItemRequest request) {
            return written(() -> super.deleteItem(accessKey, region, request));
        }

        @Override
        public BatchWriteItemResponse batchWriteItem(String accessKey, String region, BatchWriteItemRequest request) {
            return written(() -> super.batchWriteItem(accessKey, region, request));
        }

        @Override
        public CreateTableResponse createTable(String accessKey, String region, CreateTableRequest request) {
            return written(() -> super.createTable(accessKey, region, request));
        }

        private <T> T written(Supplier<T> write) {
            try {
                return write.get();
            } catch (LocalDBAccessException e) {
                throw e.getType() == LocalDBAccessExceptionType.UNEXPECTED_EXCEPTION
                        ? unwritten(String.valueOf(e.getMessage()))
                        : e;
            }
        }

        /** Says so once in a while, however many writes fail. */
        private RuntimeException unwritten(String reason) {
            var now = Instant.now();
            var due = nextComplaint.get();
            if (now.isAfter(due) && nextComplaint.compareAndSet(due, now.plus(COMPLAINT))) {
                LOG.error("Nothing can be written to {}; is the disk full? ({})", place, reason);
            }
            return AWSExceptionFactory.buildAWSException(AmazonServiceExceptionType.INTERNAL_SERVER_ERROR, reason);
        }
    }

    private final Server server;
    private final ServerConnector connector;
    private final LocalDynamoDBRequestHandler requests;

    private DynamoDbLocal(Server server, ServerConnector connector, LocalDynamoDBRequestHandler requests) {
        this.server = server;
        this.connector = connector;
        this.requests = requests;
    }

    /** Starts on a free port of the loopback interface, and keeps nothing. */
    static DynamoDbLocal inMemory() {
        return start(new Requests());
    }

    /** Starts on a free port of the loopback interface, with its file in this folder. */
    static DynamoDbLocal in(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StartException("The data folder " + folder + " can't be made.", e);
        }
        return start(new Requests(folder));
    }

    private static DynamoDbLocal start(Requests requests) {
        try {
            var server = new Server(new QueuedThreadPool(64));
            var connector = new ServerConnector(server, 1, 1);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            var context = new ContextHandler();
            context.setHandler(new LocalDynamoDBServerHandler(requests, null));
            server.setHandler(context);
            server.start();
            return new DynamoDbLocal(server, connector, requests);
        } catch (Exception e) {
            throw new StartException("DynamoDB Local doesn't start: " + e.getMessage(), e);
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("DynamoDB Local does not stop", e);
        } finally {
            requests.shutdown();
        }
    }
}
