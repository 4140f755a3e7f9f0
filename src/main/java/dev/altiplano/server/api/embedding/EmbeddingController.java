package dev.altiplano.server.api.embedding;

import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationEndpoint;
import dev.altiplano.server.api.GenerationService;
import dev.altiplano.server.api.PreparedGeneration;
import dev.altiplano.server.api.error.ErrorMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/embeddings}. */
@RestController
final class EmbeddingController implements GenerationEndpoint<EmbeddingBody> {

    private static final String PATH = "/v1/embeddings";

    private final GenerationService service;
    private final EmbeddingReader reader;
    private final ErrorMapper errors;

    EmbeddingController(GenerationService service, EmbeddingReader reader, ErrorMapper errors) {
        this.service = service;
        this.reader = reader;
        this.errors = errors;
    }

    @PostMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
    void embed(HttpServletRequest request, HttpServletResponse response) throws IOException {
        service.serve(this, request, response);
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public String idPrefix() {
        return "embd-";
    }

    @Override
    public Class<EmbeddingBody> bodyType() {
        return EmbeddingBody.class;
    }

    @Override
    public @Nullable String model(EmbeddingBody body) {
        return body.model();
    }

    @Override
    public PreparedGeneration prepare(EmbeddingBody body, GenerationContext context) {
        EmbeddingOptions options = reader.options(body, context);
        GenerationRequest request = reader.request(body, context);
        EmbeddingJson json = new EmbeddingJson(context.model(request), options);
        return new PreparedGeneration(
                request,
                null,
                generation -> new EmbeddingWriter(json, request.prompts().size(), context.response(), errors));
    }
}
