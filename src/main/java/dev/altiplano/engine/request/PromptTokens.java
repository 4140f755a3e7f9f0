package dev.altiplano.engine.request;

/**
 * A prompt as tokens, read once for all sequences that begin with it.
 *
 * @param ids its token ids, at least one
 * @param characters length of its text in code points; 0 where nobody asks for offsets
 * @param offsets where each token's text begins, in code points; empty unless its tokens are scored
 */
record PromptTokens(int[] ids, int characters, int[] offsets) {}
