/**
 * What clients ask a text to follow, in OpenAI's and vLLM's spellings: in come fields of bodies, out go grammars in the engine's words.
 * Runs on the thread of the request.
 */
@NullMarked
package dev.altiplano.server.api.structured;

import org.jspecify.annotations.NullMarked;
