/**
 * The life of the one engine: loaded by a thread of its own from before the server starts, drained before the server closes. Everyone
 * else asks {@link dev.altiplano.server.lifecycle.EngineLifecycle} for the engine each time they need it, from any thread.
 */
@NullMarked
package dev.altiplano.server.lifecycle;

import org.jspecify.annotations.NullMarked;
