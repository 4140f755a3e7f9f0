package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;

/**
 * The shape of a LLaMA model.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward layer
 * @param layers transformer layers
 * @param heads query heads
 * @param kvHeads key and value heads; each serves {@code heads / kvHeads} query heads
 * @param headDim width of a head
 * @param vocabularySize token ids
 * @param contextLength longest sequence that will be computed
 * @param normEpsilon added to the mean square in RMSNorm
 * @param ropeTheta base of the rotary frequencies
 */
public record LlamaConfig(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int vocabularySize,
        int contextLength,
        float normEpsilon,
        double ropeTheta) {

    /** The shape that a checkpoint states, for sequences of at most {@code contextLength} tokens. */
    public static LlamaConfig of(Hyperparameters stated, int contextLength) {
        return new LlamaConfig(
                stated.hiddenSize(),
                stated.intermediateSize(),
                stated.layers(),
                stated.heads(),
                stated.kvHeads(),
                stated.headDim(),
                stated.vocabularySize(),
                contextLength,
                stated.normEpsilon(),
                stated.ropeTheta());
    }

    /** Width of queries, keys and values of one row side by side. */
    public int qkvSize() {
        return (heads + 2 * kvHeads) * headDim;
    }

    /** Width of the heads' outputs side by side. */
    public int attentionSize() {
        return heads * headDim;
    }
}
