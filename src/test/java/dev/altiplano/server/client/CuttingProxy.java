package dev.altiplano.server.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A door to a service that shuts each connection after so many bytes of its response. */
final class CuttingProxy implements Closeable {

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int port;
    private final Iterator<Integer> cuts;
    private final AtomicInteger connections = new AtomicInteger();

    /** @param cuts bytes after which each connection is shut; those behind the last one stay open */
    CuttingProxy(int port, List<Integer> cuts) throws IOException {
        this.port = port;
        this.cuts = cuts.iterator();
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                connections.incrementAndGet();
                int cut = cuts.hasNext() ? cuts.next() : Integer.MAX_VALUE;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                Thread.ofVirtual().start(() -> copy(client, server, Integer.MAX_VALUE));
                Thread.ofVirtual().start(() -> copy(server, client, cut));
            }
        } catch (SocketException closed) {
            // By the test, at its end.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Socket from, Socket to, int cut) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            int left = cut;
            byte[] buffer = new byte[64];
            while (left > 0) {
                int count = in.read(buffer, 0, Math.min(left, buffer.length));
                if (count < 0) {
                    return;
                }
                out.write(buffer, 0, count);
                left -= count;
            }
        } catch (IOException broken) {
            // The other side is gone.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
