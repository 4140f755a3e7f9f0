/**
 * Regular expressions as clients write them: in comes a pattern in the syntax that JavaScript, Java, Python and RE2 share, out
 * comes a {@link dev.altiplano.engine.grammar.automaton.Regular}. What no automaton can do, as looking around or back, is refused
 * by name. Any thread.
 */
@NullMarked
package dev.altiplano.engine.grammar.regex;

import org.jspecify.annotations.NullMarked;
