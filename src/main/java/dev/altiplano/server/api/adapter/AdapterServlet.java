package dev.altiplano.server.api.adapter;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.InvalidRequestException;
import dev.altiplano.engine.ModelException;
import dev.altiplano.server.api.ServedModel;
import dev.altiplano.server.api.body.RequestBody;
import dev.altiplano.server.api.body.RequestBodyReader;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.api.json.InvalidJsonException;
import dev.altiplano.server.lifecycle.EngineLifecycle;
import dev.altiplano.server.lifecycle.NotReadyException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/load_lora_adapter} and {@code POST /v1/unload_lora_adapter}, in the words of vLLM. The first answers when requests
 * may name the adapter; the second when those that did have ended. A plain servlet, for the management port's own context.
 */
@SuppressWarnings("serial") // no container stores servlets any more
final class AdapterServlet extends HttpServlet {

    static final String LOAD = "/v1/load_lora_adapter";
    static final String UNLOAD = "/v1/unload_lora_adapter";

    private static final Logger log = LoggerFactory.getLogger(AdapterServlet.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}");

    private final EngineLifecycle lifecycle;
    private final ServedModel model;
    private final RequestBodyReader bodies;
    private final ErrorMapper errors;
    private final AdapterFolder folder;

    AdapterServlet(
            EngineLifecycle lifecycle,
            ServedModel model,
            RequestBodyReader bodies,
            ErrorMapper errors,
            AdapterFolder folder) {
        this.lifecycle = lifecycle;
        this.model = model;
        this.bodies = bodies;
        this.errors = errors;
        this.folder = folder;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            String said;
            try (RequestBody<AdapterBody> body = bodies.read(request, AdapterBody.class)) {
                said = request.getServletPath().equals(LOAD) ? load(body.value()) : unload(body.value());
            }
            log.info("{}", said);
            response.setContentType("text/plain");
            response.getOutputStream().write(said.getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            ErrorWriter.write(response, error(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ErrorWriter.write(response, ApiException.server(500, "internal_error", "interrupted"));
        }
    }

    private String load(AdapterBody body) {
        String name = name(body);
        if (body.loraPath() == null || body.loraPath().isBlank()) {
            throw ApiException.invalid("lora_path", "invalid_value", "lora_path is missing");
        }
        Engine engine = lifecycle.engine();
        if (model.isCalled(name)) {
            throw ApiException.invalid("lora_name", "invalid_value", "the model itself is called " + name);
        }
        engine.loadAdapter(name, folder.resolve(body.loraPath()));
        return "Success: LoRA adapter '" + name + "' added successfully.";
    }

    private String unload(AdapterBody body) throws InterruptedException {
        String name = name(body);
        lifecycle.engine().unloadAdapter(name);
        return "Success: LoRA adapter '" + name + "' removed successfully.";
    }

    private static String name(AdapterBody body) {
        @Nullable String name = body.loraName();
        if (name == null || !NAME.matcher(name).matches()) {
            throw ApiException.invalid(
                    "lora_name",
                    "invalid_value",
                    "lora_name must have 1 to 128 letters, digits and . _ : / @ + -, and begin with a letter or digit");
        }
        return name;
    }

    private ApiException error(RuntimeException e) {
        return switch (e) {
            case ApiException error -> error;
            case NotReadyException notReady -> errors.of(notReady.state());
            case InvalidRequestException invalid
            when invalid.code().equals("model_not_found") ->
                ApiException.of(404, invalid.code(), "lora_name", String.valueOf(invalid.getMessage()));
            case InvalidRequestException invalid ->
                ApiException.invalid(invalid.field(), invalid.code(), String.valueOf(invalid.getMessage()));
            case InvalidJsonException invalid ->
                ApiException.invalid(invalid.field(), invalid.code(), String.valueOf(invalid.getMessage()));
            case ModelException wrong ->
                ApiException.invalid("lora_path", "invalid_adapter", String.valueOf(wrong.getMessage()));
            default -> {
                log.error("An adapter's route failed", e);
                yield ApiException.server(500, "internal_error", "Something failed in the service; its log says what");
            }
        };
    }
}
