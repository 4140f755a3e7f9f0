package dev.altiplano.server.security;

/** One request that was taken in, to be counted until {@link #end}. Thread-safe. */
public final class Admission {

    private final Caller caller;
    private long reserved;
    private boolean left;
    private boolean ended;

    Admission(Caller caller) {
        this.caller = caller;
    }

    /** Whose it is. */
    public Caller caller() {
        return caller;
    }

    /**
     * Takes from the caller's tokens per minute what the request needs at most.
     *
     * @throws LimitException when nothing is left of them
     */
    public synchronized void reserve(long tokens) {
        caller.take(tokens);
        reserved += tokens;
    }

    /** The request is no longer waiting or running; the tokens it used may not be known yet. */
    public synchronized void leave() {
        if (!left) {
            left = true;
            caller.left();
        }
    }

    /** The request is over and used {@code tokens}. Counts the first time only. */
    public synchronized void end(long tokens) {
        leave();
        if (!ended) {
            ended = true;
            caller.putBack(reserved - tokens);
        }
    }
}
