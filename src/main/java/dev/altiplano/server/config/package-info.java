/**
 * Settings and life: in come {@code altiplano.*} properties, out comes the one engine, loaded by a thread of its own from
 * before the server starts, drained before the server closes. Everyone else asks
 * {@link dev.altiplano.server.config.EngineLifecycle} for the engine each time they need it, from any thread.
 */
@NullMarked
package dev.altiplano.server.config;

import org.jspecify.annotations.NullMarked;
