/**
 * The inference engine, a library of its own: in come {@link dev.altiplano.engine.GenerationRequest}s from any thread, out
 * go {@link dev.altiplano.engine.StreamEvent}s through a {@link dev.altiplano.engine.TokenStream} each. What stands here
 * is all that its users see: {@link dev.altiplano.engine.Engine}, what goes in and comes out, and who is told of it.
 * {@code dev.altiplano.engine.run.Engines} opens an engine. Needs the JDK alone.
 */
@NullMarked
package dev.altiplano.engine;

import org.jspecify.annotations.NullMarked;
