package dev.altiplano.server.stream;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The connection under a request, asked whether the client is still there.
 *
 * <p>A servlet container notices that a client left only when it writes. A request that waits in the queue, is in prefill or is
 * answered in one piece writes nothing for a long time, so its connection is read without waiting: end of stream means that
 * the client closed it, or at least its sending half, which no HTTP client does that still wants its answer. Bytes found
 * instead are the next request's beginning and are left in the container's own buffer. Works on plain connections; on others
 * (TLS) {@link #left} is always false and heartbeats must do.
 */
public final class ClientConnection {

    static final String ATTRIBUTE = ClientConnection.class.getName();

    private static final ClientConnection UNKNOWN = new ClientConnection(null);

    private final @Nullable SocketWrapperBase<?> socket;

    ClientConnection(@Nullable SocketWrapperBase<?> socket) {
        this.socket = socket;
    }

    /** The connection of {@code request}; one that never reports anything where it cannot be looked at. */
    public static ClientConnection of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof ClientConnection connection ? connection : UNKNOWN;
    }

    /** Whether the client has closed the connection. To be called by the request's thread, after the body has been read. */
    public boolean left() {
        NioChannel channel = channel();
        if (channel == null || socket == null) {
            return false;
        }
        SocketBufferHandler buffers = socket.getSocketBufferHandler();
        try {
            buffers.configureReadBufferForWrite();
            ByteBuffer free = buffers.getReadBuffer();
            // No room means that a client has sent much more already: it is there.
            return free.hasRemaining() && channel.getIOChannel().read(free) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** The channel, if reading from it reads what the client sent and not an encrypted form of it. */
    private @Nullable NioChannel channel() {
        return socket != null
                        && !socket.isClosed()
                        && socket.getSocket() instanceof NioChannel channel
                        && channel.getClass() == NioChannel.class
                ? channel
                : null;
    }
}
