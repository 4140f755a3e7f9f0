package dev.altiplano.engine.model;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import java.lang.foreign.Arena;

/** Makes the {@link Model} of each architecture. */
public final class Models {

    private Models() {}

    /**
     * A model over loaded weights.
     *
     * @param h its shape, with the longest sequence that will be computed
     * @param adapterRanks most ranks that a product of a layer of an adapter will have; 0 where there will be none
     * @param maxRows most rows of a forward pass
     * @param maxScoredRows most rows of which logits are wanted
     * @param arena owns the scratch memory
     */
    public static Model create(
            Hyperparameters h,
            LlamaWeights weights,
            int adapterRanks,
            Kernels kernels,
            KvCache kv,
            int maxRows,
            int maxScoredRows,
            Arena arena) {
        return switch (h.architecture()) {
            case LLAMA, MISTRAL, MIXTRAL ->
                new LlamaModel(h, weights, adapterRanks, kernels, kv, maxRows, maxScoredRows, arena);
        };
    }

    /** Bytes of scratch that adapters will hold beside it, of which a product of a layer has at most {@code ranks}. */
    public static long adapterScratchBytes(Hyperparameters h, int ranks, int maxRows) {
        return AdapterStep.scratchBytes(ranks, h, maxRows);
    }

    /** Bytes of scratch that a model of this shape will hold. */
    public static long scratchBytes(Hyperparameters h, int maxRows, int maxScoredRows) {
        return switch (h.architecture()) {
            case LLAMA, MISTRAL, MIXTRAL -> LlamaModel.scratchBytes(h, maxRows, maxScoredRows);
        };
    }
}
