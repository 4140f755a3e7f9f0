package dev.altiplano.engine.grammar.limit;

/**
 * What one compilation may use.
 *
 * @param maxTextChars length of the schema, pattern or grammar as text
 * @param maxDepth nesting of JSON values, groups and rules within the text
 * @param maxStates states of all automata together, and nodes of rules
 * @param maxWork elementary steps of building automata, which bound time and memory on any machine
 * @param maxCompileMs wall-clock time of the compilation
 */
public record GrammarLimits(int maxTextChars, int maxDepth, int maxStates, long maxWork, int maxCompileMs) {

    /** Limits for requests of strangers. */
    public static final GrammarLimits DEFAULT = new GrammarLimits(1 << 20, 128, 1 << 18, 20_000_000, 2_000);

    public GrammarLimits {
        if (maxTextChars < 1 || maxDepth < 1 || maxStates < 1 || maxWork < 1 || maxCompileMs < 1) {
            throw new IllegalArgumentException("limits of a grammar must be positive");
        }
        if (maxDepth > 512) {
            throw new IllegalArgumentException("maxDepth must be 512 or less, as nested values are read by recursion");
        }
    }
}
