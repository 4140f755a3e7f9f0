/**
 * Text of any kind with JSON values in it that stand behind a mark: in come a mark and schemas, out goes one grammar for the whole
 * text. Runs on the thread that compiles.
 */
@NullMarked
package dev.altiplano.engine.grammar.tagged;

import org.jspecify.annotations.NullMarked;
