package dev.altiplano.server.api;

import dev.altiplano.server.api.error.ApiException;
import org.jspecify.annotations.Nullable;

/** Options of vLLM that its clients send with their defaults, and that are accepted where they ask for what happens anyway. */
public final class VllmFields {

    private VllmFields() {}

    /**
     * Refuses what asks for something else.
     *
     * @param lengthPenalty of beam search, which there is not: 0 and 1 are neutral
     * @param spacesBetweenSpecialTokens true is neutral
     */
    public static void require(@Nullable Double lengthPenalty, @Nullable Boolean spacesBetweenSpecialTokens) {
        if (lengthPenalty != null && lengthPenalty != 0 && lengthPenalty != 1) {
            throw unsupported("length_penalty");
        }
        if (Boolean.FALSE.equals(spacesBetweenSpecialTokens)) {
            throw unsupported("spaces_between_special_tokens");
        }
    }

    private static ApiException unsupported(String field) {
        return ApiException.invalid(field, "unsupported_parameter", field + " is not supported");
    }
}
