package dev.altiplano.server.stream;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many connections each address has, and may have. Thread-safe. */
final class AddressLimit {

    private final int max;
    private final Map<InetAddress, Integer> taken = new HashMap<>();

    AddressLimit(int max) {
        this.max = max;
    }

    /** Counts one more; false, and no more, where the address has as many as it may. */
    synchronized boolean take(InetAddress address) {
        int now = taken.getOrDefault(address, 0);
        if (now >= max) {
            return false;
        }
        taken.put(address, now + 1);
        return true;
    }

    /** One that was taken has gone. */
    synchronized void giveBack(InetAddress address) {
        taken.computeIfPresent(address, (key, now) -> now == 1 ? null : now - 1);
    }
}
