package io.daybook.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service of AWS that accepts every call and carries it out, but is bad at answering some. */
final class Neighbour implements AutoCloseable {

    /** How it answers. */
    enum Manner {
        NEVER,
        A_BYTE_A_SECOND,
        HEADERS_THEN_A_BYTE_A_SECOND,
        AFTER_TEN_SECONDS
    }

    private static final Set<String> OWN_HEADERS = Set.of("connection", "content-length", "expect", "host", "upgrade");
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LATE = Duration.ofSeconds(10);

    private final URI service;
    private final Manner manner;
    private final String operation;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * Starts on a free port.
     *
     * @param service what carries the calls out
     * @param operation the calls that are answered badly; empty for all
     */
    Neighbour(URI service, Manner manner, String operation) throws IOException {
        this.service = service;
        this.manner = manner;
        this.operation = operation;
        threads.submit(() -> {
            while (true) {
                var socket = server.accept();
                threads.submit(() -> serve(socket));
            }
        });
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private Void serve(Socket socket) throws Exception {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                answer(in, socket.getOutputStream());
            }
        }
    }

    private void answer(InputStream in, OutputStream out) throws Exception {
        var path = line(in).split(" ")[1];
        var request = HttpRequest.newBuilder(service.resolve(path));
        int length = 0;
        boolean bad = operation.isEmpty();
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var name = header.substring(0, header.indexOf(':'));
            var value = header.substring(header.indexOf(':') + 1).trim();
            if (name.equalsIgnoreCase("content-length")) {
                length = Integer.parseInt(value);
            }
            bad |= name.equalsIgnoreCase("x-amz-target") && value.endsWith("." + operation);
            if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                request.header(name, value);
            }
        }
        var body = in.readNBytes(length);
        var answer = client.send(
                request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        send(answer, bad, out);
    }

    private void send(HttpResponse<byte[]> answer, boolean bad, OutputStream out) throws Exception {
        var head = new StringBuilder("HTTP/1.1 " + answer.statusCode() + " OK\r\n");
        answer.headers().map().forEach((name, values) -> {
            if (!name.equals("transfer-encoding") && !name.equals("content-length")) {
                head.append(name).append(": ").append(values.getFirst()).append("\r\n");
            }
        });
        head.append("content-length: ").append(answer.body().length).append("\r\n\r\n");
        var header = head.toString().getBytes(ISO_8859_1);
        if (!bad) {
            out.write(header);
            out.write(answer.body());
            return;
        }
        switch (manner) {
            case NEVER -> Thread.sleep(Duration.ofDays(1));
            case A_BYTE_A_SECOND -> {
                trickle(header, out);
                trickle(answer.body(), out);
            }
            case HEADERS_THEN_A_BYTE_A_SECOND -> {
                out.write(header);
                trickle(answer.body(), out);
            }
            case AFTER_TEN_SECONDS -> {
                Thread.sleep(LATE);
                out.write(header);
                out.write(answer.body());
            }
        }
    }

    private static void trickle(byte[] bytes, OutputStream out) throws Exception {
        for (byte b : bytes) {
            Thread.sleep(PAUSE);
            out.write(b);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the caller has gone");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        server.close();
        client.shutdownNow();
    }
}
