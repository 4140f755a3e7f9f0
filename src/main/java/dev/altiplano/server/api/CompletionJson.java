package dev.altiplano.server.api;

import dev.altiplano.engine.FinishReason;
import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes answers and chunks of one completion.
 *
 * @param id the completion's id
 * @param created when it was made, seconds since 1970
 * @param model the served model's id
 * @param fingerprint changes with whatever may change results
 * @param logprobs whether choices carry them
 */
record CompletionJson(String id, long created, String model, String fingerprint, boolean logprobs) {

    /** One choice or a part of one; {@code finish} is null where more follows. */
    record Choice(
            int index,
            String text,
            List<TokenScore> scores,
            @Nullable FinishReason finish) {}

    /** The whole answer. */
    byte[] answer(List<Choice> choices, Usage usage) {
        return Json.bytes(out -> {
            head(out, choices);
            usage(out, usage);
            out.writeEndObject();
        });
    }

    /** A part of one choice; {@code usage: null} stands in each where the last chunk will have it. */
    byte[] chunk(Choice choice, boolean usageFollows) {
        return Json.bytes(out -> {
            head(out, List.of(choice));
            if (usageFollows) {
                out.writeNullProperty("usage");
            }
            out.writeEndObject();
        });
    }

    /** The chunk without choices that carries the usage. */
    byte[] usageChunk(Usage usage) {
        return answer(List.of(), usage);
    }

    private void head(JsonGenerator out, List<Choice> choices) {
        out.writeStartObject();
        out.writeStringProperty("id", id);
        out.writeStringProperty("object", "text_completion");
        out.writeNumberProperty("created", created);
        out.writeStringProperty("model", model);
        out.writeStringProperty("system_fingerprint", fingerprint);
        out.writeArrayPropertyStart("choices");
        for (Choice choice : choices) {
            choice(out, choice);
        }
        out.writeEndArray();
    }

    private void choice(JsonGenerator out, Choice choice) {
        out.writeStartObject();
        out.writeStringProperty("text", choice.text());
        out.writeNumberProperty("index", choice.index());
        out.writeName("logprobs");
        if (logprobs) {
            Scores.write(out, choice.scores());
        } else {
            out.writeNull();
        }
        out.writeName("finish_reason");
        switch (choice.finish()) {
            case STOP -> out.writeString("stop");
            case LENGTH -> out.writeString("length");
            case null -> out.writeNull();
        }
        out.writeEndObject();
    }

    private static void usage(JsonGenerator out, Usage usage) {
        out.writeObjectPropertyStart("usage");
        out.writeNumberProperty("prompt_tokens", usage.promptTokens());
        out.writeNumberProperty("completion_tokens", usage.completionTokens());
        out.writeNumberProperty("total_tokens", usage.promptTokens() + usage.completionTokens());
        out.writeObjectPropertyStart("prompt_tokens_details");
        out.writeNumberProperty("cached_tokens", usage.cachedTokens());
        out.writeEndObject();
        out.writeEndObject();
    }
}
