/**
 * What is done to a text before a vocabulary merges it: normalizers rewrite it, splitters cut it into the pieces inside
 * which merging happens. In come the steps that a tokenizer's files name, as {@code tokenizer.json} describes them one by
 * one or as a GGUF file names them as a whole; out come a {@link dev.altiplano.engine.tokenizer.rules.Normalizer} and a
 * {@link dev.altiplano.engine.tokenizer.rules.Splitter}. All take time linear in the text, whatever the text is.
 *
 * <p>Rules are immutable and may be used from any thread.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.rules;

import org.jspecify.annotations.NullMarked;
