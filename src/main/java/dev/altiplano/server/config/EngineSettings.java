package dev.altiplano.server.config;

import static dev.altiplano.server.config.SettingChecks.between;
import static dev.altiplano.server.config.SettingChecks.checked;
import static dev.altiplano.server.config.SettingChecks.parsed;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.kernel.BackendName;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How it computes. Ranges are those of {@link EngineOptions}, which checks them.
 *
 * @param threads Threads that compute; 0 is one for each processor of the container.
 * @param backend What computes: auto (the fastest that loads), native, vector or scalar, or an instruction set such as avx2.
 * @param contextLength Longest sequence in tokens, prompt and completion together; 0 takes the model's own.
 * @param maxSequences Maximum of sequences that run together.
 * @param maxBatchTokens Maximum of token rows in one step.
 * @param interTokenTarget How long streams should wait for their next token at most while prompts of others are computed; prompts then take fewer rows in a step, but may always take as long as decoding does. 0 sets no bound, which is best for batch jobs.
 * @param kvCacheSize Memory for keys and values; 0 takes enough for max-sequences within the container's memory.
 * @param kvBlockTokens Positions in a KV block, a multiple of 16.
 * @param kvFormat How keys and values are kept: auto (f32 beside f32 weights, otherwise i16), f32, i16 (more exact than f16, and faster), f16 or q8_0 (half of their memory).
 * @param prefixCache Whether KV blocks of equal prompt beginnings are reused.
 * @param speculation Whether tokens are drafted from what a sequence holds already, and verified several at a time.
 * @param draftModel A smaller model that drafts tokens too.
 * @param oneRule Whether prompts are computed by the rule of generated tokens also where that is slower: what the model said is reused when it comes back in a prompt, and an answer is the same on every machine.
 * @param stuckAfter Liveness fails when the engine has work and has finished no layer of a step for this long.
 */
public record EngineSettings(
        @DefaultValue("0") int threads,
        @DefaultValue("auto") String backend,
        @DefaultValue("0") int contextLength,
        @DefaultValue("32") int maxSequences,
        @DefaultValue("512") int maxBatchTokens,
        @DefaultValue("100ms") Duration interTokenTarget,
        @DefaultValue("0B") ByteSize kvCacheSize,
        @DefaultValue("32") int kvBlockTokens,
        @DefaultValue("auto") String kvFormat,
        @DefaultValue("true") boolean prefixCache,
        @DefaultValue("true") boolean speculation,
        @NestedConfigurationProperty @DefaultValue DraftModelSettings draftModel,
        @DefaultValue("false") boolean oneRule,
        @DefaultValue("10m") Duration stuckAfter) {

    private static final String PREFIX = "altiplano.engine.";

    public EngineSettings {
        between(stuckAfter, Duration.ofSeconds(1), Duration.ofDays(1), PREFIX + "stuck-after");
    }

    EngineOptions.Compute compute() {
        BackendName name = parsed(PREFIX + "backend", backend, EngineOptions::backend);
        return checked(PREFIX, () -> new EngineOptions.Compute(threads, name));
    }

    EngineOptions.Batch batch() {
        return checked(
                PREFIX, () -> new EngineOptions.Batch(contextLength, maxSequences, maxBatchTokens, interTokenTarget));
    }

    /** @param draftFiles where the draft model is; null where there is none */
    EngineOptions.Decoding decoding(@Nullable Path draftFiles) {
        return new EngineOptions.Decoding(oneRule, speculation).with(draftModel.options(draftFiles));
    }

    EngineOptions.Kv kv(EngineOptions.@Nullable Tier tier) {
        var format = parsed(PREFIX + "kv-format", kvFormat, EngineOptions::kvFormat);
        return checked(
                PREFIX, () -> new EngineOptions.Kv(kvCacheSize.bytes(), kvBlockTokens, format, prefixCache, tier));
    }
}
