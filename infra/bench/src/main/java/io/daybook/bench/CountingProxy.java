package io.daybook.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** The way to a service: carries what goes by, and counts the connections that are opened. */
final class CountingProxy implements AutoCloseable {
    private final URI service;
    private final ServerSocket server;
    private final AtomicInteger opened = new AtomicInteger();

    CountingProxy(URI service) throws IOException {
        this.service = service;
        server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Connections opened since the last time. */
    int opened() {
        return opened.getAndSet(0);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var caller = server.accept();
                opened.incrementAndGet();
                var callee = new Socket(service.getHost(), service.getPort());
                Thread.ofVirtual().start(() -> carry(caller, callee));
                Thread.ofVirtual().start(() -> carry(callee, caller));
            } catch (IOException e) {
                // Closed, or a connection that could not be carried on, which its caller notices.
            }
        }
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // Either side has closed it.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
