/**
 * Carries one {@link dev.altiplano.engine.TokenStream} to one client: in come the engine's events, out go server-sent events or
 * a collected answer. Everything here runs on the request's own (virtual) thread. While it waits it looks whether the client is
 * still there; one that left, or that does not take what it is sent, has its request cancelled.
 */
@NullMarked
package dev.altiplano.server.stream;

import org.jspecify.annotations.NullMarked;
