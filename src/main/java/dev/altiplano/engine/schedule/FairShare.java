package dev.altiplano.engine.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How clients share the places in the batch and the KV memory: max-min fairness with preemption. A client with many sequences may take
 * all places while nobody else wants one. A free place goes to the client that has the fewest, in turn where several have as many: a
 * new client goes behind those that wait. When no place is free, a client that waits and has fewer than an equal part is due one: the
 * youngest sequence of the client that has most gives its place back, unless it has a higher priority. KV blocks are given back
 * likewise, but a client's only running sequence keeps them. So a request of hundreds of sequences delays another client by a step,
 * and not by its own length.
 *
 * <p>The {@link Scheduler} alone calls it, on the engine thread. It asks here who is next, and tells what it has done with each
 * sequence. Its lists of sequences are only read here; both are in order of age.
 *
 * @param <S> the sequences
 */
final class FairShare<S extends Sequence> {

    private final int places;
    /** Clients with sequences in the scheduler. */
    private final Map<String, Tenant> tenants = new HashMap<>();

    private final List<S> due = new ArrayList<>();
    private final List<S> giving = new ArrayList<>();
    private long lastPlace;

    /** @param places maximum of sequences that run */
    FairShare(int places) {
        this.places = places;
    }

    /** Counts a new sequence, which waits. */
    void joined(S sequence) {
        Tenant tenant = tenants.computeIfAbsent(sequence.client(), name -> new Tenant(name, lastPlace));
        tenant.waiting(1);
        sequence.tenant(tenant);
    }

    /** Counts a sequence that waited as running. */
    void placed(S sequence) {
        Tenant tenant = sequence.tenant();
        tenant.waiting(-1);
        tenant.placed(++lastPlace);
    }

    /** Counts a sequence that ran as waiting. */
    void preempted(S sequence) {
        Tenant tenant = sequence.tenant();
        tenant.running(-1);
        tenant.waiting(1);
    }

    /** Counts a sequence no more that is about to end, and forgets its client if that has no other. */
    void left(S sequence) {
        Tenant tenant = sequence.tenant();
        if (sequence.state() == Sequence.State.RUNNING) {
            tenant.running(-1);
        } else {
            tenant.waiting(-1);
        }
        if (tenant.idle()) {
            tenants.remove(tenant.name());
        }
    }

    /** Whether {@code client} may wait where no place is free: it has none here, and there are fewer than two clients for each. */
    boolean mayWait(String client) {
        return tenants.size() < 2 * places && !tenants.containsKey(client);
    }

    /**
     * Which waiting sequence gets the next free place: of the highest priority, of the client whose turn it is, the oldest; -1 where
     * none can run.
     */
    int next(List<S> waiting) {
        int best = -1;
        for (int i = 0; i < waiting.size(); i++) {
            S sequence = waiting.get(i);
            if ((best < 0 || isAhead(sequence, waiting.get(best))) && !isHeldUp(sequence)) {
                best = i;
            }
        }
        return best;
    }

    /**
     * Whether a sequence gets a place before an older one: it has a higher priority, or at the same one its client has fewer places, or
     * as many and was given its last one earlier. Otherwise many sequences that end within a step would all go first.
     */
    private static boolean isAhead(Sequence sequence, Sequence older) {
        if (sequence.priority() != older.priority()) {
            return sequence.priority() > older.priority();
        }
        Tenant own = sequence.tenant();
        Tenant other = older.tenant();
        return own.running() != other.running()
                ? own.running() < other.running()
                : own.lastPlaced() < other.lastPlaced();
    }

    /** A sequence whose sibling is about to compute the same prompt lets it go ahead; what is being read comes without computing. */
    private static boolean isHeldUp(Sequence sequence) {
        Sequence sibling = sequence.sibling();
        return sequence.loading()
                || sibling != null && sibling.state() != Sequence.State.ENDED && !sibling.promptComputed();
    }

    /** The waiting sequences for which others give their places back, one for each client; valid until the next call. */
    List<S> due(List<S> waiting) {
        due.clear();
        int part = equalPart();
        for (int i = 0; i < waiting.size() && due.size() < places; i++) {
            S sequence = waiting.get(i);
            if (sequence.tenant().running() < part && !isHeldUp(sequence) && isFirstOfClient(sequence, waiting, i)) {
                due.add(sequence);
            }
        }
        return due;
    }

