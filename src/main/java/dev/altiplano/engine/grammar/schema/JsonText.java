package dev.altiplano.engine.grammar.schema;

import dev.altiplano.engine.grammar.automaton.Automata;
import dev.altiplano.engine.grammar.automaton.CodePoints;
import dev.altiplano.engine.grammar.automaton.Dfa;
import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.regex.RegexParser;
import dev.altiplano.engine.grammar.rule.Rule;
import dev.altiplano.engine.grammar.rule.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The regular parts that all JSON texts share: made once, so that what is known about a vocabulary holds for every schema. */
public final class JsonText {

    static final int MAX_INTEGER_DIGITS = 18;
    static final int MAX_FRACTION_DIGITS = 17;

    private static final String ESCAPES =
            "\\\\([\"\\\\/bfnrt]|u([0-9a-cA-Ce-fE-F][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})"
                    + "|u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2})";

    private static final Budget BUDGET = new Budget(GrammarLimits.DEFAULT);

    /** Strings with any escapes. */
    static final Dfa STRING = dfa("\"([^\"\\\\\\x00-\\x1F]|" + ESCAPES + ")*\"");
    /** Strings whose escapes are written in one way, so that equal strings are equal texts. */
    static final Dfa KEY = Automata.jsonString(Regular.star(new Regular.Chars(CodePoints.ALL)), BUDGET);

    static final Dfa INTEGER = dfa("-?(0|[1-9][0-9]{0,17})");
    static final Dfa DECIMAL = dfa("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?");
    static final Dfa NUMBER = dfa("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,17})?([eE][+-]?[0-9]{1,2})?");

    private static final Rule SPACE = token(dfa("( |\\n {0,32})?"));
    private static final Rule BOOLEAN = token(dfa("true|false"));
    private static final Rule NULL = literal("null");

    private JsonText() {}

    private static Dfa dfa(String pattern) {
        return Automata.utf8(RegexParser.whole(pattern, BUDGET), BUDGET);
    }

    static Rule token(Dfa dfa) {
        return new Rule.Token(new Terminal(dfa));
    }

    private static Rule literal(String text) {
        return token(Automata.literals(List.of(text.getBytes(StandardCharsets.UTF_8)), BUDGET));
    }

    /** A string terminal whose characters are counted, for any automaton that comes back to one state after each. */
    static Rule counted(Dfa dfa, int min, int max) {
        return new Rule.Token(new Terminal(dfa, dfa.step(0, '"'), min, max));
    }

    static Rule booleans() {
        return BOOLEAN;
    }

    static Rule nulls() {
        return NULL;
    }

    static Rule space(Whitespace whitespace) {
        return whitespace == Whitespace.COMPACT ? Rule.EMPTY : SPACE;
    }

    /** The string terminals, for what wants to prepare them for a vocabulary. */
    public static List<Terminal> strings() {
        return List.of(
                new Terminal(STRING),
                new Terminal(STRING, STRING.step(0, '"'), 0, Integer.MAX_VALUE),
                new Terminal(KEY));
    }
}
