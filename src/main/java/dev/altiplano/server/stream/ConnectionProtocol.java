package dev.altiplano.server.stream;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** HTTP/1.1 as Tomcat speaks it, with each request knowing the connection that it came by. Tomcat creates it by name. */
public final class ConnectionProtocol extends Http11NioProtocol {

    /** Where a processor leaves itself for {@link ConnectionValve}, among the notes of its request; Tomcat's own are the low ones. */
    static final int NOTE = 30;

    @Override
    protected Processor createProcessor() {
        return new ConnectionProcessor(this, getAdapter());
    }

    /** A processor that shows its connection. */
    static final class ConnectionProcessor extends Http11Processor {

        ConnectionProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
            super(protocol, adapter);
            request.setNote(NOTE, this);
        }

        SocketWrapperBase<?> connection() {
            return getSocketWrapper();
        }
    }
}
