/**
 * Text to token ids and back. Tokenizers are immutable and may be called from any thread; a
 * {@link dev.altiplano.engine.tokenizer.Detokenizer} belongs to one stream of tokens.
 */
@NullMarked
package dev.altiplano.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
