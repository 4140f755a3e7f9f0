package dev.altiplano.server.stream;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The value of a header {@code Host}.
 *
 * @param port -1 where none is named
 */
record HostName(String name, int port) {

    private static final int MAX_PORT = 65535;
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?");

    /** A name with an underscore; null for any other, which the container reads, and for what is no name at all. */
    static @Nullable HostName withUnderscore(String value) {
        if (value.indexOf('_') < 0) {
            return null;
        }
        Matcher host = HOST.matcher(value);
        if (!host.matches()) {
            return null;
        }
        int port = host.group(2) == null ? -1 : Integer.parseInt(host.group(2));
        return port > MAX_PORT ? null : new HostName(host.group(1), port);
    }
}
