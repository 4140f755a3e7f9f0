package dev.altiplano.server.api.embedding;

import dev.altiplano.engine.StreamEvent;
import dev.altiplano.server.api.JsonResponse;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.error.ErrorWriter;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Collects the vectors of all inputs and responds in one piece. */
final class EmbeddingWriter implements ResponseWriter {

    private final EmbeddingJson json;
    private final float[][] vectors;
    private final HttpServletResponse response;
    private final ErrorMapper errors;

    /** @param inputs how many vectors will come */
    EmbeddingWriter(EmbeddingJson json, int inputs, HttpServletResponse response, ErrorMapper errors) {
        this.json = json;
        vectors = new float[inputs][];
        this.response = response;
        this.errors = errors;
    }

    @Override
    public void accept(StreamEvent event) throws IOException {
        switch (event) {
            case StreamEvent.Embedded embedded -> vectors[embedded.prompt()] = embedded.vector();
            case StreamEvent.Ended ended -> JsonResponse.stream(response, json.list(vectors, ended.usage()));
            case StreamEvent.Failed failed -> ErrorWriter.write(response, errors.of(failed));
            case StreamEvent.Finished finished -> {}
            case StreamEvent.PromptScored scored -> throw new IllegalStateException("no scores were asked for");
            case StreamEvent.Text text -> throw new IllegalStateException("no text was asked for");
        }
    }
}
