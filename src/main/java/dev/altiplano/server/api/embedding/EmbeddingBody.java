package dev.altiplano.server.api.embedding;

import dev.altiplano.server.api.PromptField;
import dev.altiplano.server.api.json.OpenBody;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/embeddings} as clients write it. Every component is null where nothing was sent.
 *
 * @param pooling how the hidden states of an input become one vector; an addition
 * @param truncatePromptTokens vLLM's
 */
record EmbeddingBody(
        @Nullable String model,
        @Nullable PromptField input,
        @Nullable String encodingFormat,
        @Nullable Long dimensions,
        @Nullable String pooling,
        @Nullable Long truncatePromptTokens,
        @Nullable String user)
        implements OpenBody {}
