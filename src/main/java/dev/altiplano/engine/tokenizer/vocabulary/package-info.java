/**
 * What every tokenizer has that merges pieces: kinds of tokens, added tokens cut out of a text, merge rules and the
 * table in which they are looked up. Built by the loading thread, then immutable.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.vocabulary;

import org.jspecify.annotations.NullMarked;
