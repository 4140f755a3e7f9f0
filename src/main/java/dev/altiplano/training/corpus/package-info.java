/**
 * Text of our own: a grammar with a lexicon that writes short English stories, questions about them, arithmetic, lists and
 * dialogues. The same grammar draws documents for a seed, without end, and parses a text and tells its probability. In: a seed
 * or a text. Out: documents, or what the parser found. Stateless, any thread.
 */
@NullMarked
package dev.altiplano.training.corpus;

import org.jspecify.annotations.NullMarked;
