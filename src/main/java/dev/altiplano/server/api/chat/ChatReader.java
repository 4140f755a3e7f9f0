package dev.altiplano.server.api.chat;

import dev.altiplano.engine.ControlTokenText;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Stopping;
import dev.altiplano.engine.chat.ChatRequest;
import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationFieldsReader;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.json.JsonValue;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks the body of {@code POST /v1/chat/completions} and says it in the engine's words. */
@Component
final class ChatReader {

    /** OpenAI's default: an answer ends where the model ends it. */
    private static final int REST_OF_CONTEXT = -1;

    private static final int MAX_TOP_LOGPROBS = 20;
    private static final int MAX_EFFORT_CHARACTERS = 64;

    private final GenerationFieldsReader fields;

    ChatReader(GenerationFieldsReader fields) {
        this.fields = fields;
    }

    /** What the client wants to see. */
    ChatOptions options(ChatBody body, ToolSelection tools) {
        boolean logprobs = Boolean.TRUE.equals(body.logprobs());
        int top = FieldRange.integer("top_logprobs", body.topLogprobs(), 0, MAX_TOP_LOGPROBS, 0);
        if (top > 0 && !logprobs) {
            throw ApiException.invalid("top_logprobs", "top_logprobs is only allowed with logprobs: true");
        }
        return new ChatOptions(
                fields.choices(body),
                Boolean.TRUE.equals(body.stream()),
                fields.usage(body),
                logprobs ? top : -1,
                tools.use());
    }

    /** What the engine is asked for. */
    GenerationRequest request(ChatBody body, ChatOptions options, ToolSelection tools, GenerationContext context) {
        fields.requireServed(body);
        NeutralFields.require(body);
        fields.requireFew("n", 1, options.n());
        Stopping stopping = fields.stopping(body, REST_OF_CONTEXT);
        return new GenerationRequest(
                context.id(),
                List.of(new Prompt.Chat(conversation(body, tools, context), maxTokens(body, stopping, context))),
                options.n(),
                options.n(),
                fields.adapter(body),
                fields.sampling(body, context),
                stopping,
                new Logprobs(options.scored(), -1),
                fields.client(body, context),
                tools.grammar() == null ? null : tools.grammar().source(),
                Boolean.FALSE.equals(body.skipSpecialTokens())
                        ? ControlTokenText.ALL
                        : tools.use().controlTokens(),
                null);
    }

    /** Tokens that are kept of the prompt: what fits beside the answer for -1, all for 0. */
    private static int maxTokens(ChatBody body, Stopping stopping, GenerationContext context) {
        int contextLength = context.card().contextLength();
        int asked = FieldRange.integer("truncate_prompt_tokens", body.truncatePromptTokens(), -1, contextLength, 0);
        return asked < 0 ? Math.max(1, contextLength - Math.max(1, stopping.maxTokens())) : asked;
    }

    private static ChatRequest conversation(ChatBody body, ToolSelection tools, GenerationContext context) {
        boolean continues = Boolean.TRUE.equals(body.continueFinalMessage());
        boolean adds = body.addGenerationPrompt() == null ? !continues : body.addGenerationPrompt();
        if (continues && adds) {
            throw ApiException.invalid(
                    "continue_final_message",
                    "continue_final_message and add_generation_prompt exclude each other: set one of them to false");
        }
        return new ChatRequest(
                MessageReader.read(body.messages()),
                tools.offered().stream().map(Tool::value).toList(),
                documents(body.documents()),
                variables(body),
                adds,
                continues,
                LocalDateTime.ofInstant(Instant.ofEpochSecond(context.origin().created()), ZoneOffset.UTC));
    }

    private static List<Object> documents(@Nullable List<@Nullable JsonValue> documents) {
        List<Object> values = new ArrayList<>();
        for (JsonValue document : documents == null ? List.<@Nullable JsonValue>of() : documents) {
            if (document == null || document.object() == null) {
                throw ApiException.invalid("documents", "documents[" + values.size() + "] must be an object");
            }
            values.add(document.value());
        }
        return values;
    }

    private static Map<String, @Nullable Object> variables(ChatBody body) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        String effort = FieldRange.string("reasoning_effort", body.reasoningEffort(), MAX_EFFORT_CHARACTERS);
        if (effort != null) {
            variables.put("reasoning_effort", effort);
        }
        if (body.enableThinking() != null) {
            variables.put("enable_thinking", body.enableThinking());
        }
        JsonValue kwargs = body.chatTemplateKwargs();
        if (kwargs != null) {
            Map<String, @Nullable Object> object = kwargs.object();
            if (object == null) {
                throw ApiException.invalid("chat_template_kwargs", "chat_template_kwargs must be an object");
            }
            variables.putAll(object);
        }
        return variables;
    }
}
