package dev.altiplano.server.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 as Tomcat speaks it, with each request knowing the connection that it came by, and host names as people have them. Tomcat
 * creates it by name.
 */
public final class ConnectionProtocol extends Http11NioProtocol {

    /** Where a processor leaves itself for {@link ConnectionValve}, among the notes of its request; Tomcat's own are the low ones. */
    static final int NOTE = 30;

    private final ConnectionEndpoint endpoint;
    private UnaryOperator<Adapter> adapterWrapper = adapter -> adapter;
    private volatile long headNanos = TimeUnit.SECONDS.toNanos(20);

    public ConnectionProtocol() {
        this(new ConnectionEndpoint());
    }

    private ConnectionProtocol(ConnectionEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    /**
     * Bounds what clients can hold without having asked anything. To be called before the start.
     *
     * @param head from the first byte of a request to the end of its head
     * @param connections that one address may have at a time
     */
    public void limit(Duration head, int connections) {
        headNanos = head.toNanos();
        endpoint.limit(connections);
    }

    /** Puts something between the protocol and the container: for requests that come no further. To be called before the start. */
    public void wrapAdapter(UnaryOperator<Adapter> wrapper) {
        adapterWrapper = wrapper;
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(adapterWrapper.apply(adapter));
    }

    @Override
    protected Processor createProcessor() {
        return new ConnectionProcessor(this, getAdapter(), headNanos);
    }

    /** A processor that shows its connection. */
    static final class ConnectionProcessor extends Http11Processor {

        private final long headNanos;
        /** The connection whose head has not come in full; a processor that the container takes away from it serves another next. */
        private @Nullable SocketWrapperBase<?> unfinished;

        private long headBeganNanos;

        ConnectionProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter, long headNanos) {
            super(protocol, adapter);
            this.headNanos = headNanos;
            request.setNote(NOTE, this);
        }

        /** Bounds the time of a head: each byte of it starts the container's own timeout again. */
        @Override
        public SocketState service(SocketWrapperBase<?> connection) throws IOException {
            if (connection == unfinished && System.nanoTime() - headBeganNanos > headNanos) {
                unfinished = null;
                return SocketState.CLOSED;
            }
            SocketState state = super.service(connection);
            if (state != SocketState.LONG) {
                unfinished = null;
            } else if (connection != unfinished) {
                unfinished = connection;
                headBeganNanos = System.nanoTime();
            }
            return state;
        }

        SocketWrapperBase<?> connection() {
            return getSocketWrapper();
        }

        /** Takes names with an underscore too, which containers and Windows machines have and no domain may. */
        @Override
        protected void parseHost(MessageBytes value) {
            HostName host = value == null || value.isNull() ? null : HostName.withUnderscore(value.toString());
            if (host == null) {
                super.parseHost(value);
                return;
            }
            request.serverName().setString(host.name());
            if (host.port() < 0) {
                populatePort();
            } else {
                request.setServerPort(host.port());
            }
        }
    }
}
