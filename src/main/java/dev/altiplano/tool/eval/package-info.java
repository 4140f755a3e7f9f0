/**
 * The command {@code eval}: in come a model and text, out come perplexities and what formats cost. Runs on the main
 * thread.
 */
@NullMarked
package dev.altiplano.tool.eval;

import org.jspecify.annotations.NullMarked;
