package dev.altiplano.server.api;

import dev.altiplano.engine.ModelCard;
import dev.altiplano.server.config.EngineLifecycle;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/** {@code GET /v1/models} and {@code GET /v1/models/{id}}: the one model that is served. */
@RestController
final class ModelController {

    private final EngineLifecycle lifecycle;
    private final long created = ManagementFactory.getRuntimeMXBean().getStartTime() / 1000;

    ModelController(EngineLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @GetMapping(path = "/v1/models", produces = MediaType.APPLICATION_JSON_VALUE)
    void list(HttpServletResponse response) throws IOException {
        ModelCard card = lifecycle.engine().card();
        JsonAnswer.write(response, out -> {
            out.writeStartObject();
            out.writeStringProperty("object", "list");
            out.writeArrayPropertyStart("data");
            model(out, card);
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    /** An id may have slashes in it. */
    @GetMapping(path = "/v1/models/{*id}", produces = MediaType.APPLICATION_JSON_VALUE)
    void one(@PathVariable String id, HttpServletResponse response) throws IOException {
        ModelCard card = lifecycle.engine().card();
        if (!id.substring(1).equals(card.id())) {
            throw notFound(id.substring(1), card);
        }
        JsonAnswer.write(response, out -> model(out, card));
    }

    static ApiException notFound(String model, ModelCard card) {
        return ApiException.of(
                404,
                "model_not_found",
                "model",
                "The model '" + model + "' does not exist; this service has '" + card.id() + "'");
    }

    private void model(JsonGenerator out, ModelCard card) {
        out.writeStartObject();
        out.writeStringProperty("id", card.id());
        out.writeStringProperty("object", "model");
        out.writeNumberProperty("created", created);
        out.writeStringProperty("owned_by", "altiplano");
        out.writeNumberProperty("max_model_len", card.contextLength());
        out.writeEndObject();
    }
}
