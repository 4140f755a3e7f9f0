package dev.altiplano.server.lifecycle;

import dev.altiplano.server.config.AltiplanoProperties;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.stereotype.Component;

/** How this machine reaches the service, as the settings say: scheme, host, the path before all routes, and whether it wants a key. */
@Component
final class ServedAddress {

    private final String scheme;
    private final String host;
    private final String path;
    private final boolean wantsKey;

    ServedAddress(ServerProperties server, AltiplanoProperties properties) {
        scheme = Ssl.isEnabled(server.getSsl()) ? "https" : "http";
        host = host(server.getAddress());
        String context = server.getServlet().getContextPath();
        path = context == null ? "" : context;
        wantsKey = properties.api().keysFile() != null;
    }

    private static String host(@Nullable InetAddress address) {
        if (address == null || address.isAnyLocalAddress()) {
            return "localhost";
        }
        return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }

    /** The address of the page, with a slash at its end. */
    String base(int port) {
        return scheme + "://" + host + ":" + port + path + "/";
    }

    boolean wantsKey() {
        return wantsKey;
    }
}
