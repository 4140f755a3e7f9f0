package dev.altiplano.engine.grammar.regex;

import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.GrammarException;
import java.util.ArrayList;
import java.util.List;

/** A parsed pattern whose anchors still stand where they were written. */
sealed interface PatternNode {

    /** A part without anchors. */
    record Plain(Regular regular) implements PatternNode {}

    /** {@code ^} or {@code $}. */
    record Anchor(boolean start) implements PatternNode {}

    record Sequence(List<PatternNode> parts) implements PatternNode {}

    record Either(List<PatternNode> options) implements PatternNode {}

    Regular ANYTHING = Regular.star(new Regular.Chars(CodePoints.ALL));

    /**
     * The expression without anchors.
     *
     * @param search whether the pattern may match anywhere in the text where it has no anchor
     */
    static Regular withoutAnchors(PatternNode node, boolean search) {
        return resolve(node, true, true, search);
    }

    private static Regular resolve(PatternNode node, boolean atStart, boolean atEnd, boolean search) {
        return switch (node) {
            case Plain(Regular regular) -> padded(regular, atStart && search, atEnd && search);
            case Anchor(boolean start) -> {
                if (start ? !atStart : !atEnd) {
                    throw new GrammarException(
                            "an anchor (^ or $) in the middle of the pattern: write it at the ends alone");
                }
                yield start
                        ? padded(Regular.EMPTY, false, atEnd && search)
                        : padded(Regular.EMPTY, atStart && search, false);
            }
            case Either(List<PatternNode> options) -> {
                List<Regular> resolved = new ArrayList<>();
                for (PatternNode option : options) {
                    resolved.add(resolve(option, atStart, atEnd, search));
                }
                yield new Regular.Either(resolved);
            }
            case Sequence(List<PatternNode> parts) -> sequence(parts, atStart, atEnd, search);
        };
    }

    private static Regular sequence(List<PatternNode> parts, boolean atStart, boolean atEnd, boolean search) {
        int from = 0;
        int to = parts.size();
        boolean openStart = atStart;
        boolean openEnd = atEnd;
        boolean startAnchored = false;
        boolean endAnchored = false;
        while (from < to && atStart && parts.get(from) instanceof Anchor(boolean start) && start) {
            from++;
            startAnchored = true;
        }
        while (to > from && atEnd && parts.get(to - 1) instanceof Anchor(boolean start) && !start) {
            to--;
            endAnchored = true;
        }
        openStart &= !startAnchored;
        openEnd &= !endAnchored;
        if (from == to) {
            return padded(Regular.EMPTY, openStart && search, openEnd && search);
        }
        List<Regular> resolved = new ArrayList<>();
        for (int i = from; i < to; i++) {
            PatternNode part = parts.get(i);
            boolean first = i == from;
            boolean last = i == to - 1;
            if (part instanceof Plain(Regular regular)) {
                resolved.add(padded(regular, first && openStart && search, last && openEnd && search));
            } else {
                resolved.add(resolve(part, first && openStart, last && openEnd, search));
            }
        }
        return new Regular.Concat(resolved);
    }

    private static Regular padded(Regular regular, boolean before, boolean after) {
        if (!before && !after) {
            return regular;
        }
        List<Regular> parts = new ArrayList<>();
        if (before) {
            parts.add(ANYTHING);
        }
        parts.add(regular);
        if (after) {
            parts.add(ANYTHING);
        }
        return new Regular.Concat(parts);
    }
}
