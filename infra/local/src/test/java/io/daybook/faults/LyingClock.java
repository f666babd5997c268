package io.daybook.faults;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** DynamoDB as a machine with a wrong clock sees it: its answers are dated otherwise than that clock says. */
final class LyingClock implements AutoCloseable {
    private static final Set<String> ONE_CONNECTION_S =
            Set.of("connection", "content-length", "date", "host", "transfer-encoding", "upgrade");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Server server = new Server();
    private final ServerConnector connector;
    private volatile Duration ahead = Duration.ZERO;

    LyingClock(URI dynamoDb) throws Exception {
        var undated = new HttpConfiguration();
        undated.setSendDateHeader(false);
        connector = new ServerConnector(server, new HttpConnectionFactory(undated));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                forward(dynamoDb, request, response, callback);
                return true;
            }
        });
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    /** From now on, answers are dated so far ahead of the machine. */
    void ahead(Duration offset) {
        ahead = offset;
    }

    private void forward(URI dynamoDb, Request request, Response response, Callback callback) throws Exception {
        var body = Content.Source.asInputStream(request).readAllBytes();
        var forwarded = HttpRequest.newBuilder(dynamoDb).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        for (var header : request.getHeaders()) {
            if (!ONE_CONNECTION_S.contains(header.getName().toLowerCase(Locale.ROOT))) {
                forwarded.header(header.getName(), header.getValue());
            }
        }
        var answer = client.send(forwarded.build(), HttpResponse.BodyHandlers.ofByteArray());
        response.setStatus(answer.statusCode());
        answer.headers().map().forEach((name, values) -> {
            if (!ONE_CONNECTION_S.contains(name)) {
                response.getHeaders().put(name, values);
            }
        });
        var now = ZonedDateTime.now(ZoneOffset.UTC).plus(ahead);
        response.getHeaders().put("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now));
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }

    @Override
    public void close() throws Exception {
        server.stop();
        client.close();
    }
}
