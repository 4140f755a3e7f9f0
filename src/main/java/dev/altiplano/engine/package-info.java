/**
 * The inference engine, a library of its own: in come {@link dev.altiplano.engine.GenerationRequest}s from any thread, out go
 * {@link dev.altiplano.engine.StreamEvent}s through a {@link dev.altiplano.engine.TokenStream} each. One thread, the engine
 * thread, takes {@linkplain dev.altiplano.engine.Engine#step step} after step: queue → schedule → model → sample → stream.
 * {@link dev.altiplano.engine.Engine#submit}, {@link dev.altiplano.engine.Generation#cancel} and
 * {@link dev.altiplano.engine.Engine#stats} are the thread-safe surface. Needs the JDK alone.
 */
@NullMarked
package dev.altiplano.engine;

import org.jspecify.annotations.NullMarked;
