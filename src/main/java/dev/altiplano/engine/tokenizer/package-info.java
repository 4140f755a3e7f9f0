/**
 * Text to token ids and back. In come the bytes of a {@code tokenizer.model} ({@link
 * dev.altiplano.engine.tokenizer.Tokenizers}) or the lists of a vocabulary stored elsewhere; out comes a {@link
 * dev.altiplano.engine.tokenizer.Tokenizer}: SentencePiece for LLaMA 1 and 2, byte-level BPE for Llama 3. Both put their
 * vocabulary into a table of merges and leave the merging itself to one class, {@code SymbolMerger}.
 *
 * <p>Tokenizers are immutable and may be called from any thread; a {@link dev.altiplano.engine.tokenizer.Detokenizer}
 * belongs to one stream of tokens.
 */
@NullMarked
package dev.altiplano.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
