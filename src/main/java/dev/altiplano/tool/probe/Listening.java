package dev.altiplano.tool.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The addresses at which this user's processes take connections, as Linux lists them: so a check finds the service whatever way its
 * port was set. A container has one such user. See {@code proc_net_tcp} of the Linux kernel's documentation.
 */
final class Listening {

    private static final String STATE_LISTEN = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int USER = 7;
    private static final int WORD_HEX_DIGITS = 8;

    private Listening() {}

    /** The addresses in {@code proc}, usually {@code /proc}, lowest port first; empty where the system has no such list. */
    static List<InetSocketAddress> addresses(Path proc) throws IOException {
        String user = user(proc);
        SortedSet<Endpoint> found = new TreeSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            Path file = proc.resolve(table);
            if (user == null || !Files.isReadable(file)) {
                continue;
            }
            for (String line : Files.readAllLines(file)) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > USER && columns[STATE].equals(STATE_LISTEN) && columns[USER].equals(user)) {
                    found.add(Endpoint.of(columns[LOCAL_ADDRESS]));
                }
            }
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (Endpoint endpoint : found) {
            addresses.add(endpoint.reachable());
        }
        return addresses;
    }

    private static @Nullable String user(Path proc) throws IOException {
        Path status = proc.resolve("self/status");
        if (!Files.isReadable(status)) {
            return null;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("Uid:")) {
                return line.substring("Uid:".length()).strip().split("\\s+")[0];
            }
        }
        return null;
    }

    /** A port and its address in hexadecimal digits, each word of 32 bits in the machine's order. */
    private record Endpoint(int port, String address) implements Comparable<Endpoint> {

        static Endpoint of(String column) {
            int colon = column.indexOf(':');
            return new Endpoint(Integer.parseInt(column.substring(colon + 1), 16), column.substring(0, colon));
        }

        InetSocketAddress reachable() throws IOException {
            InetAddress bound = InetAddress.getByAddress(bytes());
            return new InetSocketAddress(bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound, port);
        }

        private byte[] bytes() {
            byte[] bytes = new byte[address.length() / 2];
            for (int word = 0; word < address.length(); word += WORD_HEX_DIGITS) {
                for (int i = 0; i < Integer.BYTES; i++) {
                    int from = word + 2 * (Integer.BYTES - 1 - i);
                    bytes[word / 2 + i] = (byte) Integer.parseInt(address.substring(from, from + 2), 16);
                }
            }
            return bytes;
        }

        @Override
        public int compareTo(Endpoint other) {
            return port != other.port ? Integer.compare(port, other.port) : address.compareTo(other.address);
        }
    }
}
