/**
 * The way from HTTP to the engine, the same for all endpoints that generate: filters refuse strangers and floods, {@link
 * dev.altiplano.server.api.GenerationService} admits a request, reads its body, submits it and relays what comes out. An endpoint is a
 * package below that says what its body looks like, what it means in the engine's words, and how responses are written. Each
 * request has a virtual thread of its own.
 */
@NullMarked
package dev.altiplano.server.api;

import org.jspecify.annotations.NullMarked;
