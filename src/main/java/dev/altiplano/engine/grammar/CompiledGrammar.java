package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarException;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.program.Program;
import dev.altiplano.engine.grammar.program.ProgramCompiler;

/** A grammar that is ready to constrain sequences, with any vocabulary. Immutable and shared between threads. */
public final class CompiledGrammar {

    private final MatchState start;
    private final long bytes;
    private final long states;

    private CompiledGrammar(MatchState start, long bytes, long states) {
        this.start = start;
        this.bytes = bytes;
        this.states = states;
    }

    /**
     * Compiles a source within limits; runs on the caller's thread.
     *
     * @throws GrammarException if the source is malformed, unsupported, without any text, or
     *     beyond a limit
     */
    public static CompiledGrammar compile(GrammarSource source, GrammarLimits limits) {
        Budget budget = new Budget(limits);
        Program program = ProgramCompiler.compile(source.grammar(budget), budget);
        try {
            return new CompiledGrammar(MatchState.start(program), program.bytes(), budget.statesUsed());
        } catch (AmbiguousGrammarException e) {
            throw new GrammarException(String.valueOf(e.getMessage()));
        }
    }

    /** Before the first byte. */
    MatchState start() {
        return start;
    }

    /** Its memory. */
    long bytes() {
        return bytes;
    }

    /** States and nodes that were built for it, a measure of its memory. */
    public long states() {
        return states;
    }
}
