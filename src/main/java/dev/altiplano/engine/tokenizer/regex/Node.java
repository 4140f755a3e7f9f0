package dev.altiplano.engine.tokenizer.regex;

import java.util.List;

/** A part of an expression as it was read. */
sealed interface Node {

    /** One character of a set. */
    record Char(CodePoints set) implements Node {}

    /** One part after the other; without parts it matches the empty text. */
    record Sequence(List<Node> parts) implements Node {}

    /** The first of the alternatives that leads to a match. */
    record Choice(List<Node> alternatives) implements Node {}

    /**
     * A part again and again.
     *
     * @param max how often at most, or {@link #UNBOUNDED}
     * @param greedy whether more is preferred to less
     */
    record Repeat(Node body, int min, int max, boolean greedy) implements Node {
        static final int UNBOUNDED = -1;
    }

    /** What must follow, or must not, without being part of the match. */
    record Look(Node ahead, boolean negative) implements Node {}

    /** Whether the empty text can match. */
    default boolean canBeEmpty() {
        return switch (this) {
            case Char one -> false;
            case Sequence sequence -> sequence.parts.stream().allMatch(Node::canBeEmpty);
            case Choice choice -> choice.alternatives.stream().anyMatch(Node::canBeEmpty);
            case Repeat repeat -> repeat.min == 0 || repeat.body.canBeEmpty();
            case Look look -> true;
        };
    }
}
