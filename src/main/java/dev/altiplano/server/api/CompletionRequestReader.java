package dev.altiplano.server.api;

import dev.altiplano.engine.Prompt;
import dev.altiplano.server.config.AltiplanoProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/completions}: OpenAI's fields with OpenAI's defaults and ranges, and our few additions. */
final class CompletionRequestReader {

    private static final int MOST_LOGPROBS = 5;
    private static final int MOST_STOPS = 4;
    private static final int MOST_STOP_CHARACTERS = 1024;
    private static final int MOST_NAME_CHARACTERS = 512;

    private final AltiplanoProperties.Api limits;
    private final Duration maxTimeout;
    private final int vocabularySize;

    private @Nullable String model;
    private List<Prompt> prompts = List.of();
    private int maxTokens = 16;
    private float temperature = 1;
    private float topP = 1;
    private int topK;
    private float minP;
    private int n = 1;
    private int bestOf;
    private boolean stream;
    private @Nullable Boolean includeUsage;
    private boolean echo;
    private int logprobs = -1;
    private List<String> stop = List.of();
    private float presencePenalty;
    private float frequencyPenalty;
    private float repetitionPenalty = 1;
    private Map<Integer, Float> logitBias = Map.of();
    private OptionalLong seed = OptionalLong.empty();
    private boolean ignoreEos;
    private @Nullable Duration timeout;

    private CompletionRequestReader(AltiplanoProperties settings, int vocabularySize) {
        this.limits = settings.api();
        this.maxTimeout = settings.queue().maxTimeout();
        this.vocabularySize = vocabularySize;
    }

    static CompletionRequest read(byte[] body, int length, AltiplanoProperties settings, int vocabularySize) {
        return JsonObjectReader.read(body, length, new CompletionRequestReader(settings, vocabularySize)::read);
    }

