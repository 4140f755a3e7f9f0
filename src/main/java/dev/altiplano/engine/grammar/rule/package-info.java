/**
 * What a grammar is before it is compiled: named rules over automata and regular expressions. The readers of JSON Schema, regular
 * expressions and GBNF give it; the compiler of programs takes it. Immutable.
 */
@NullMarked
package dev.altiplano.engine.grammar.rule;

import org.jspecify.annotations.NullMarked;
