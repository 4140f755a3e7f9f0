package dev.altiplano.engine.grammar.program;

/** A compiled grammar, without any vocabulary. Immutable and shared between requests; compared by identity. */
public final class Program {

    private final Node[] entries;
    private final int root;
    private final long bytes;

    Program(Node[] entries, int root, long bytes) {
        this.entries = entries;
        this.root = root;
        this.bytes = bytes;
    }

    /** Its memory, with that of its automata. */
    public long bytes() {
        return bytes;
    }

    /** Where a rule begins. */
    public Node entry(int rule) {
        return entries[rule];
    }

    /** Where a text begins. */
    public Node root() {
        return entries[root];
    }
}
