package dev.altiplano.engine;

import java.util.List;

/** A request that was accepted. */
public interface Generation {

    /** What comes out, for one reading thread. */
    TokenStream stream();

    /** The token ids of each prompt, the beginning of sequence included. */
    List<int[]> promptIds();

    /** Ends it: its KV blocks are free after the step that is running. Thread-safe; does nothing once it has ended. */
    default void cancel() {
        cancel("cancelled");
    }

    /** The same; {@code why} is what its summary says. The first reason counts. */
    void cancel(String why);
}
