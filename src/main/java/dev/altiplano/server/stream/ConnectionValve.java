package dev.altiplano.server.stream;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives each request its {@link ClientConnection} and each connection its write timeout. */
public final class ConnectionValve extends ValveBase {

    private final Duration writeTimeout;

    public ConnectionValve(Duration writeTimeout) {
        super(true);
        this.writeTimeout = writeTimeout;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getCoyoteRequest().getNote(ConnectionProtocol.NOTE)
                instanceof ConnectionProtocol.ConnectionProcessor processor) {
            processor.connection().setWriteTimeout(writeTimeout.toMillis());
            request.setAttribute(ClientConnection.ATTRIBUTE, new ClientConnection(processor.connection()));
        }
        getNext().invoke(request, response);
    }
}
