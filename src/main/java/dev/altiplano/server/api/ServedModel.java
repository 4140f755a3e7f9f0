package dev.altiplano.server.api;

import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ModelSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The names that clients may ask for a model by: its id and its aliases. */
@Component
public final class ServedModel {

    private final ModelSettings settings;

    ServedModel(AltiplanoProperties properties) {
        settings = properties.model();
    }

    /** Whether {@code name} means the model that is served. */
    public boolean is(String name) {
        return settings.serves(name);
    }

    /**
     * Refuses a request for another model; null and the empty name mean the one that there is.
     *
     * @throws ApiException 404, with the name that there is
     */
    public void require(@Nullable String name) {
        if (name != null && !name.isEmpty() && !is(name)) {
            throw notFound(name);
        }
    }

    /** What a request for {@code name} gets. */
    public ApiException notFound(String name) {
        return ApiException.of(
                404,
                "model_not_found",
                "model",
                "The model '" + name + "' does not exist; this service has '" + settings.servedId() + "'");
    }
}
