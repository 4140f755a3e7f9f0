package dev.altiplano.server.api;

import dev.altiplano.engine.EnergyShare;
import dev.altiplano.engine.Usage;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
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
        energy(out, usage.energy());
        out.writeEndObject();
    }

    /** Writes the request's part of the energy, an addition of ours, where it is told; inside {@code usage}. */
    public static void energy(JsonGenerator out, @Nullable EnergyShare energy) {
        if (energy != null) {
            out.writeNumberProperty("energy_joules", BigDecimal.valueOf(energy.microjoules(), 6));
            out.writeStringProperty("energy_source", energy.measured() ? "measured" : "configured");
        }
    }
}
