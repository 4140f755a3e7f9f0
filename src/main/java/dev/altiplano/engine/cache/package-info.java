/**
 * The KV memory and who holds which part of it: in come token ids of prompts and requests for blocks, out come block ids.
 * Knows tokens and blocks, no text. Belongs to the engine thread.
 */
@NullMarked
package dev.altiplano.engine.cache;

import org.jspecify.annotations.NullMarked;
