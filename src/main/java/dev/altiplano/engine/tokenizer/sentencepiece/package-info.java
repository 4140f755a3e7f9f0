/**
 * SentencePiece's BPE as LLaMA 1 and 2 have it: in comes a model file or the lists of a GGUF file, out comes a tokenizer
 * over characters. Immutable; called by any thread.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.sentencepiece;

import org.jspecify.annotations.NullMarked;
