package dev.altiplano.engine.grammar.rule;

import dev.altiplano.engine.grammar.automaton.Regular;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a grammar. */
public sealed interface Rule {

    int UNBOUNDED = Regular.UNBOUNDED;

    Rule EMPTY = new Sequence(List.of());
    /** Matches nothing at all. */
    Rule IMPOSSIBLE = new Choice(List.of());

    /** A compiled regular part. */
    record Token(Terminal terminal) implements Rule {}

    /** A regular part in UTF-8 that the compiler may join with its neighbours. */
    record Text(Regular regular) implements Rule {}

    /** Parts one after the other. */
    record Sequence(List<Rule> parts) implements Rule {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /** One of several options. */
    record Choice(List<Rule> options) implements Rule {
        public Choice {
            options = List.copyOf(options);
        }
    }

    /** {@code body} from {@code min} to {@code max} times, with {@code separator} between two. */
    record Repeat(Rule body, @Nullable Rule separator, int min, int max) implements Rule {
        public Repeat {
            if (min < 0 || max != UNBOUNDED && max < min) {
                throw new IllegalArgumentException("a repetition from " + min + " to " + max + " times");
            }
        }
    }

    /** Fields in their order, those that are there separated by {@code separator}; at most {@code maxOptional} that are not required. */
    record Fields(List<Field> fields, Rule separator, boolean notEmpty, int maxOptional) implements Rule {
        public Fields {
            fields = List.copyOf(fields);
        }
    }

    /** One of {@link Fields}. */
    record Field(Rule rule, boolean required) {}

    /** Another rule by its name. */
    record Reference(String name) implements Rule {}

    static Rule sequence(Rule... parts) {
        return new Sequence(List.of(parts));
    }
}