    /** Whether no other waiting sequence of the same client goes before the one at {@code index}. */
    private boolean isFirstOfClient(S sequence, List<S> waiting, int index) {
        for (int i = 0; i < waiting.size(); i++) {
            S other = waiting.get(i);
            if (other.tenant() == sequence.tenant()
                    && (other.priority() > sequence.priority()
                            || i < index && other.priority() == sequence.priority())) {
                return false;
            }
        }
        return true;
    }

    /**
     * The sequence that gives its place back: the youngest of the client that has most, if it has more than an equal part. None of a
     * priority above {@code priority}, that of the sequence that is due: its place would be its own again at once.
     */
    @Nullable
    S givesBack(List<S> running, int priority) {
        int part = equalPart();
        S found = null;
        for (int i = running.size() - 1; i >= 0; i--) {
            S sequence = running.get(i);
            int has = sequence.tenant().running();
            if (has > part
                    && sequence.priority() <= priority
                    && (found == null || has > found.tenant().running())) {
                found = sequence;
            }
        }
        return found;
    }

    /**
     * The sequence that gives its KV blocks back when all {@code blocks} are taken, of the lowest priority that runs: the youngest of the
     * client that holds too much, or of all where none does.
     */
    S givesBlocksBack(List<S> running, int blocks) {
        countBlocks(running);
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < running.size(); i++) {
            lowest = Math.min(lowest, running.get(i).priority());
        }
        S youngest = running.getLast();
        S found = null;
        for (int i = running.size() - 1; i >= 0; i--) {
            S sequence = running.get(i);
            if (sequence.priority() == lowest) {
                youngest = youngest.priority() == lowest ? youngest : sequence;
                found = moreOf(found, sequence, blocks);
            }
        }
        return found == null ? youngest : found;
    }

    /**
     * The sequences that give their KV blocks back for one that waits and whose {@code missing} blocks of all {@code blocks} are not
     * there: each time the youngest of the client that holds too much, of no higher priority. None where that would not be enough, or
     * where the one that waits would have more than an equal part, unless its client has no other. Valid until the next call.
     *
     * @param available blocks that nobody holds, of which each sequence that runs on is left one
     */
    List<S> giveBlocksTo(S sequence, int missing, int available, List<S> running, int blocks) {
        giving.clear();
        countBlocks(running);
        Tenant own = sequence.tenant();
        if (own.running() > 0 && isMoreThanAnEqualPart(own.blocks() + missing, blocks)) {
            return giving;
        }
        int free = available;
        while (missing + running.size() - giving.size() > free) {
            S found = null;
            for (int i = running.size() - 1; i >= 0; i--) {
                S other = running.get(i);
                if (other.tenant() != own && other.priority() <= sequence.priority() && !giving.contains(other)) {
                    found = moreOf(found, other, blocks);
                }
            }
            if (found == null) {
                giving.clear();
                return giving;
            }
            int held = found.table().heldAlone();
            found.tenant().holds(-held);
            free += held;
            giving.add(found);
        }
        return giving;
    }

    /** Of two sequences the one whose client holds more, if that is too much; the first where they are equal. */
    private @Nullable S moreOf(@Nullable S found, S sequence, int blocks) {
        Tenant tenant = sequence.tenant();
        boolean tooMuch = tenant.holders() > 1 && isMoreThanAnEqualPart(tenant.blocks(), blocks);
        return tooMuch && (found == null || tenant.blocks() > found.tenant().blocks()) ? sequence : found;
    }

    private boolean isMoreThanAnEqualPart(int held, int blocks) {
        return (long) held * tenants.size() > blocks;
    }

    private void countBlocks(List<S> running) {
        for (int i = 0; i < running.size(); i++) {
            running.get(i).tenant().count();
        }
        for (int i = 0; i < running.size(); i++) {
            running.get(i).tenant().holds(running.get(i).table().heldAlone());
        }
    }

    /** Places that each client can have, at least one. */
    private int equalPart() {
        return Math.max(1, places / tenants.size());
    }
}
