/**
 * Text to token ids and back, for clients without a tokenizer: in come texts and ids, out go ids, texts, and what there is to know of
 * the vocabulary. Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.token;

import org.jspecify.annotations.NullMarked;
