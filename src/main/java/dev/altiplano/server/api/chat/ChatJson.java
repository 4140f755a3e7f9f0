package dev.altiplano.server.api.chat;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.Usage;
import dev.altiplano.engine.chat.ToolCall;
import dev.altiplano.server.api.UsageJson;
import dev.altiplano.server.api.json.Json;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes chat completion objects and chunks of one request.
 *
 * @param id the completion's id
 * @param created when it was made, seconds since 1970
 * @param model the name of the model or the adapter
 * @param fingerprint changes with whatever may change results
 * @param options what the client wants to see
 * @param promptTokens tokens of the prompt
 */
record ChatJson(String id, long created, String model, String fingerprint, ChatOptions options, int promptTokens) {

    /** All choices, complete. */
    byte[] whole(List<CompleteMessage> choices, Usage usage) {
        return Json.bytes(out -> {
            head(out, "chat.completion");
            for (int i = 0; i < choices.size(); i++) {
                CompleteMessage choice = choices.get(i);
                out.writeStartObject();
                out.writeNumberProperty("index", i);
                message(out, choice);
                end(out, choice.scores(), choice.finishReason());
            }
            out.writeEndArray();
            UsageJson.write(out, usage);
            out.writeEndObject();
        });
    }

    /**
     * A part of one choice, with the usage so far or null for it where that is asked for.
     *
     * @param delta writes the fields of what is new
     * @param finishReason null where more follows
     */
    byte[] chunk(
            int index,
            Consumer<JsonGenerator> delta,
            List<TokenScore> scores,
            @Nullable String finishReason,
            int completionTokens) {
        return Json.bytes(out -> {
            head(out, "chat.completion.chunk");
            out.writeStartObject();
            out.writeNumberProperty("index", index);
            out.writeObjectPropertyStart("delta");
            delta.accept(out);
            out.writeEndObject();
            end(out, scores, finishReason);
            out.writeEndArray();
            switch (options.usage()) {
                case NONE -> {}
                case LAST -> out.writeNullProperty("usage");
                case EVERY -> UsageJson.write(out, new Usage(promptTokens, 0, completionTokens));
            }
            out.writeEndObject();
        });
    }

    /** The chunk without choices that carries the usage. */
    byte[] last(Usage usage) {
        return Json.bytes(out -> {
            head(out, "chat.completion.chunk");
            out.writeEndArray();
            UsageJson.write(out, usage);
            out.writeEndObject();
        });
    }

    private void head(JsonGenerator out, String object) {
        out.writeStartObject();
        out.writeStringProperty("id", id);
        out.writeStringProperty("object", object);
        out.writeNumberProperty("created", created);
        out.writeStringProperty("model", model);
        out.writeStringProperty("system_fingerprint", fingerprint);
        out.writeArrayPropertyStart("choices");
    }

    private static void message(JsonGenerator out, CompleteMessage choice) {
        out.writeObjectPropertyStart("message");
        out.writeStringProperty("role", "assistant");
        out.writeName("content");
        string(out, choice.content());
        out.writeNullProperty("refusal");
        if (!choice.calls().isEmpty()) {
            out.writeArrayPropertyStart("tool_calls");
            for (ToolCall call : choice.calls()) {
                out.writeStartObject();
                call(out, call);
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    /** The fields of a call. */
    static void call(JsonGenerator out, ToolCall call) {
        out.writeStringProperty("id", call.id());
        out.writeStringProperty("type", "function");
        out.writeObjectPropertyStart("function");
        out.writeStringProperty("name", call.name());
        out.writeStringProperty("arguments", call.arguments());
        out.writeEndObject();
    }

    private void end(JsonGenerator out, List<TokenScore> scores, @Nullable String finishReason) {
        out.writeName("logprobs");
        if (options.logprobs() < 0) {
            out.writeNull();
        } else {
            ChatLogprobsJson.write(out, scores, options.logprobs());
        }
        out.writeName("finish_reason");
        string(out, finishReason);
        out.writeEndObject();
    }

    private static void string(JsonGenerator out, @Nullable String value) {
        if (value == null) {
            out.writeNull();
        } else {
            out.writeString(value);
        }
    }
}
