/**
 * What bounds the compilation of a grammar: limits, the budget that one compilation uses up, and the exception that says what was
 * refused, where and why. Needs nothing; runs on the thread that compiles.
 */
@NullMarked
package dev.altiplano.engine.grammar.limit;

import org.jspecify.annotations.NullMarked;
