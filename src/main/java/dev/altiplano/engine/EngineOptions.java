package dev.altiplano.engine;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How an engine is set up. Every number has been checked against its range when the record exists.
 *
 * @param modelPath a Meta folder, a GGUF file or a Hugging Face folder
 * @param modelId the name under which the model is served
 * @param size the configured size ({@code 7B}, {@code 13B}, {@code 30B}, {@code 65B}), checked against the files; {@code auto} takes what is there
 * @param weights how weights are held: {@code file} as stored, or a format's name such as {@code f32}
 * @param packedCache where a packed copy of the weights is kept for the next start: {@code off}, {@code beside} the model, or a folder
 * @param verifyChecksums whether {@code checklist.chk} is checked while loading
 * @param threads threads that compute, the engine thread included
 * @param backend {@code auto}, a backend or an instruction set by name
 * @param contextLength longest sequence in tokens; 0 takes the model's own
 * @param maxSequences most sequences that run together
 * @param maxBatchTokens token rows of one step
 * @param kvCacheBytes memory for keys and values; 0 takes enough for {@code maxSequences} within the memory limit
 * @param kvBlockTokens positions in a KV block, a multiple of 16
 * @param kvFormat how keys and values are kept: {@code auto} (F32 beside F32 weights, otherwise F16), {@code f32}, {@code f16} or {@code q8_0}
 * @param prefixCache whether KV blocks of equal prompt beginnings are reused
 * @param queueCapacity most requests waiting
 * @param queueTokens most prompt tokens waiting
 * @param defaultTimeout deadline of a request that names none
 * @param maxTimeout longest deadline that a request may name
 * @param memoryLimitBytes what the process may use; 0 asks the operating system (the container's limit)
 */
public record EngineOptions(
        Path modelPath,
        String modelId,
        String size,
        String weights,
        String packedCache,
        boolean verifyChecksums,
        int threads,
        String backend,
        int contextLength,
        int maxSequences,
        int maxBatchTokens,
        long kvCacheBytes,
        int kvBlockTokens,
        String kvFormat,
        boolean prefixCache,
        int queueCapacity,
        long queueTokens,
        Duration defaultTimeout,
        Duration maxTimeout,
        long memoryLimitBytes) {

    public EngineOptions {
        require(threads >= 1 && threads <= 1024, "threads", threads, "1 to 1024");
        require(contextLength >= 0, "context-length", contextLength, "0 (the model's own) or more");
        require(maxSequences >= 1 && maxSequences <= 4096, "max-sequences", maxSequences, "1 to 4096");
        require(maxBatchTokens >= 1 && maxBatchTokens <= 65536, "max-batch-tokens", maxBatchTokens, "1 to 65536");
        require(
                maxBatchTokens >= maxSequences,
                "max-batch-tokens",
                maxBatchTokens,
                "at least max-sequences (" + maxSequences + ")");
        require(kvCacheBytes >= 0, "kv-cache-size", kvCacheBytes, "0 (chosen by the engine) or more");
        require(
                kvBlockTokens >= 16 && kvBlockTokens <= 1024 && kvBlockTokens % 16 == 0,
                "kv-block-tokens",
                kvBlockTokens,
                "a multiple of 16 from 16 to 1024");
        require(queueCapacity >= 1, "queue.capacity", queueCapacity, "1 or more");
        require(queueTokens >= 1, "queue.tokens", queueTokens, "1 or more");
        require(defaultTimeout.isPositive(), "queue.timeout", defaultTimeout, "longer than 0");
        require(maxTimeout.compareTo(defaultTimeout) >= 0, "queue.max-timeout", maxTimeout, "at least queue.timeout");
    }

    private static void require(boolean holds, String name, Object value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ": must be " + range);
        }
    }

    /** Sensible settings for {@code modelPath}: what the service uses when nothing is configured. */
    public static EngineOptions defaults(Path modelPath, String modelId) {
        return new EngineOptions(
                modelPath,
                modelId,
                "auto",
                "file",
                "off",
                true,
                Runtime.getRuntime().availableProcessors(),
                "auto",
                0,
                32,
                512,
                0,
                32,
                "auto",
                true,
                256,
                1 << 20,
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                0);
    }

    /** The same with other formats for weights and for keys and values. */
    public EngineOptions withFormats(String heldWeights, String keptKv) {
        return new EngineOptions(
                modelPath,
                modelId,
                size,
                heldWeights,
                packedCache,
                verifyChecksums,
                threads,
                backend,
                contextLength,
                maxSequences,
                maxBatchTokens,
                kvCacheBytes,
                kvBlockTokens,
                keptKv,
                prefixCache,
                queueCapacity,
                queueTokens,
                defaultTimeout,
                maxTimeout,
                memoryLimitBytes);
    }
}
