package dev.altiplano.server.stream;

import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The container's end of all connections, which takes no more from one address than it may have. Connections come in on the
 * accepting thread and go on any.
 */
final class ConnectionEndpoint extends NioEndpoint {

    private volatile AddressLimit limit = new AddressLimit(Integer.MAX_VALUE);

    /** Takes {@code connections} from one address. To be called before the start. */
    void limit(int connections) {
        limit = new AddressLimit(connections);
    }

    @Override
    protected boolean setSocketOptions(SocketChannel connection) {
        InetAddress address = connection.socket().getInetAddress();
        if (!limit.take(address)) {
            destroySocket(connection);
            return false;
        }
        boolean taken = false;
        try {
            taken = super.setSocketOptions(connection);
            return taken;
        } finally {
            if (!taken) {
                limit.giveBack(address);
            }
        }
    }

    @Override
    public void setHandler(Handler<NioChannel> handler) {
        super.setHandler(new CountingHandler(handler));
    }

    /** The protocol's handler, that tells of each connection's end. */
    private final class CountingHandler implements Handler<NioChannel> {

        private final Handler<NioChannel> handler;

        CountingHandler(Handler<NioChannel> handler) {
            this.handler = handler;
        }

        @Override
        public SocketState process(SocketWrapperBase<NioChannel> socket, SocketEvent status) {
            return handler.process(socket, status);
        }

        @Override
        public Object getGlobal() {
            return handler.getGlobal();
        }

        /** Called once for each connection that was taken, before it is closed. */
        @Override
        public void release(SocketWrapperBase<NioChannel> socket) {
            try {
                handler.release(socket);
            } finally {
                limit.giveBack(socket.getSocket().getIOChannel().socket().getInetAddress());
            }
        }

        @Override
        public void pause() {
            handler.pause();
        }

        @Override
        public void recycle() {
            handler.recycle();
        }
    }
}