    private CompletionRequest read(JsonObjectReader in) {
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            field(name, in);
        }
        if (prompts.isEmpty()) {
            throw ApiException.invalid("prompt", "missing_parameter", "prompt is required");
        }
        int effectiveBestOf = bestOf == 0 ? n : bestOf;
        if (effectiveBestOf < n) {
            throw ApiException.invalid("best_of", "best_of (" + bestOf + ") must be at least n (" + n + ")");
        }
        if (stream && effectiveBestOf > n) {
            throw ApiException.invalid(
                    "best_of", "best_of (" + bestOf + ") greater than n (" + n + ") cannot be streamed");
        }
        if (includeUsage != null && !stream) {
            throw ApiException.invalid("stream_options", "stream_options is only allowed with stream: true");
        }
        long sequences = (long) prompts.size() * effectiveBestOf;
        if (sequences > limits.maxSequences()) {
            throw ApiException.invalid(
                    bestOf > n ? "best_of" : "n",
                    prompts.size() + " prompts times " + effectiveBestOf + " are " + sequences
                            + " sequences; one request may have " + limits.maxSequences());
        }
        return new CompletionRequest(
                model,
                prompts,
                maxTokens,
                temperature,
                topP,
                topK,
                minP,
                n,
                effectiveBestOf,
                stream,
                Boolean.TRUE.equals(includeUsage),
                echo,
                logprobs,
                stop,
                presencePenalty,
                frequencyPenalty,
                repetitionPenalty,
                logitBias,
                seed,
                ignoreEos,
                timeout);
    }

    private void field(String name, JsonObjectReader in) {
        switch (name) {
            case "model" -> model = in.string(MOST_NAME_CHARACTERS);
            case "prompt" -> prompts = PromptReader.read(in, limits.maxPrompts(), vocabularySize);
            case "max_tokens" -> maxTokens = in.integer(0, Integer.MAX_VALUE, 16);
            case "temperature" -> temperature = in.number(0, 2, 1);
            case "top_p" -> topP = in.number(0, 1, 1);
            case "top_k" -> topK = Math.max(0, in.integer(-1, Integer.MAX_VALUE, 0));
            case "min_p" -> minP = in.number(0, 1, 0);
            case "n" -> n = in.integer(1, limits.maxChoices(), 1);
            case "best_of" -> bestOf = in.integer(1, limits.maxChoices(), 0);
            case "stream" -> stream = in.bool(false);
            case "stream_options" -> includeUsage = in.object(CompletionRequestReader::streamOptions);
            case "echo" -> echo = in.bool(false);
            case "logprobs" -> logprobs = in.integer(0, MOST_LOGPROBS, -1);
            case "stop" -> stop = stop(in);
            case "presence_penalty" -> presencePenalty = in.number(-2, 2, 0);
            case "frequency_penalty" -> frequencyPenalty = in.number(-2, 2, 0);
            case "repetition_penalty" -> repetitionPenalty = in.number(0.01, 10, 1);
            case "logit_bias" -> {
                Map<Integer, Float> read = in.object(this::logitBias);
                logitBias = read == null ? Map.of() : read;
            }
            case "seed" ->
                seed = in.isNull()
                        ? OptionalLong.empty()
                        : OptionalLong.of(in.int64(Long.MIN_VALUE, Long.MAX_VALUE, 0));
            case "user" -> {
                // Checked, and of no use to us.
                String ignored = in.string(MOST_NAME_CHARACTERS);
            }
            case "ignore_eos" -> ignoreEos = in.bool(false);
            case "timeout" -> timeout = in.isNull() ? null : timeout(in);
            case "suffix" -> {
                if (!in.isNull()) {
                    throw ApiException.invalid(
                            "suffix",
                            "unsupported_parameter",
                            "suffix is not supported: LLaMA was not trained to fill in the middle");
                }
            }
            default -> throw in.unknown();
        }
    }

    private static Boolean streamOptions(JsonObjectReader in) {
        boolean usage = false;
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            switch (name) {
                case "include_usage" -> usage = in.bool(false);
                case "include_obfuscation" -> {
                    if (in.bool(false)) {
                        throw ApiException.invalid(
                                in.path(), "unsupported_parameter", in.path() + " is not supported: it must be false");
                    }
                }
                default -> throw in.unknown();
            }
        }
        return usage;
    }

    private static List<String> stop(JsonObjectReader in) {
        if (in.isNull()) {
            return List.of();
        }
        if (in.isString()) {
            return List.of(stopString(in));
        }
        if (!in.isArray()) {
            throw in.wrong("a string or an array of at most " + MOST_STOPS + " strings");
        }
        List<String> stops = new ArrayList<>();
        while (in.nextElement()) {
            if (stops.size() == MOST_STOPS) {
                throw ApiException.invalid("stop", "stop may have at most " + MOST_STOPS + " strings");
            }
            stops.add(stopString(in));
        }
        return stops;
    }

    private static String stopString(JsonObjectReader in) {
        String text = in.string(MOST_STOP_CHARACTERS);
        if (text == null || text.isEmpty()) {
            throw ApiException.invalid("stop", "stop must not hold an empty string or null");
        }
        return text;
    }

    private Map<Integer, Float> logitBias(JsonObjectReader in) {
        Map<Integer, Float> biases = new HashMap<>();
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            if (!name.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(name) >= vocabularySize) {
                throw ApiException.invalid(
                        "logit_bias",
                        "logit_bias must have token ids from 0 to " + (vocabularySize - 1) + " as keys, not \"" + name
                                + "\"");
            }
            if (in.isNull()) {
                throw in.wrong("a number from -100 to 100");
            }
            biases.put(Integer.parseInt(name), in.number(-100, 100, 0));
            if (biases.size() > limits.maxLogitBias()) {
                throw ApiException.invalid(
                        "logit_bias", "logit_bias may have at most " + limits.maxLogitBias() + " entries");
            }
        }
        return biases;
    }

    private Duration timeout(JsonObjectReader in) {
        float seconds = in.number(0.001, maxTimeout.toMillis() / 1e3, 0);
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1e3)));
    }
}
