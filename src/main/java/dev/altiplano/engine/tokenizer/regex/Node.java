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
        return shortest() == 0;
    }

    /** How many characters a match has at least; {@link Integer#MAX_VALUE} stands for all larger numbers. */
    default int shortest() {
        return switch (this) {
            case Char one -> 1;
            case Sequence sequence ->
                bounded(sequence.parts.stream().mapToLong(Node::shortest).sum());
            case Choice choice ->
                choice.alternatives.stream().mapToInt(Node::shortest).min().orElse(0);
            case Repeat repeat -> bounded((long) repeat.min * repeat.body.shortest());
            case Look look -> 0;
        };
    }

    private static int bounded(long length) {
        return (int) Math.min(length, Integer.MAX_VALUE);
    }
}
