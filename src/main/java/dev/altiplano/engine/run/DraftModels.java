package dev.altiplano.engine.run;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.cache.BlockPool;
import dev.altiplano.engine.load.LoadedDraft;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.sample.Sampler;
import dev.altiplano.engine.speculate.DraftModel;
import dev.altiplano.engine.speculate.StepCosts;
import org.jspecify.annotations.Nullable;

/** Sets up the draft model of an engine. */
final class DraftModels {

    private DraftModels() {}

    /** One at rest over what has been loaded; null where no draft model was. */
    static @Nullable DraftModel of(
            EngineOptions options, LoadedModel loaded, StepCosts costs, Surroundings surroundings) {
        LoadedDraft draft = loaded.draft();
        if (draft == null) {
            return null;
        }
        int maxRows = options.batch().maxBatchTokens();
        int sequences = options.batch().maxSequences();
        int blockTokens = options.kv().blockTokens();
        int contextLength = draft.config().contextLength();
        int rowSize = draft.config().vocabularySize();
        int blockIds = Math.multiplyExact(sequences, Math.ceilDiv(contextLength, blockTokens));
        return new DraftModel(
                draft.model(),
                new DraftModel.Shape(
                        contextLength,
                        rowSize,
                        maxRows,
                        blockTokens,
                        options.kv().prefixCache()),
                new BlockPool(draft.blocks()),
                new ForwardBatch(maxRows, sequences, blockIds, loaded.arena()),
                new Sampler(
                        loaded.kernels().layer(),
                        Math.min(loaded.tokenizer().vocabularySize(), rowSize),
                        loaded.arena()),
                costs,
                surroundings::nanoTime);
    }
}
