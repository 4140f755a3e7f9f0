package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.VllmFields;
import dev.altiplano.server.api.error.ApiException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fields that are accepted where they ask for what happens anyway. */
final class NeutralFields {

    private static final int MAX_NAME_CHARACTERS = 512;
    private static final Set<String> TIERS = Set.of("auto", "default");
    private static final List<String> TEXT = List.of("text");

    private NeutralFields() {}

    /** Refuses those that ask for something else. */
    static void require(ChatBody body) {
        requireOne("service_tier", body.serviceTier(), TIERS);
        requireOne("verbosity", body.verbosity(), Set.of("medium"));
        if (body.bestOf() != null && (body.bestOf() < 0 || body.bestOf() > 1)) {
            throw unsupported("best_of", "best_of is not supported in chats");
        }
        VllmFields.require(body.lengthPenalty(), body.spacesBetweenSpecialTokens());
        if (body.modalities() != null && !body.modalities().strings().equals(TEXT)) {
            throw unsupported("modalities", "modalities must be [\"text\"]");
        }
        if (body.metadata() != null && body.metadata().object() == null) {
            throw ApiException.invalid("metadata", "metadata must be an object");
        }
        FieldRange.requireLength("safety_identifier", body.safetyIdentifier(), MAX_NAME_CHARACTERS);
        FieldRange.requireLength("prompt_cache_key", body.promptCacheKey(), MAX_NAME_CHARACTERS);
        FieldRange.requireLength("prompt_cache_retention", body.promptCacheRetention(), MAX_NAME_CHARACTERS);
    }

    private static void requireOne(String field, @Nullable String value, Set<String> neutral) {
        if (value != null && !neutral.contains(value)) {
            throw unsupported(
                    field,
                    field + " must be "
                            + String.join(" or ", neutral.stream().sorted().toList()));
        }
    }

    private static ApiException unsupported(String field, String message) {
        return ApiException.invalid(field, "unsupported_parameter", message);
    }
}
