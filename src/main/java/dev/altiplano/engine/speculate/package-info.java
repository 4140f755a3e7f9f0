/**
 * Drafts for speculative decoding: in come the tokens of a sequence, out come guesses at what follows, from what it holds already or from a
 * smaller model. A draft decides nothing: its tokens are verified in the batch, and those that stay are the ones that plain decoding
 * gives. Belongs to the engine thread.
 */
@NullMarked
package dev.altiplano.engine.speculate;

import org.jspecify.annotations.NullMarked;
