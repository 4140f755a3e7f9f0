/**
 * {@code POST /v1/chat/completions}: in come bodies as clients write them, out go requests in the engine's words and OpenAI's chat
 * completion objects and chunks. Wire records never leave this package. Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.chat;

import org.jspecify.annotations.NullMarked;
