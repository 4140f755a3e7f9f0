package dev.altiplano.server.ops;

import dev.altiplano.engine.Outcome;
import dev.altiplano.engine.RequestSummary;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.springframework.stereotype.Component;

/** The latest requests that ended in an error, for those who have no access to the log. Thread-safe. */
@Component
final class LatestErrors {

    private static final int MAX_KEPT = 20;
    private static final int MAX_CHARACTERS = 500;

    private final Deque<Failure> failures = new ArrayDeque<>();

    /** A request that ended in an error. */
    record Failure(String time, String id, String reason) {}

    void ended(RequestSummary request) {
        if (request.outcome() != Outcome.ERROR) {
            return;
        }
        String reason = request.detail();
        Failure failure = new Failure(
                Instant.now().toString(), request.id(), reason.substring(0, Math.min(MAX_CHARACTERS, reason.length())));
        synchronized (failures) {
            if (failures.size() == MAX_KEPT) {
                failures.removeFirst();
            }
            failures.addLast(failure);
        }
    }

    /** The latest errors, oldest first. */
    List<Failure> latest() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }
}
