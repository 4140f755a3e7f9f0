package dev.altiplano.server.api;

import dev.altiplano.engine.Client;
import dev.altiplano.engine.Sampling;
import dev.altiplano.engine.Stopping;
import dev.altiplano.server.api.error.ApiException;
import dev.altiplano.server.api.json.StringList;
import dev.altiplano.server.api.json.TokenBias;
import dev.altiplano.server.config.AltiplanoProperties;
import dev.altiplano.server.config.ApiSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks the fields that endpoints share and says them in the engine's words: OpenAI's fields with its defaults and ranges, and vLLM's. */
@Component
public final class GenerationFieldsReader {

    private static final int MAX_STOP_CHARACTERS = 1024;
    private static final int MAX_NAME_CHARACTERS = 512;
    private static final int MAX_SALT_CHARACTERS = 1024;
    private static final int MAX_PRIORITY = 1000;
    /** What clients of other servers send for a seed that is drawn. */
    private static final long DRAW_SEED = -1;

    private final ApiSettings limits;
    private final Duration maxTimeout;
    private final ServedModel model;

    GenerationFieldsReader(AltiplanoProperties properties, ServedModel model) {
        limits = properties.api();
        maxTimeout = properties.queue().maxTimeout();
        this.model = model;
    }

    /** Refuses a request for another model, and checks what names the request and its user. */
    public void requireServed(GenerationFields fields) {
        model.require(FieldRange.string("model", fields.model(), MAX_NAME_CHARACTERS));
        FieldRange.requireLength("user", fields.user(), MAX_NAME_CHARACTERS);
        FieldRange.requireLength("request_id", fields.requestId(), MAX_NAME_CHARACTERS);
    }

    /** The adapter that a request asks for by its model's name, or null. */
    public @Nullable String adapter(GenerationFields fields) {
        return model.adapter(fields.model());
    }

    /** How many choices each prompt has. */
    public int choices(GenerationFields fields) {
        return FieldRange.integer("n", fields.n(), 1, limits.maxChoices(), 1);
    }

    /** How tokens are chosen. */
    public Sampling sampling(GenerationFields fields, GenerationContext context) {
        Long seed = fields.seed();
        return new Sampling(
                FieldRange.number("temperature", fields.temperature(), 0, 2, 1),
                Math.max(0, FieldRange.integer("top_k", fields.topK(), -1, Integer.MAX_VALUE, 0)),
                FieldRange.number("top_p", fields.topP(), 0, 1, 1),
                FieldRange.number("min_p", fields.minP(), 0, 1, 0),
                FieldRange.number("presence_penalty", fields.presencePenalty(), -2, 2, 0),
                FieldRange.number("frequency_penalty", fields.frequencyPenalty(), -2, 2, 0),
                FieldRange.number("repetition_penalty", fields.repetitionPenalty(), 0.01, 10, 1),
                logitBias(fields.logitBias(), context.card().vocabularySize()),
                seed == null || seed == DRAW_SEED ? OptionalLong.empty() : OptionalLong.of(seed),
                OptionalLong.of(context.origin().seed()));
    }

    private static Map<Integer, Float> logitBias(@Nullable TokenBias bias, int vocabularySize) {
        Map<Integer, Float> checked = new HashMap<>();
        for (Map.Entry<Integer, Double> entry : bias == null
                ? Set.<Map.Entry<Integer, Double>>of()
                : bias.byToken().entrySet()) {
            if (entry.getKey() >= vocabularySize) {
                throw ApiException.invalid(
                        "logit_bias",
                        "logit_bias must have token ids from 0 to " + (vocabularySize - 1) + " as keys, not "
                                + entry.getKey());
            }
            checked.put(
                    entry.getKey(), FieldRange.number("logit_bias." + entry.getKey(), entry.getValue(), -100, 100, 0));
        }
        return checked;
    }

    /** Where completions end; {@code defaultMaxTokens} counts where no field says it, -1 is the rest of the context. */
    public Stopping stopping(GenerationFields fields, int defaultMaxTokens) {
        int maxTokens = FieldRange.integer("max_tokens", fields.maxTokens(), -1, Integer.MAX_VALUE, defaultMaxTokens);
        if (fields.maxCompletionTokens() != null) {
            maxTokens = FieldRange.integer(
                    "max_completion_tokens", fields.maxCompletionTokens(), -1, Integer.MAX_VALUE, defaultMaxTokens);
        }
        int minTokens = FieldRange.integer("min_tokens", fields.minTokens(), 0, Integer.MAX_VALUE, 0);
        if (maxTokens >= 0 && minTokens > maxTokens) {
            throw ApiException.invalid(
                    "min_tokens", "min_tokens (" + minTokens + ") must be at most max_tokens (" + maxTokens + ")");
        }
        Set<Integer> tokenIds = new HashSet<>();
        if (fields.stopTokenIds() != null) {
            for (int id : fields.stopTokenIds().values()) {
                tokenIds.add(id);
            }
        }
        return new Stopping(
                maxTokens, minTokens, stop(fields.stop()), tokenIds, Boolean.TRUE.equals(fields.ignoreEos()));
    }

    private static List<String> stop(@Nullable StringList stop) {
        List<String> strings = stop == null ? List.of() : stop.strings();
        for (String string : strings) {
            FieldRange.requireLength("stop", string, MAX_STOP_CHARACTERS);
        }
        return strings;
    }

    /** Who asks, and until when; the shorter of the deadlines of field and header counts. */
    public Client client(GenerationFields fields, GenerationContext context) {
        Duration deadline = timeout(fields.timeout());
        Duration header = context.timeout();
        if (deadline == null || (header != null && header.compareTo(deadline) < 0)) {
            deadline = header;
        }
        String salt = FieldRange.string("cache_salt", fields.cacheSalt(), MAX_SALT_CHARACTERS);
        // Lower goes first for clients, as in vLLM, and nobody gets before what its key may have.
        int behind = FieldRange.integer("priority", fields.priority(), -MAX_PRIORITY, MAX_PRIORITY, 0);
        return new Client(
                context.caller().turn(),
                context.caller().priority() - Math.max(0, behind),
                deadline,
                salt(context.caller().key(), salt));
    }

    /** What separates prefixes in memory: keys, unless they share, and the client's own salt. */
    public String salt(String key, @Nullable String given) {
        String own = given == null ? "" : given;
        return limits.sharePrefixes() ? own : key + "\u0000" + own;
    }

    private @Nullable Duration timeout(@Nullable Double seconds) {
        if (seconds == null) {
            return null;
        }
        float checked = FieldRange.number("timeout", seconds, 0.001, maxTimeout.toMillis() / 1e3, 0);
        return Duration.ofMillis(Math.max(1, Math.round(checked * 1e3)));
    }

    /** How usage is streamed. */
    public StreamOptions.UsageChunks usage(GenerationFields fields) {
        StreamOptions.UsageChunks usage = StreamOptions.usage(fields.streamOptions());
        if (usage != StreamOptions.UsageChunks.NONE && !Boolean.TRUE.equals(fields.stream())) {
            throw ApiException.invalid("stream_options", "stream_options is only allowed with stream: true");
        }
        return usage;
    }

    /** Refuses a request of more sequences than one may have; {@code field} is what asks for them. */
    public void requireFew(String field, int prompts, int each) {
        long sequences = (long) prompts * each;
        if (sequences > limits.maxSequences()) {
            throw ApiException.invalid(
                    field,
                    prompts + " prompts times " + each + " are " + sequences + " sequences; one request may have "
                            + limits.maxSequences());
        }
    }
}
