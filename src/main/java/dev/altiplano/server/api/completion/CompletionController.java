package dev.altiplano.server.api.completion;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Prompt;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationEndpoint;
import dev.altiplano.server.api.GenerationService;
import dev.altiplano.server.api.PreparedGeneration;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.resume.ContinuedWriter;
import dev.altiplano.server.api.resume.StreamProgress;
import dev.altiplano.server.api.structured.AskedGrammar;
import dev.altiplano.server.api.structured.GrammarReader;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/completions}. */
@RestController
final class CompletionController implements GenerationEndpoint<CompletionBody> {

    private static final String PATH = "/v1/completions";

    private final GenerationService service;
    private final CompletionReader reader;
    private final ErrorMapper errors;
    private final ApiSettings settings;

    CompletionController(
            GenerationService service, CompletionReader reader, ErrorMapper errors, AltiplanoProperties properties) {
        this.service = service;
        this.reader = reader;
        this.errors = errors;
        settings = properties.api();
    }

    @PostMapping(
            path = PATH,
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    void complete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        service.serve(this, request, response);
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public Class<CompletionBody> bodyType() {
        return CompletionBody.class;
    }

    @Override
    public @Nullable String model(CompletionBody body) {
        return body.model();
    }

    @Override
    public @Nullable String requestId(CompletionBody body) {
        return body.requestId();
    }

    @Override
    public PreparedGeneration prepare(CompletionBody body, GenerationContext context) {
        CompletionOptions options = reader.options(body);
        AskedGrammar asked = GrammarReader.read(body);
        GenerationRequest request = reader.request(body, options, asked == null ? null : asked.source(), context);
        return new PreparedGeneration(
                request,
                asked == null ? null : asked.field(),
                generation -> writer(generation, request, options, context));
    }

    private ResponseWriter writer(
            Generation generation, GenerationRequest request, CompletionOptions options, GenerationContext context) {
        CompletionJson json = new CompletionJson(
                idPrefix() + context.origin().id(),
                context.origin().created(),
                context.model(request),
                context.origin().fingerprint(),
                options,
                generation.promptIds());
        List<String> echoes = options.echo()
                ? request.prompts().stream()
                        .map(prompt -> text(prompt, context))
                        .toList()
                : Collections.nCopies(request.prompts().size(), "");
        if (!options.stream()) {
            return new WholeResponseWriter(json, options, echoes, context.response(), errors);
        }
        EventStream events = new EventStream(context.response(), settings.heartbeat(), settings.eventIds());
        StreamProgress progress = context.origin().progress(echoes.size() * options.n());
        ResponseWriter writer =
                new StreamResponseWriter(json, options, echoes, progress, events, context.response(), errors);
        return context.origin().continues() ? new ContinuedWriter(writer, events, generation::cancel) : writer;
    }

    private static String text(Prompt prompt, GenerationContext context) {
        return switch (prompt) {
            case Prompt.Text(String text) -> text;
            case Prompt.Ids(int[] ids) -> context.engine().detokenize(ids);
            case Prompt.Chat chat -> throw new IllegalStateException("a conversation is not echoed");
        };
    }
}
