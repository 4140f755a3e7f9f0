package dev.altiplano.server.api.token;

import dev.altiplano.server.api.json.IntList;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /detokenize}; every component is null where nothing was sent. */
record DetokenizeBody(@Nullable String model, @Nullable IntList tokens) {}
