/**
 * BPE over bytes as GPT-2 and Llama 3 have it: in come ranks, or a vocabulary with its merges, out comes a tokenizer.
 * Immutable; called by any thread.
 */
@NullMarked
package dev.altiplano.engine.tokenizer.bytelevel;

import org.jspecify.annotations.NullMarked;
