/**
 * Grammars as the matcher runs them: a pushdown automaton whose single steps are whole regular automata. In comes a
 * {@link dev.altiplano.engine.grammar.rule.Grammar}, out comes an immutable {@link dev.altiplano.engine.grammar.program.Program}
 * in which every path can be completed. Compiling runs on the thread of the request, never on the engine thread.
 */
@NullMarked
package dev.altiplano.engine.grammar.program;

import org.jspecify.annotations.NullMarked;
