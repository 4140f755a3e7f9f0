package dev.altiplano.server.api.chat;

import dev.altiplano.engine.Generation;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationEndpoint;
import dev.altiplano.server.api.GenerationService;
import dev.altiplano.server.api.PreparedGeneration;
import dev.altiplano.server.api.error.ErrorMapper;
import dev.altiplano.server.api.resume.ContinuedWriter;
import dev.altiplano.server.api.structured.AskedGrammar;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import dev.altiplano.server.stream.EventStream;
import dev.altiplano.server.stream.ResponseWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/chat/completions}. */
@RestController
final class ChatController implements GenerationEndpoint<ChatBody> {

    private static final String PATH = "/v1/chat/completions";

    private final GenerationService service;
    private final ChatReader reader;
    private final ErrorMapper errors;
    private final ApiSettings settings;

    ChatController(GenerationService service, ChatReader reader, ErrorMapper errors, AltiplanoProperties properties) {
        this.service = service;
        this.reader = reader;
        this.errors = errors;
        settings = properties.api();
    }

    @PostMapping(
            path = PATH,
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        service.serve(this, request, response);
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public Class<ChatBody> bodyType() {
        return ChatBody.class;
    }

    @Override
    public @Nullable String model(ChatBody body) {
        return body.model();
    }

    @Override
    public @Nullable String requestId(ChatBody body) {
        return body.requestId();
    }

    @Override
    public PreparedGeneration prepare(ChatBody body, GenerationContext context) {
        ToolSelection tools = ToolSelection.of(body, context.card());
        ChatOptions options = reader.options(body, tools);
        GenerationRequest request = reader.request(body, options, tools, context);
        AskedGrammar asked = tools.grammar();
        return new PreparedGeneration(
                request,
                asked == null ? null : asked.field(),
                generation -> writer(generation, request, options, context));
    }

    private ResponseWriter writer(
            Generation generation, GenerationRequest request, ChatOptions options, GenerationContext context) {
        ChatJson json = new ChatJson(
                idPrefix() + context.origin().id(),
                context.origin().created(),
                context.model(request),
                context.origin().fingerprint(),
                options,
                generation.promptIds().getFirst().length);
        if (!options.stream()) {
            return new WholeChatWriter(json, options, context.origin(), context.response(), errors);
        }
        EventStream events = new EventStream(context.response(), settings.heartbeat(), settings.eventIds());
        ResponseWriter writer =
                new StreamChatWriter(json, options, context.origin(), events, context.response(), errors);
        return context.origin().continues() ? new ContinuedWriter(writer, events, generation::cancel) : writer;
    }
}
