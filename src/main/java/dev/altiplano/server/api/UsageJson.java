package dev.altiplano.server.api;

import dev.altiplano.engine.Usage;
import tools.jackson.core.JsonGenerator;

/** Writes OpenAI's {@code usage}. */
public final class UsageJson {

    private UsageJson() {}

    /** Writes the field. */
    public static void write(JsonGenerator out, Usage usage) {
        out.writeObjectPropertyStart("usage");
        out.writeNumberProperty("prompt_tokens", usage.promptTokens());
        out.writeNumberProperty("completion_tokens", usage.completionTokens());
        out.writeNumberProperty("total_tokens", usage.promptTokens() + usage.completionTokens());
        out.writeObjectPropertyStart("prompt_tokens_details");
        out.writeNumberProperty("cached_tokens", usage.cachedTokens());
        out.writeEndObject();
        out.writeEndObject();
    }
}
