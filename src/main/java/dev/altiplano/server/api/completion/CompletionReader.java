package dev.altiplano.server.api.completion;

import dev.altiplano.engine.Engine;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Prompt;
import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationFieldsReader;
import dev.altiplano.server.api.StreamOptions.UsageChunks;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.structured.GrammarReader;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.stereotype.Component;

/** Checks the body of {@code POST /v1/completions} and says it in the engine's words. */
@Component
final class CompletionReader {

    /** OpenAI's default. */
    private static final int DEFAULT_MAX_TOKENS = 16;

    private final ApiSettings limits;
    private final GenerationFieldsReader fields;

    CompletionReader(AltiplanoProperties properties, GenerationFieldsReader fields) {
        limits = properties.api();
        this.fields = fields;
    }

    /** What the client wants to see. */
    CompletionOptions options(CompletionBody body) {
        UsageChunks usage = fields.usage(body);
        return new CompletionOptions(
                fields.choices(body),
                Boolean.TRUE.equals(body.stream()),
                usage,
                Boolean.TRUE.equals(body.echo()),
                FieldRange.integer("logprobs", body.logprobs(), 0, limits.maxLogprobs(), -1),
                FieldRange.integer("prompt_logprobs", body.promptLogprobs(), 0, limits.maxLogprobs(), -1),
                Boolean.TRUE.equals(body.returnTokenIds()));
    }

    /** What the engine is asked for. */
    GenerationRequest request(CompletionBody body, CompletionOptions options, GenerationContext context) {
        fields.requireServed(body);
        if (Boolean.FALSE.equals(body.skipSpecialTokens())) {
            throw ApiException.invalid(
                    "skip_special_tokens",
                    "unsupported_parameter",
                    "skip_special_tokens must be true: control tokens have no text here; logprobs name them");
        }
        List<Prompt> prompts = prompts(body, context.engine());
        int n = options.n();
        int asked = FieldRange.integer("best_of", body.bestOf(), 0, limits.maxChoices(), 0);
        int bestOf = asked == 0 ? n : asked;
        if (bestOf < n) {
            throw ApiException.invalid("best_of", "best_of (" + bestOf + ") must be at least n (" + n + ")");
        }
        if (options.stream() && bestOf > n) {
            throw ApiException.invalid(
                    "best_of", "best_of (" + bestOf + ") greater than n (" + n + ") cannot be streamed");
        }
        fields.requireFew(bestOf > n ? "best_of" : "n", prompts.size(), bestOf);
        return new GenerationRequest(
                context.id(),
                prompts,
                n,
                bestOf,
                fields.adapter(body),
                fields.sampling(body, context.card().vocabularySize()),
                fields.stopping(body, DEFAULT_MAX_TOKENS),
                new Logprobs(options.scoredCompletion(), options.scoredPrompt()),
                fields.client(body, context),
                GrammarReader.read(body));
    }

    private static List<Prompt> prompts(CompletionBody body, Engine engine) {
        PromptField field = body.prompt();
        if (field == null) {
            throw ApiException.invalid("prompt", "missing_parameter", "prompt is required");
        }
        requireInVocabulary(field.prompts(), engine.card().vocabularySize());
        int contextLength = engine.card().contextLength();
        int keep = FieldRange.integer("truncate_prompt_tokens", body.truncatePromptTokens(), -1, contextLength, 0);
        int maxTokens = keep < 0 ? contextLength - 1 : keep;
        boolean parsed = Boolean.TRUE.equals(body.parseSpecial());
        boolean special = !Boolean.FALSE.equals(body.addSpecialTokens());
        List<Prompt> prompts = new ArrayList<>();
        for (Prompt prompt : field.prompts()) {
            Prompt read = switch (prompt) {
                case Prompt.Text text when maxTokens == 0 && special && !parsed -> text;
                case Prompt.Text(String text) ->
                    new Prompt.Ids(last(
                            parsed ? engine.tokenizeParsed(text, special) : engine.tokenize(text, special), maxTokens));
                case Prompt.Ids(int[] ids) -> new Prompt.Ids(last(ids, maxTokens));
                case Prompt.Chat chat -> chat;
            };
            prompts.add(read);
        }
        return prompts;
    }

    private static void requireInVocabulary(List<Prompt> prompts, int vocabularySize) {
        for (int i = 0; i < prompts.size(); i++) {
            if (prompts.get(i) instanceof Prompt.Ids(int[] ids)) {
                for (int j = 0; j < ids.length; j++) {
                    if (ids[j] < 0 || ids[j] >= vocabularySize) {
                        throw ApiException.invalid(
                                "prompt",
                                "token_out_of_range",
                                (prompts.size() == 1 ? "prompt" : "prompt[" + i + "]") + "[" + j
                                        + "] must be a token id from 0 to " + (vocabularySize - 1) + ", not " + ids[j]);
                    }
                }
            }
        }
    }

    /** The last {@code count} of {@code ids}, which is what a completion continues; all of them where {@code count} is 0. */
    private static int[] last(int[] ids, int count) {
        return count == 0 || ids.length <= count ? ids : Arrays.copyOfRange(ids, ids.length - count, ids.length);
    }
}
