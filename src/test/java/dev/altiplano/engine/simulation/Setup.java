package dev.altiplano.engine.simulation;

import dev.altiplano.engine.EngineObserver;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelCard;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.cache.PrefixHash;
import dev.altiplano.engine.cache.tier.HostTier;
import dev.altiplano.engine.chat.ToolCallFormat;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.load.LoadedDraft;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.model.Adapter;
import dev.altiplano.engine.model.HashModel;
import dev.altiplano.engine.run.SteppedEngine;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the engine of a run is set up.
 *
 * @param blocks KV blocks in the pool, enough for the longest sequence
 * @param window positions that a row sees; 0 where it sees all before it
 * @param scoredPrompts rows of a step of which logits can be wanted beside those of decoding sequences
 * @param draftBlocks KV blocks of a draft model; 0 where there is none
 * @param weights which of several models is served
 */
record Setup(
        int contextLength,
        int maxSequences,
        int maxBatchTokens,
        int blocks,
        int window,
        int scoredPrompts,
        boolean prefixCache,
        boolean oneRule,
        boolean speculation,
        int queueCapacity,
        int queueTokens,
        int draftBlocks,
        int weights) {

    static final int BLOCK_TOKENS = 16;
    static final List<String> ADAPTERS = List.of("red", "blue");
    private static final int HIDDEN_SIZE = 4;

    /** Rows of a step for prompts, whatever decodes, with which no client waits for long. */
    private static final int MARGIN = 12;

    /** Layer kernels hold no state between calls, but belong to one thread. */
    private static final ThreadLocal<Kernels> KERNELS =
            ThreadLocal.withInitial(() -> Backends.create(KernelOptions.of(BackendName.SCALAR, 1)));

    static Setup of(SplittableRandom random) {
        int context = random.nextInt(24, 112);
        int sequences = random.nextInt(1, 9);
        int batch = sequences + (random.nextInt(4) == 0 ? 0 : random.nextInt(1, 48));
        int window = random.nextInt(4) == 0 ? random.nextInt(4, 64) : 0;
        int effective = window >= context ? 0 : window;
        int longest = Math.ceilDiv(context, BLOCK_TOKENS);
        int one = effective == 0 ? longest : Math.min(longest, Math.ceilDiv(effective + batch, BLOCK_TOKENS) + 1);
        return new Setup(
                context,
                sequences,
                batch,
                one + (random.nextInt(2) == 0 ? random.nextInt(3) : random.nextInt(3 * sequences * longest / 2 + 1)),
                effective,
                Math.min(batch, random.nextInt(20, 65)),
                random.nextInt(4) > 0,
                random.nextInt(3) == 0,
                random.nextInt(3) > 0,
                random.nextInt(1, 17),
                random.nextInt(3) == 0 ? random.nextInt(20, 300) : 100_000,
                random.nextInt(2) == 0 ? 0 : random.nextInt(1, 2 + 2 * sequences * longest),
                0);
    }

    /** The same engine for one request that has it for itself: all fits, and nothing is remembered or drafted. */
    Setup alone(int sequences) {
        int all = sequences * Math.ceilDiv(contextLength, BLOCK_TOKENS);
        int rows = Math.max(sequences, contextLength);
        return new Setup(
                contextLength,
                sequences,
                rows,
                all + sequences,
                window,
                rows,
                false,
                oneRule,
                false,
                1,
                100_000,
                0,
                weights);
    }

    /** The same with another model. */
    Setup withWeights(int other) {
        return new Setup(
                contextLength,
                maxSequences,
                maxBatchTokens,
                blocks,
                window,
                scoredPrompts,
                prefixCache,
                oneRule,
                speculation,
                queueCapacity,
                queueTokens,
                draftBlocks,
                other);
    }

    /** What differs where keys and values of the model may. */
    byte[] fingerprint() {
        byte[] fingerprint = new byte[PrefixHash.BYTES];
        fingerprint[0] = (byte) weights;
        fingerprint[1] = (byte) (oneRule ? 1 : 0);
        return fingerprint;
    }

    /** The same with places and memory for some clients at a time. */
    Setup roomier() {
        int sequences = maxSequences + 4;
        return new Setup(
                contextLength,
                sequences,
                maxBatchTokens + MARGIN + 4,
                sequences * (Math.ceilDiv(contextLength, BLOCK_TOKENS) + 1),
                window,
                64,
                prefixCache,
                oneRule,
                speculation,
                Math.max(8, queueCapacity),
                100_000,
                draftBlocks,
                weights);
    }

    /** Whether nothing but the number of requests can keep one waiting: memory is there for all that may run. */
    boolean roomy() {
        return blocks >= maxSequences * (Math.ceilDiv(contextLength, BLOCK_TOKENS) + 1)
                && maxBatchTokens >= maxSequences + MARGIN
                && scoredPrompts >= 2 * MARGIN;
    }

    /** The engine, with prefixes in memory alone. */
    SteppedEngine engine(
            long garbage,
            EngineObserver observer,
            LongSupplier nanoTime,
            LongSupplier seeds,
            Runnable woken,
            Runnable mishap,
            Runnable meanwhile,
            Arena arena) {
        return engine(garbage, observer, nanoTime, seeds, woken, mishap, meanwhile, kv -> null, arena);
    }

    /**
     * The engine.
     *
     * @param garbage what its KV memory is full of
     * @param mishap runs where memory is allocated for a request, and may throw
     * @param meanwhile runs in the middle of each forward pass
     * @param tier gives what keeps prefixes of this KV memory beyond it
     */
    SteppedEngine engine(
            long garbage,
            EngineObserver observer,
            LongSupplier nanoTime,
            LongSupplier seeds,
            Runnable woken,
            Runnable mishap,
            Runnable meanwhile,
            Function<KvCache, @Nullable HostTier> tier,
            Arena arena) {
        int scored = maxSequences + scoredPrompts;
        Hyperparameters shape = new Hyperparameters(
                        HIDDEN_SIZE, 4, 1, 1, 1, 4, Letters.VOCABULARY, contextLength, 1e-5f, 10_000)
                .withSlidingWindow(window);
        KvCache kv = HashModel.kv(blocks, BLOCK_TOKENS, garbage);
        HashModel model = new HashModel(weights, Letters.VOCABULARY, HIDDEN_SIZE, kv, window, scored, meanwhile, arena);
        LoadedModel loaded = new LoadedModel(
                card(),
                shape,
                new Letters(mishap),
                null,
                KERNELS.get(),
                kv,
                "",
                model,
                draft(garbage, shape, meanwhile, arena),
                ADAPTERS.stream()
                        .map(name -> new Adapter(name, name, List.of()))
                        .toList(),
                scored,
                arena);
        return new SteppedEngine(options(), loaded, observer, nanoTime, seeds, woken, tier.apply(kv));
    }

    /** A model that computes the same and finds itself in other places, so that it agrees with the model often. */
    private @Nullable LoadedDraft draft(long garbage, Hyperparameters shape, Runnable meanwhile, Arena arena) {
        if (draftBlocks == 0) {
            return null;
        }
        HashModel model = new HashModel(
                weights,
                Letters.VOCABULARY,
                HIDDEN_SIZE,
                HashModel.kv(draftBlocks, BLOCK_TOKENS, garbage + 1),
                0,
                maxSequences,
                meanwhile,
                arena);
        return new LoadedDraft(shape, model, draftBlocks);
    }

    private EngineOptions options() {
        return new EngineOptions(
                EngineOptions.Model.of(Path.of("simulated"), "simulated"),
                new EngineOptions.Compute(1, BackendName.SCALAR),
                new EngineOptions.Batch(contextLength, maxSequences, maxBatchTokens),
                new EngineOptions.Kv(0, BLOCK_TOKENS, null, prefixCache),
                new EngineOptions.Decoding(oneRule, speculation, false),
                new EngineOptions.Queue(queueCapacity, queueTokens, Duration.ofMinutes(10), Duration.ofHours(1)),
                0);
    }

    private ModelCard card() {
        return new ModelCard(
                "simulated",
                "none",
                "custom",
                0,
                Map.of(),
                1,
                HIDDEN_SIZE,
                contextLength,
                Letters.VOCABULARY,
                0,
                "",
                1,
                "",
                null,
                0,
                0,
                BLOCK_TOKENS,
                "scalar",
                "",
                0,
                oneRule,
                "0000000000000000",
                null,
                ToolCallFormat.NONE);
    }
}
