/**
 * {@code POST /v1/embeddings}: in come bodies as clients write them, out go requests for the hidden states of their prompts and OpenAI's
 * lists of embeddings. Wire records never leave this package. Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.embedding;

import org.jspecify.annotations.NullMarked;
