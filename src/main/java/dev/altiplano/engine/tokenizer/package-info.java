/**
 * Text to token ids and back. In come the bytes of a {@code tokenizer.model} ({@link
 * dev.altiplano.engine.tokenizer.meta.Tokenizers}), the lists of a GGUF file, or through {@code tokenizer.huggingface} the files
 * of a Hugging Face folder; out comes a {@link dev.altiplano.engine.tokenizer.Tokenizer}: one of characters, as
 * SentencePiece has them, or one of bytes, as GPT-2 and Llama 3 have them. Added tokens are cut out of a text first; what
 * is left is rewritten and cut by {@code tokenizer.rules}; then both put their vocabulary into a table of merges and leave
 * the merging itself to one class, {@code SymbolMerger}.
 *
 * <p>Tokenizers are immutable and may be called from any thread; a {@link dev.altiplano.engine.tokenizer.Detokenizer}
 * belongs to one stream of tokens.
 */
@NullMarked
package dev.altiplano.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
