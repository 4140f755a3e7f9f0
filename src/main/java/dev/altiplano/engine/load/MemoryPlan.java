package dev.altiplano.engine.load;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.model.Models;
import java.lang.management.ManagementFactory;

/**
 * What a model will take of the memory limit, decided before anything is allocated.
 *
 * @param kv layout of the KV memory
 * @param draftBlocks KV blocks of a draft model, 0 where there is none
 * @param maxScoredRows rows of a step of which logits can be wanted
 */
record MemoryPlan(long weightBytes, long scratchBytes, KvShape kv, int draftBlocks, int maxScoredRows) {

    /** What the JVM takes beside its heap: classes, code, threads, buffers. */
    private static final long OUTSIDE_HEAP_BYTES = 200L << 20;

    /** Heap for which the default size of the KV cache leaves room: more is seldom in use, and of use as KV cache. */
    private static final long USUAL_HEAP_BYTES = 1L << 30;

    /** Heap without which nothing is loaded: few requests at a time need no more. */
    private static final long LEAST_HEAP_BYTES = 400L << 20;

    /** Logits wanted in one step beside those of decoding sequences, when prompts are scored. */
    private static final int PROMPT_SCORES = 64;

    /**
     * Fits a model into the memory limit.
     *
     * @throws ModelException with the numbers and the setting to change when it does not fit
     */
    static MemoryPlan fit(
            EngineOptions options, Hyperparameters config, KvFormat kvFormat, long weightBytes, DraftNeeds draft) {
        int scored = options.batch().maxSequences()
                + Math.min(PROMPT_SCORES, options.batch().maxBatchTokens());
        long scratch = Models.scratchBytes(config, options.batch().maxBatchTokens(), scored)
                + options.compute().threads() * LinearKernels.THREAD_BYTES;
        long limit = options.memoryLimitBytes() > 0 ? options.memoryLimitBytes() : containerLimit();
        int tokens = options.kv().blockTokens();
        long block = new KvShape(kvFormat, config.layers(), 1, tokens, config.kvHeads(), config.headDim()).blockBytes();
        long one = blocksOfOne(config, tokens, options.batch().maxBatchTokens()) * block;
        long heap = Runtime.getRuntime().maxMemory();
        long jvm = leastJvmBytes(heap);
        long rest = limit - weightBytes - scratch - jvm - draft.fixedBytes();
        long spare = rest - (jvmBytes(heap) - jvm);
        long kvBytes = options.kv().bytes();
        if (kvBytes == 0) {
            long shared = Math.round(spare * ((double) block / (block + draft.blockBytes())));
            kvBytes = Math.max(one, Math.min(Math.min(one * options.batch().maxSequences(), limit / 4), shared));
        } else if (kvBytes < one) {
            throw new ModelException("altiplano.engine.kv-cache-size = " + mib(kvBytes)
                    + " holds less than one sequence of " + config.contextLength() + " tokens (" + mib(one)
                    + "): raise it, or lower altiplano.engine.context-length");
        }
        if (kvBytes > rest) {
            throw new ModelException("the model does not fit into the memory limit of " + mib(limit) + ": weights "
                    + mib(weightBytes) + " + KV cache " + mib(kvBytes) + " + scratch " + mib(scratch) + " + JVM "
                    + mib(jvm) + (draft.fixedBytes() == 0 ? "" : " + draft model " + mib(draft.fixedBytes())) + " = "
                    + mib(weightBytes + kvBytes + scratch + jvm + draft.fixedBytes())
                    + ". Raise the limit, or lower the heap (-Xmx), altiplano.engine.kv-cache-size (at least "
                    + mib(one)
                    + " for one sequence), altiplano.engine.context-length or altiplano.engine.max-batch-tokens, or hold the weights in"
                    + " fewer bits by altiplano.model.weights");
        }
        int blocks = Math.toIntExact(Math.min(kvBytes / block, Integer.MAX_VALUE / 2));
        KvShape kv = new KvShape(kvFormat, config.layers(), blocks, tokens, config.kvHeads(), config.headDim());
        return new MemoryPlan(weightBytes, scratch, kv, draft.blocks(blocks, spare - kvBytes), scored);
    }

    /** KV blocks that the longest sequence holds at a time: behind a sliding window they are given back. */
    private static long blocksOfOne(Hyperparameters config, int blockTokens, int maxBatchTokens) {
        int all = Math.ceilDiv(config.contextLength(), blockTokens);
        int window = config.effectiveWindow();
        return window == 0 ? all : Math.min(all, Math.ceilDiv(window + maxBatchTokens, blockTokens) + 1);
    }

    /** What the default size of the KV cache leaves for the JVM whose heap may grow to {@code heapBytes}. */
    static long jvmBytes(long heapBytes) {
        return Math.min(heapBytes, USUAL_HEAP_BYTES) + OUTSIDE_HEAP_BYTES;
    }

    /** What must be left for it. */
    static long leastJvmBytes(long heapBytes) {
        return Math.min(heapBytes, LEAST_HEAP_BYTES) + OUTSIDE_HEAP_BYTES;
    }

    private static long containerLimit() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            return system.getTotalMemorySize();
        }
        return Long.MAX_VALUE / 4;
    }

    private static String mib(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20) + " MiB";
    }
}
