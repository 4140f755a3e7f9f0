package dev.altiplano.server.api.structured;

import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StringList;
import dev.altiplano.server.api.json.Unsupported;
import org.jspecify.annotations.Nullable;

/**
 * vLLM's field {@code structured_outputs}, of which one of the first five may be set.
 *
 * @param json a schema, or its text
 * @param grammar in llama.cpp's format
 * @param disableAnyWhitespace whether JSON has no white space between its parts
 */
public record StructuredOutputs(
        @Nullable JsonValue json,
        @Nullable String regex,
        @Nullable StringList choice,
        @Nullable String grammar,
        @Nullable Boolean jsonObject,
        @Nullable Boolean disableAnyWhitespace,
        @Nullable Boolean disableFallback,
        @Nullable Unsupported disableAdditionalProperties,
        @Nullable Unsupported whitespacePattern,
        @Nullable Unsupported structuralTag) {}
