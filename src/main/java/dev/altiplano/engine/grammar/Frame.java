package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.program.Node;
import dev.altiplano.engine.grammar.program.Program;
import org.jspecify.annotations.Nullable;

/**
 * The top of an immutable stack of places to go on at. Stacks share their lower parts, so that taking steps back costs nothing.
 * Equal stacks are equal.
 */
final class Frame {

    private final Program program;
    private final Node node;
    private final int count;
    private final @Nullable Frame parent;
    private final int hash;
    private final int depth;

    Frame(Program program, Node node, int count, @Nullable Frame parent) {
        this.program = program;
        this.node = node;
        this.count = count;
        this.parent = parent;
        hash = 31 * (31 * (parent == null ? 1 : parent.hash) + System.identityHashCode(node)) + count;
        depth = parent == null ? 1 : parent.depth + 1;
    }

    Program program() {
        return program;
    }

    Node node() {
        return node;
    }

    int count() {
        return count;
    }

    @Nullable
    Frame parent() {
        return parent;
    }

    int depth() {
        return depth;
    }

    @Override
    public boolean equals(@Nullable Object object) {
        if (!(object instanceof Frame other) || hash != other.hash || depth != other.depth) {
            return object == this;
        }
        Frame mine = this;
        Frame its = other;
        while (mine != its) {
            if (mine == null || its == null || mine.node != its.node || mine.count != its.count) {
                return false;
            }
            mine = mine.parent;
            its = its.parent;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
