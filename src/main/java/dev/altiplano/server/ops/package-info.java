/**
 * What operators see: health, metrics, info and one log line for each request. In come the engine's observations, on the engine
 * thread, and its statistics, on the thread that asks; out go Actuator's pages and their aliases.
 */
@NullMarked
package dev.altiplano.server.ops;

import org.jspecify.annotations.NullMarked;
