package dev.altiplano.server.api;

import org.jspecify.annotations.Nullable;

/**
 * A route that generates: what {@link GenerationService} needs to know of it. Implemented by its controller.
 *
 * @param <B> the record that its bodies are bound to
 */
public interface GenerationEndpoint<B extends Record> {

    /** Its path, {@code /v1/completions} for example. */
    String path();

    /** What the ids of its responses begin with, {@code cmpl-} for example. */
    String idPrefix();

    /** What {@link dev.altiplano.server.api.json.Json} binds its bodies to. */
    Class<B> bodyType();

    /** The model or adapter that {@code body} names; null where it names none. */
    @Nullable
    String model(B body);

    /** What {@code body} calls the request; null where it gives it no name. */
    default @Nullable String requestId(B body) {
        return null;
    }

    /**
     * Says what {@code body} asks for in the engine's words, and who writes the response.
     *
     * @throws dev.altiplano.server.api.error.ApiException where a value is wrong
     */
    PreparedGeneration prepare(B body, GenerationContext context);
}
