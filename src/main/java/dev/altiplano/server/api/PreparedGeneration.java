package dev.altiplano.server.api;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.server.stream.ResponseWriter;
import java.util.function.Function;

/**
 * A request that is ready to be submitted.
 *
 * @param request what the engine is asked for
 * @param writer makes the writer of its response, once the engine has accepted it
 */
public record PreparedGeneration(GenerationRequest request, Function<Generation, ResponseWriter> writer) {}
