package dev.altiplano.server.api.completion;

import dev.altiplano.engine.TokenScore;
import dev.altiplano.engine.Usage;
import dev.altiplano.server.api.StreamOptions.UsageChunks;
import dev.altiplano.server.api.UsageJson;
import dev.altiplano.server.api.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * Writes completion objects and chunks of one request.
 *
 * @param id the completion's id
 * @param created when it was made, seconds since 1970
 * @param model the served model's id
 * @param fingerprint changes with whatever may change results
 * @param options what the client wants to see
 * @param promptIds the token ids of each prompt
 */
record CompletionJson(
        String id, long created, String model, String fingerprint, CompletionOptions options, List<int[]> promptIds) {

    /** All choices, complete. */
    byte[] whole(List<ChoicePart> choices, Usage usage) {
        return Json.bytes(out -> {
            head(out, choices);
            UsageJson.write(out, usage);
            out.writeEndObject();
        });
    }

    /** A part of one choice, with the usage so far or null for it where that is asked for. */
    byte[] chunk(ChoicePart choice, UsageChunks usageChunks, Usage soFar) {
        return Json.bytes(out -> {
            head(out, List.of(choice));
            switch (usageChunks) {
                case NONE -> {}
                case LAST -> out.writeNullProperty("usage");
                case EVERY -> UsageJson.write(out, soFar);
            }
            out.writeEndObject();
        });
    }

    /** Tokens of all prompts. */
    int promptTokens() {
        return promptIds.stream().mapToInt(ids -> ids.length).sum();
    }

    private void head(JsonGenerator out, List<ChoicePart> choices) {
        out.writeStartObject();
        out.writeStringProperty("id", id);
        out.writeStringProperty("object", "text_completion");
        out.writeNumberProperty("created", created);
        out.writeStringProperty("model", model);
        out.writeStringProperty("system_fingerprint", fingerprint);
        out.writeArrayPropertyStart("choices");
        for (ChoicePart choice : choices) {
            choice(out, choice);
        }
        out.writeEndArray();
    }

    private void choice(JsonGenerator out, ChoicePart choice) {
        out.writeStartObject();
        out.writeStringProperty("text", choice.text());
        out.writeNumberProperty("index", choice.index());
        out.writeName("logprobs");
        if (options.logprobs() < 0) {
            out.writeNull();
        } else {
            List<TokenScore> scores = new ArrayList<>(options.echo() ? choice.promptScores() : List.of());
            scores.addAll(choice.scores());
            LogprobsJson.write(out, scores, options.logprobs());
        }
        if (options.promptLogprobs() >= 0 && choice.isFirst()) {
            PromptLogprobsJson.write(out, choice.promptScores(), options.promptLogprobs());
        }
        if (options.tokenIds()) {
            if (choice.isFirst()) {
                out.writeName("prompt_token_ids");
                int[] ids = promptIds.get(choice.index() / options.n());
                out.writeArray(ids, 0, ids.length);
            }
            out.writeName("token_ids");
            int[] ids = choice.scores().stream().mapToInt(TokenScore::id).toArray();
            out.writeArray(ids, 0, ids.length);
        }
        out.writeName("finish_reason");
        switch (choice.finishReason()) {
            case STOP -> out.writeString("stop");
            case LENGTH -> out.writeString("length");
            case null -> out.writeNull();
        }
        out.writeEndObject();
    }
}
