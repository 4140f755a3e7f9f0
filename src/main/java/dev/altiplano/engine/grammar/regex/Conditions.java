package dev.altiplano.engine.grammar.regex;

import dev.altiplano.engine.grammar.automaton.Regular;
import dev.altiplano.engine.grammar.limit.Budget;
import java.util.List;

/**
 * A pattern that is found somewhere in a text, where it may begin with lookaheads, as libraries write it for addresses and decimals
 * ({@code ^(?!\.)…}). Lookaheads at the beginning are conditions for the whole text; elsewhere they are refused.
 *
 * @param required expressions that the text matches, at least one
 * @param forbidden expressions that it does not match
 */
public record Conditions(List<Regular> required, List<Regular> forbidden) {

    public Conditions {
        required = List.copyOf(required);
        forbidden = List.copyOf(forbidden);
    }

    /** Reads {@code pattern}. */
    public static Conditions of(String pattern, Budget budget) {
        return pattern.startsWith("^(?!") || pattern.startsWith("^(?=")
                ? RegexParser.conditions(pattern, budget)
                : new Conditions(List.of(RegexParser.search(pattern, budget)), List.of());
    }
}
