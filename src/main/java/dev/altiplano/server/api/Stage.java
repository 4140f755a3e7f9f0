package dev.altiplano.server.api;

import dev.altiplano.server.config.EngineState;
import dev.altiplano.server.ops.Requests;

/**
 * Where a completion is asked for.
 *
 * @param engine the engine that it asks
 * @param requests who hears of it
 */
record Stage(EngineState engine, Requests requests) {}
