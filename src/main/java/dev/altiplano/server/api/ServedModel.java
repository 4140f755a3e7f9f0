package dev.altiplano.server.api;

import dev.altiplano.engine.Engine;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ModelSettings;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The names that clients may ask for a model by: its id and its aliases. */
@Component
public final class ServedModel {

    /** Names in a message. */
    private static final int LISTED = 16;

    private final ModelSettings settings;
    private final Set<String> firstAdapters;
    private final EngineLifecycle lifecycle;

    ServedModel(AltiplanoProperties properties, EngineLifecycle lifecycle) {
        this.lifecycle = lifecycle;
        settings = properties.model();
        firstAdapters = new TreeSet<>(properties.adapters().keySet());
    }

    /** Whether {@code name} means the model that is served. */
    public boolean is(String name) {
        return adapters().contains(name) || settings.serves(name);
    }

    /** Whether {@code name} is the model's own, by its id or an alias; an alias for any name is none. */
    public boolean isCalled(String name) {
        return settings.names(name);
    }

    /** The adapter that {@code name} asks for; null where it means the model alone. */
    public @Nullable String adapter(@Nullable String name) {
        return name != null && adapters().contains(name) ? name : null;
    }

    /** The names of all adapters, in order: those that there are now, or that there will be once the model is loaded. */
    public Set<String> adapters() {
        Engine engine = lifecycle.engineOrNull();
        return engine == null ? firstAdapters : new TreeSet<>(engine.adapters().loaded());
    }

    /** All names but those that an alias for any name accepts: the id, the aliases, the adapters. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(settings.names());
        names.addAll(adapters());
        return names;
    }

    /**
     * Refuses a request for another model; null and the empty name mean the one that there is.
     *
     * @throws ApiException 404, with the names that there are
     */
    public void require(@Nullable String name) {
        if (name != null && !name.isEmpty() && !is(name)) {
            throw notFound(name);
        }
    }

    /** What a request for {@code name} gets. */
    public ApiException notFound(String name) {
        List<String> names = new ArrayList<>(List.of(settings.servedId()));
        names.addAll(adapters());
        String listed = names.stream().limit(LISTED).collect(Collectors.joining("', '", "'", "'"));
        String more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
        return ApiException.of(
                404,
                "model_not_found",
                "model",
                "The model '" + name + "' does not exist; this service has " + listed + more);
    }
}
