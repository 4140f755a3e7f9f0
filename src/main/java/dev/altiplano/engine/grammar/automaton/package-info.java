/**
 * Regular languages over bytes: regular expressions over code points, their encoding as UTF-8 or as the inside of a JSON string,
 * and minimal deterministic automata with intersection and difference. In come expressions and literals, out come
 * immutable {@link dev.altiplano.engine.grammar.automaton.Dfa}s; every construction is paid from a budget. Any thread.
 */
@NullMarked
package dev.altiplano.engine.grammar.automaton;

import org.jspecify.annotations.NullMarked;
