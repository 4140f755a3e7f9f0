/**
 * Learns a SentencePiece vocabulary by byte pair encoding and writes it as {@code tokenizer.model}. In: texts. Out: the bytes of
 * the file. Runs on the calling thread.
 */
@NullMarked
package dev.altiplano.training.vocabulary;

import org.jspecify.annotations.NullMarked;
