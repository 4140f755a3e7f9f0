/**
 * Drafts for speculative decoding: in come the tokens of a sequence, and where it stands in its grammar, out come drafts of what follows:
 * what the grammar forces, what the sequence holds already, or what a smaller model says. A draft decides nothing: its tokens are verified
 * in the batch, and those that stay are the ones that plain decoding gives. Belongs to the engine thread.
 */
@NullMarked
package dev.altiplano.engine.speculate;

import org.jspecify.annotations.NullMarked;
