package dev.altiplano.server.api.model;

import dev.altiplano.engine.EngineStats;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.server.api.JsonResponse;
import dev.altiplano.server.api.ServedModel;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.ops.ProgramVersion;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/** {@code /v1/models}: the model that is served, its aliases and its adapters; and what gateways ask of a server: {@code /version} and {@code /load}. */
@RestController
final class ModelController {

    private final EngineLifecycle lifecycle;
    private final ServedModel model;
    private final long created = ManagementFactory.getRuntimeMXBean().getStartTime() / 1000;

    ModelController(EngineLifecycle lifecycle, ServedModel model) {
        this.lifecycle = lifecycle;
        this.model = model;
    }

    @GetMapping(
            path = {"/v1/models", "/models"},
            produces = MediaType.APPLICATION_JSON_VALUE)
    void list(HttpServletResponse response) throws IOException {
        ModelCard card = lifecycle.engine().card();
        JsonResponse.write(response, out -> {
            out.writeStartObject();
            out.writeStringProperty("object", "list");
            out.writeArrayPropertyStart("data");
            for (String name : model.names()) {
                model(out, card, name);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    /** An id may have slashes in it, written as they are or percent-encoded. */
    @GetMapping(
            path = {"/v1/models/{*id}", "/models/{*id}"},
            produces = MediaType.APPLICATION_JSON_VALUE)
    void one(@PathVariable String id, HttpServletResponse response) throws IOException {
        ModelCard card = lifecycle.engine().card();
        String name = id.substring(1);
        if (!model.is(name)) {
            throw model.notFound(name);
        }
        JsonResponse.write(response, out -> model(out, card, name));
    }

    @GetMapping(path = "/version", produces = MediaType.APPLICATION_JSON_VALUE)
    void version(HttpServletResponse response) throws IOException {
        JsonResponse.write(response, out -> {
            out.writeStartObject();
            out.writeStringProperty("version", ProgramVersion.text());
            out.writeEndObject();
        });
    }

    /** How many requests have not ended. */
    @GetMapping(path = "/load", produces = MediaType.APPLICATION_JSON_VALUE)
    void load(HttpServletResponse response) throws IOException {
        EngineStats stats = lifecycle.engine().stats();
        JsonResponse.write(response, out -> {
            out.writeStartObject();
            out.writeNumberProperty("server_load", stats.requestsWaiting() + stats.requestsRunning());
            out.writeEndObject();
        });
    }

    /** One name: of the model, whose root it is under its aliases, or of an adapter, whose parent it is. */
    private void model(JsonGenerator out, ModelCard card, String id) {
        boolean adapter = model.adapter(id) != null;
        out.writeStartObject();
        out.writeStringProperty("id", id);
        out.writeStringProperty("object", "model");
        out.writeNumberProperty("created", created);
        out.writeStringProperty("owned_by", "altiplano");
        out.writeStringProperty("root", adapter ? id : card.id());
        if (adapter) {
            out.writeStringProperty("parent", card.id());
        } else {
            out.writeNullProperty("parent");
        }
        out.writeNumberProperty("max_model_len", card.contextLength());
        out.writeArrayPropertyStart("permission");
        out.writeEndArray();
        out.writeEndObject();
    }
}
