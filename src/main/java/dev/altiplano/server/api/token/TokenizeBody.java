package dev.altiplano.server.api.token;

import org.jspecify.annotations.Nullable;

/** The body of {@code POST /tokenize}; every component is null where nothing was sent. */
record TokenizeBody(
        @Nullable String model,
        @Nullable String prompt,
        @Nullable Boolean addSpecialTokens,
        @Nullable Boolean parseSpecial) {}
