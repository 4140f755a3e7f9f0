package dev.altiplano.server.api.completion;

import dev.altiplano.engine.ControlTokenText;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.GenerationRequest;
import dev.altiplano.engine.Logprobs;
import dev.altiplano.engine.Prompt;
import dev.altiplano.engine.Stopping;
import dev.altiplano.engine.grammar.GrammarSource;
import dev.altiplano.server.api.FieldRange;
import dev.altiplano.server.api.GenerationContext;
import dev.altiplano.server.api.GenerationFieldsReader;
import dev.altiplano.server.api.PromptFieldReader;
import dev.altiplano.server.api.RequestCost;
import dev.altiplano.server.api.StreamOptions.UsageChunks;
import dev.altiplano.server.api.VllmFields;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    /** What the engine is asked for, {@code grammar} being what its text must follow. */
    GenerationRequest request(
            CompletionBody body,
            CompletionOptions options,
            @Nullable GrammarSource grammar,
            GenerationContext context) {
        fields.requireServed(body);
        VllmFields.require(body.lengthPenalty(), body.spacesBetweenSpecialTokens());
        Stopping stopping = fields.stopping(body, DEFAULT_MAX_TOKENS);
        List<Prompt> prompts = prompts(body, context.engine(), Math.max(1, stopping.maxTokens()));
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
        RequestCost.requireFewRepeated(
                prompts,
                n * ((options.echo() ? 1 : 0) + (options.tokenIds() ? 1 : 0)),
                options.echo() ? "echo" : "return_token_ids",
                limits.maxScores());
        return new GenerationRequest(
                context.id(),
                prompts,
                n,
                bestOf,
                fields.adapter(body),
                fields.sampling(body, context),
                stopping,
                new Logprobs(options.scoredCompletion(), options.scoredPrompt()),
                fields.client(body, context),
                grammar,
                Boolean.FALSE.equals(body.skipSpecialTokens()) ? ControlTokenText.ALL : ControlTokenText.NONE,
                null);
    }

    /** Prompts of which what comes before {@code suffix} is asked for. */
    private static List<Prompt> gaps(CompletionBody body, String suffix, PromptFieldReader reader, Engine engine) {
        if (Boolean.TRUE.equals(body.echo()) || reader.truncates()) {
            throw ApiException.invalid("suffix", "suffix excludes echo and truncate_prompt_tokens");
        }
        if (Boolean.FALSE.equals(body.addSpecialTokens()) || Boolean.TRUE.equals(body.parseSpecial())) {
            throw ApiException.invalid(
                    "suffix",
                    "suffix excludes add_special_tokens: false and parse_special: true; send the prompt as token ids instead");
        }
        engine.requireFits("suffix", suffix);
        List<Prompt> prompts = new ArrayList<>();
        for (Prompt prompt : reader.prompts()) {
            if (!(prompt instanceof Prompt.Text(String text))) {
                throw ApiException.invalid("suffix", "suffix needs a prompt of text, not of token ids");
            }
            engine.requireFits("prompt", text);
            prompts.add(new Prompt.Ids(engine.tokenizeInfill(text, suffix)));
        }
        return prompts;
    }

    private static List<Prompt> prompts(CompletionBody body, Engine engine, int room) {
        PromptFieldReader reader =
                PromptFieldReader.of("prompt", body.prompt(), engine, body.truncatePromptTokens(), room);
        if (body.suffix() != null && !body.suffix().isEmpty()) {
            return gaps(body, body.suffix(), reader, engine);
        }
        boolean parsed = Boolean.TRUE.equals(body.parseSpecial());
        boolean special = !Boolean.FALSE.equals(body.addSpecialTokens());
        List<Prompt> prompts = new ArrayList<>();
        for (Prompt prompt : reader.prompts()) {
            Prompt read = switch (prompt) {
                case Prompt.Text text when !reader.truncates() && special && !parsed -> text;
                case Prompt.Text(String text) -> {
                    if (!reader.truncates()) {
                        engine.requireFits("prompt", text);
                    }
                    yield reader.truncated(
                            parsed ? engine.tokenizeParsed(text, special) : engine.tokenize(text, special));
                }
                case Prompt.Ids(int[] ids) -> reader.truncated(ids);
                case Prompt.Chat chat -> chat;
            };
            prompts.add(read);
        }
        return prompts;
    }
}
