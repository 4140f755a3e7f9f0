/**
 * The commands {@code corpus}, {@code train} and {@code finetune}. In come settings and texts, out come model folders.
 * Runs on the main thread.
 */
@NullMarked
package dev.altiplano.tool.train;

import org.jspecify.annotations.NullMarked;
