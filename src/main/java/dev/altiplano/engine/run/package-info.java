/**
 * The engine at work: in come requests from the queue, out go events to their readers. One thread, the engine thread,
 * takes step after step: queue → schedule → model → sample → stream; the methods of {@link dev.altiplano.engine.Engine}
 * may be called from any thread.
 */
@NullMarked
package dev.altiplano.engine.run;

import org.jspecify.annotations.NullMarked;
