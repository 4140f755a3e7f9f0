package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.program.Node;
import dev.altiplano.engine.grammar.program.Program;
import org.jspecify.annotations.Nullable;

/**
 * The top of an immutable stack of places to go on at. Stacks share their lower parts, so that taking steps back costs nothing.
 * Equal stacks are equal; a stack remembers what follows from it.
 */
final class Frame {

    private final Program program;
    private final Node node;
    private final int count;
    private final @Nullable Frame parent;
    private final int hash;
    private final int depth;
    /** Filled in when first asked for; racing threads write the same. */
    private @Nullable Follow follow;

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

    /** What may come when the stack is taken up at its top. */
    Follow follow() {
        Follow known = follow;
        if (known == null) {
            known = Follow.of(program, node, count, parent);
            follow = known;
        }
        return known;
    }

    /** The same stack without what follows from it, for keys that live long. */
    Frame detached() {
        Frame[] frames = new Frame[depth];
        int at = depth;
        for (Frame frame = this; frame != null; frame = frame.parent) {
            frames[--at] = frame;
        }
        Frame copy = null;
        for (Frame frame : frames) {
            copy = new Frame(frame.program, frame.node, frame.count, copy);
        }
        return copy == null ? this : copy;
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
