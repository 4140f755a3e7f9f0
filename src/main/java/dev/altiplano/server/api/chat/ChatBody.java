package dev.altiplano.server.api.chat;

import dev.altiplano.server.api.GenerationFields;
import dev.altiplano.server.api.StreamOptions;
import dev.altiplano.server.api.json.IntList;
import dev.altiplano.server.api.json.JsonValue;
import dev.altiplano.server.api.json.StringList;
import dev.altiplano.server.api.json.TokenBias;
import dev.altiplano.server.api.json.Unsupported;
import dev.altiplano.server.api.structured.ResponseFormat;
import dev.altiplano.server.api.structured.StructuredFields;
import dev.altiplano.server.api.structured.StructuredOutputs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/chat/completions} as clients write it: OpenAI's fields, those of vLLM that clients send, and names that
 * are known only to be refused. Every component is null where nothing was sent.
 */
record ChatBody(
        @Nullable String model,
        @Nullable List<@Nullable MessageBody> messages,
        @Nullable List<@Nullable JsonValue> tools,
        @Nullable ToolChoice toolChoice,
        @Nullable Boolean parallelToolCalls,
        @Nullable Long n,
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
        @Nullable Boolean logprobs,
        @Nullable Long topLogprobs,
        @Nullable ResponseFormat responseFormat,
        @Nullable StructuredOutputs structuredOutputs,
        @Nullable JsonValue guidedJson,
        @Nullable String guidedRegex,
        @Nullable StringList guidedChoice,
        @Nullable String guidedGrammar,
        @Nullable JsonValue chatTemplateKwargs,
        @Nullable List<@Nullable JsonValue> documents,
        @Nullable Boolean addGenerationPrompt,
        @Nullable Boolean continueFinalMessage,
        @Nullable Long truncatePromptTokens,
        @Nullable String reasoningEffort,
        @Nullable Boolean enableThinking,
        @Nullable Double timeout,
        @Nullable String cacheSalt,
        @Nullable Long priority,
        @Nullable String requestId,
        @Nullable String user,
        @Nullable JsonValue metadata,
        @Nullable String serviceTier,
        @Nullable StringList modalities,
        @Nullable String verbosity,
        @Nullable String safetyIdentifier,
        @Nullable String promptCacheKey,
        @Nullable String promptCacheRetention,
        @Nullable JsonValue promptCacheOptions,
        @Nullable Boolean skipSpecialTokens,
        @Nullable Unsupported store,
        @Nullable Unsupported moderation,
        @Nullable Unsupported audio,
        @Nullable Unsupported prediction,
        @Nullable Unsupported webSearchOptions,
        @Nullable Unsupported functions,
        @Nullable Unsupported functionCall,
        @Nullable Unsupported echo,
        @Nullable Long bestOf,
        @Nullable Double lengthPenalty,
        @Nullable Boolean spacesBetweenSpecialTokens,
        @Nullable String guidedDecodingBackend,
        @Nullable Unsupported suffix,
        @Nullable Unsupported promptLogprobs,
        @Nullable Unsupported returnTokenIds,
        @Nullable Unsupported addSpecialTokens,
        @Nullable Unsupported chatTemplate,
        @Nullable Unsupported useBeamSearch,
        @Nullable Unsupported badWords,
        @Nullable Unsupported allowedTokenIds,
        @Nullable Unsupported includeStopStrInOutput,
        @Nullable Unsupported logitsProcessors,
        @Nullable Unsupported mmProcessorKwargs,
        @Nullable Unsupported returnTokensAsTokenIds,
        @Nullable Unsupported kvTransferParams,
        @Nullable Unsupported vllmXargs)
        implements GenerationFields, StructuredFields {}
