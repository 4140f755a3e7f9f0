/**
 * The OpenAI wire format: in come HTTP requests, each on a virtual thread of its own, parsed strictly into records and mapped
 * to the engine's words; out go JSON answers, streams of chunks, and one error object for everything that is refused. Wire
 * records never leave this package.
 */
@NullMarked
package dev.altiplano.server.api;

import org.jspecify.annotations.NullMarked;
