package dev.altiplano.engine.grammar;

import dev.altiplano.engine.grammar.limit.Budget;
import dev.altiplano.engine.grammar.limit.GrammarLimits;
import dev.altiplano.engine.grammar.program.Program;
import dev.altiplano.engine.grammar.program.ProgramCompiler;

/** A grammar that is ready to constrain sequences, with any vocabulary. Immutable and shared between threads. */
public final class CompiledGrammar {

    private final Program program;
    private final long states;

    private CompiledGrammar(Program program, long states) {
        this.program = program;
        this.states = states;
    }

    /**
     * Compiles a source within limits; runs on the caller's thread.
     *
     * @throws dev.altiplano.engine.grammar.limit.GrammarException if the source is malformed, unsupported, without any text, or
     *     beyond a limit
     */
    public static CompiledGrammar compile(GrammarSource source, GrammarLimits limits) {
        Budget budget = new Budget(limits);
        Program program = ProgramCompiler.compile(source.grammar(budget), budget);
        return new CompiledGrammar(program, budget.statesUsed());
    }

    Program program() {
        return program;
    }

    /** States and nodes that were built for it, a measure of its memory. */
    public long states() {
        return states;
    }
}
