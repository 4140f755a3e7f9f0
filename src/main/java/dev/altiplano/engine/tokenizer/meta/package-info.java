/**
 * The file {@code tokenizer.model} of Meta's distributions: in come its bytes, out comes the tokenizer of the kind that
 * they are. Called by the loading thread.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.meta;

import org.jspecify.annotations.NullMarked;
