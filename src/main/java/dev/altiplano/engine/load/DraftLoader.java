package dev.altiplano.engine.load;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ModelSummary;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.verify.Verification;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.load.weights.FileStamps;
import dev.altiplano.engine.load.weights.WeightLoader;
import dev.altiplano.engine.load.weights.WeightPlan;
import dev.altiplano.engine.model.LlamaWeights;
import dev.altiplano.engine.model.Model;
import dev.altiplano.engine.model.Models;
import dev.altiplano.engine.os.LargeMemory;
import dev.altiplano.engine.tokenizer.Tokenizer;
import dev.altiplano.engine.tokenizer.TokenizerException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a draft model beside a model: open and check it first, so that it is known what it takes, then pack. */
final class DraftLoader implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(DraftLoader.class.getName());

    private final EngineOptions options;
    private final Checkpoint checkpoint;
    private final Hyperparameters config;
    private final WeightPlan weights;
    private final KvShape oneBlock;

    private DraftLoader(EngineOptions options, Checkpoint checkpoint, int contextLength) {
        this.options = options;
        this.checkpoint = checkpoint;
        Hyperparameters stated = checkpoint.hyperparameters();
        config = stated.withContextLength(Math.min(contextLength, stated.contextLength()));
        weights = WeightPlan.of(checkpoint, options.model().targetFormat());
        oneBlock = shape(1);
    }

    /**
     * Opens the draft model that the settings name and compares it with the model; null where they name none, or nothing is drafted.
     *
     * @param contextLength the longest sequence
     * @throws ModelException where it cannot draft for this model
     */
    static @Nullable DraftLoader open(EngineOptions options, Checkpoint model, Tokenizer tokenizer, int contextLength) {
        EngineOptions.DraftModel draft = options.decoding().draftModel();
        if (draft == null || !options.decoding().speculation()) {
            return null;
        }
        EngineOptions.Model asked = options.model();
        EngineOptions own = options.with(new EngineOptions.Model(
                draft.path(), "draft", "auto", draft.targetFormat(), asked.weightCache(), asked.verifyChecksums()));
        Checkpoint checkpoint = null;
        try {
            checkpoint = Checkpoints.open(draft.path());
            Tokenizer drafts = CheckpointTokenizer.of(checkpoint.tokenizer());
            Verification.vocabulary(checkpoint, drafts.vocabularySize());
            DraftVocabulary.requireSame(tokenizer, drafts);
            requireSmaller(checkpoint, model);
            return new DraftLoader(own, checkpoint, contextLength);
        } catch (CheckpointException | TokenizerException e) {
            close(checkpoint);
            throw new ModelException("the draft model cannot be used: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            close(checkpoint);
            throw e;
        }
    }

    private static void close(@Nullable Checkpoint checkpoint) {
        if (checkpoint != null) {
            checkpoint.close();
        }
    }

    private static void requireSmaller(Checkpoint draft, Checkpoint model) {
        long weights = ModelSummary.of(draft).parameters();
        long max = ModelSummary.of(model).parameters();
        if (weights > max) {
            throw new ModelException("the draft model " + draft.path() + " has " + weights + " weights, and the model "
                    + max + ": a draft model has to be smaller. Set altiplano.engine.draft-model.path to another");
        }
    }

    private KvShape shape(int blocks) {
        return new KvShape(
                ModelLoader.kvFormat(options.kv().format(), weights),
                config.layers(),
                blocks,
                options.kv().blockTokens(),
                config.kvHeads(),
                config.headDim());
    }

    /** What it will take. */
    DraftNeeds needs() {
        EngineOptions.Batch batch = options.batch();
        EngineOptions.DraftModel draft = options.decoding().draftModel();
        return new DraftNeeds(
                weights.bytes() + Models.scratchBytes(config, batch.maxBatchTokens(), batch.maxSequences()),
                oneBlock.blockBytes(),
                draft == null ? 0 : draft.kvBytes());
    }

    /** Brings it into memory that {@code arena} owns, with so many KV blocks. */
    LoadedDraft load(Kernels kernels, int blocks, Arena arena) {
        EngineOptions.Batch batch = options.batch();
        LlamaWeights packed = new WeightLoader(
                        options, (phase, done, total) -> {}, checkpoint, FileStamps.of(checkpoint), kernels, weights)
                .load(arena);
        KvShape shape = shape(blocks);
        KvCache kv = new KvCache(shape, LargeMemory.allocate(shape.byteSize(), arena));
        Model model =
                Models.create(config, packed, 0, kernels, kv, batch.maxBatchTokens(), batch.maxSequences(), arena);
        model.useAdapters(List.of());
        LOG.log(
                Level.INFO,
                "the draft model {0} takes {1} MiB and {2} MiB for keys and values of {3} tokens",
                checkpoint.path(),
                String.valueOf(Math.ceilDiv(weights.bytes(), 1L << 20)),
                String.valueOf(Math.ceilDiv(shape.byteSize(), 1L << 20)),
                String.valueOf((long) blocks * shape.blockTokens()));
        return new LoadedDraft(config, model, blocks);
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
