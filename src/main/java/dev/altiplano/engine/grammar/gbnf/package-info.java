/**
 * GBNF, the grammar format of llama.cpp: in comes its text, out comes a {@link dev.altiplano.engine.grammar.rule.Grammar}. Any
 * thread.
 */
@NullMarked
package dev.altiplano.engine.grammar.gbnf;

import org.jspecify.annotations.NullMarked;
