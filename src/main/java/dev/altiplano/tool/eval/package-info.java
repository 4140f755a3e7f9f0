/**
 * The command {@code eval}: in come a model, tasks and texts, out come metrics, perplexities, divergences and what formats cost. Runs on the main
 * thread.
 */
@NullMarked
package dev.altiplano.tool.eval;

import org.jspecify.annotations.NullMarked;
