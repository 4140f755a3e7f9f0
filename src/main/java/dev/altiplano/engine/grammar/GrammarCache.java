package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.limit.GrammarLimits;

/** Compiled grammars by their sources, so that requests with equal sources share one. Thread-safe; bounded in states. */
public final class GrammarCache {

    private static final long MIN_WEIGHT = 1000;

    private final GrammarLimits limits;
    private final BoundedCache<GrammarSource, CompiledGrammar> grammars;

    /**
     * A cache.
     *
     * @param limits what one compilation may use
     * @param maxStates states of all kept grammars together; some 50 bytes each
     */
    public GrammarCache(GrammarLimits limits, long maxStates) {
        this.limits = limits;
        grammars = new BoundedCache<>(maxStates);
    }

    /** The grammar of {@code source}, compiled on this thread if it is not kept; sources that are refused are refused each time. */
    public CompiledGrammar get(GrammarSource source) {
        CompiledGrammar known = grammars.get(source);
        if (known == null) {
            known = CompiledGrammar.compile(source, limits);
            grammars.put(source, known, known.states() + MIN_WEIGHT);
        }
        return known;
    }

    /** How many grammars are kept. */
    public int size() {
        return grammars.size();
    }
}
