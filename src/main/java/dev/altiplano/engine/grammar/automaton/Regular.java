package dev.altiplano.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.List;

/** A regular expression over code points. Says nothing about bytes: {@link TextEncoding} does. */
public sealed interface Regular {

    /** The maximum of a repetition without one. */
    int UNBOUNDED = -1;

    Regular EMPTY = new Concat(List.of());

    /** One code point of a set. */
    record Chars(CodePoints set) implements Regular {}

    /** Parts one after the other; no parts match the empty text. */
    record Concat(List<Regular> parts) implements Regular {
        public Concat {
            parts = List.copyOf(parts);
        }
    }

    /** One of several options; no options match nothing. */
    record Either(List<Regular> options) implements Regular {
        public Either {
            options = List.copyOf(options);
        }
    }

    /** {@code body} from {@code min} to {@code max} times. */
    record Repeat(Regular body, int min, int max) implements Regular {
        public Repeat {
            if (min < 0 || max != UNBOUNDED && max < min) {
                throw new IllegalArgumentException("a repetition from " + min + " to " + max + " times");
            }
        }
    }

    static Regular concat(Regular... parts) {
        return new Concat(List.of(parts));
    }

    static Regular either(Regular... options) {
        return new Either(List.of(options));
    }

    static Regular optional(Regular body) {
        return new Repeat(body, 0, 1);
    }

    static Regular star(Regular body) {
        return new Repeat(body, 0, UNBOUNDED);
    }

    static Regular chars(int first, int last) {
        return new Chars(CodePoints.range(first, last));
    }

    /** Exactly {@code text}. */
    static Regular literal(String text) {
        List<Regular> parts = new ArrayList<>();
        text.codePoints().forEach(c -> parts.add(new Chars(CodePoints.of(c))));
        return new Concat(parts);
    }
}
