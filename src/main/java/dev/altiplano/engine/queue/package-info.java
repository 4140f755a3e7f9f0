/**
 * Admission: in come requests from any thread, out they go to the engine thread, clients taking turns, or a refusal goes back at
 * once. Bounded in requests and in prompt tokens.
 */
@NullMarked
package dev.altiplano.engine.queue;

import org.jspecify.annotations.NullMarked;
