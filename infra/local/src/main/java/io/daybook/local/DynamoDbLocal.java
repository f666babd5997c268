package io.daybook.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in this JVM. Its own launcher would listen on every interface and send telemetry, so the parts are put
 * together here.
 */
final class DynamoDbLocal implements AutoCloseable {

    /**
     * DynamoDB Local answers a transaction as soon as its commit is queued, and a kill in that moment loses what was
     * answered. Any read waits behind the commit.
     */
    private static final class Requests extends LocalDynamoDBRequestHandler {

        Requests() {
            super(0, true, null, true, false);
        }

        Requests(Path folder) {
            super(0, false, folder.toString(), true, false);
        }

        @Override
        public TransactWriteItemsResponse transactWriteItems(
                String accessKey, String region, TransactWriteItemsRequest request) {
            var response = super.transactWriteItems(accessKey, region, request);
            listTables(accessKey, region, ListTablesRequest.builder().limit(1).build());
            return response;
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
