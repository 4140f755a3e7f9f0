/**
 * The command {@code bench}: in come a model or a shape, out come tokens per second beside the machine's limits. Runs on
 * the main thread.
 */
@NullMarked
package dev.altiplano.tool.bench;

import org.jspecify.annotations.NullMarked;
