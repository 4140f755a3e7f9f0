package dev.altiplano.server.api.structured;

import dev.altiplano.server.api.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's field {@code response_format}.
 *
 * @param type text, json_object or json_schema
 * @param jsonSchema with json_schema alone
 * @param schema the schema itself, as llama.cpp's clients send it, with json_object too; not beside {@code jsonSchema}
 */
public record ResponseFormat(
        @Nullable String type,
        @Nullable NamedSchema jsonSchema,
        @Nullable JsonValue schema) {

    /**
     * A schema as OpenAI wraps it. Texts follow it whether or not it is {@code strict}.
     *
     * @param name for people
     * @param description for people
     */
    public record NamedSchema(
            @Nullable String name,
            @Nullable String description,
            @Nullable JsonValue schema,
            @Nullable Boolean strict) {}
}
