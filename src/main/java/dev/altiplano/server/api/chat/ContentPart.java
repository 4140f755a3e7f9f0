package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.OpenEntry;
import org.jspecify.annotations.Nullable;

/**
 * One part of a message's content. What is no text has a place here only so that it can be refused by its type.
 *
 * @param refusal text of an assistant that would not answer
 * @param cacheControl accepted, not used
 * @param promptCacheBreakpoint accepted, not used
 */
record ContentPart(
        @Nullable String type,
        @Nullable String text,
        @Nullable String refusal,
        @Nullable JsonValue imageUrl,
        @Nullable JsonValue inputAudio,
        @Nullable JsonValue audioUrl,
        @Nullable JsonValue videoUrl,
        @Nullable JsonValue file,
        @Nullable JsonValue cacheControl,
        @Nullable JsonValue promptCacheBreakpoint)
        implements OpenEntry {

    static ContentPart ofText(String text) {
        return new ContentPart("text", text, null, null, null, null, null, null, null, null);
    }
}
