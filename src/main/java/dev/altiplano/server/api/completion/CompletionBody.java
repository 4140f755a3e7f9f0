package dev.altiplano.server.api.completion;

import dev.altiplano.server.api.GenerationFields;
import dev.altiplano.server.api.PromptField;
import dev.altiplano.server.api.StreamOptions;
import dev.altiplano.server.api.json.IntList;
import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StringList;
import dev.altiplano.server.api.json.TokenBias;
import dev.altiplano.server.api.json.Unsupported;
import dev.altiplano.server.api.structured.ResponseFormat;
import dev.altiplano.server.api.structured.StructuredFields;
import dev.altiplano.server.api.structured.StructuredOutputs;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/completions} as clients write it: OpenAI's fields, those of vLLM that clients send, and names that are
 * known only to be refused. Every component is null where nothing was sent.
 */
record CompletionBody(
        @Nullable String model,
        @Nullable PromptField prompt,
        @Nullable Long n,
        @Nullable Long bestOf,
        @Nullable Long maxTokens,
        @Nullable Long maxCompletionTokens,
        @Nullable Long minTokens,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Long topK,
        @Nullable Double minP,
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Double repetitionPenalty,
        @Nullable TokenBias logitBias,
        @Nullable Long seed,
        @Nullable StringList stop,
        @Nullable IntList stopTokenIds,
        @Nullable Boolean ignoreEos,
        @Nullable Boolean stream,
        @Nullable StreamOptions streamOptions,
        @Nullable Boolean echo,
        @Nullable String suffix,
        @Nullable Long logprobs,
        @Nullable Long promptLogprobs,
        @Nullable Boolean returnTokenIds,
        @Nullable Boolean addSpecialTokens,
        @Nullable Boolean parseSpecial,
        @Nullable Boolean skipSpecialTokens,
        @Nullable Long truncatePromptTokens,
        @Nullable Double timeout,
        @Nullable String cacheSalt,
        @Nullable Long priority,
        @Nullable String requestId,
        @Nullable String user,
        @Nullable ResponseFormat responseFormat,
        @Nullable StructuredOutputs structuredOutputs,
        @Nullable JsonValue guidedJson,
        @Nullable String guidedRegex,
        @Nullable StringList guidedChoice,
        @Nullable String guidedGrammar,
        @Nullable Double lengthPenalty,
        @Nullable Boolean spacesBetweenSpecialTokens,
        @Nullable String guidedDecodingBackend,
        @Nullable Unsupported useBeamSearch,
        @Nullable Unsupported badWords,
        @Nullable Unsupported allowedTokenIds,
        @Nullable Unsupported includeStopStrInOutput,
        @Nullable Unsupported logitsProcessors,
        @Nullable Unsupported promptEmbeds,
        @Nullable Unsupported returnTokensAsTokenIds,
        @Nullable Unsupported kvTransferParams,
        @Nullable Unsupported vllmXargs)
        implements GenerationFields, StructuredFields {}
