package dev.altiplano.engine.checkpoint;

/**
 * A model's shape as its file states it.
 *
 * @param hiddenSize width of the residual stream ({@code dim})
 * @param intermediateSize width of the feed-forward layer
 * @param layers number of transformer layers
 * @param heads number of query heads
 * @param kvHeads number of key and value heads; divides {@code heads}
 * @param headDim width of one head
 * @param vocabularySize number of token ids
 * @param contextLength longest sequence that the model was made for
 * @param normEpsilon added to the mean square in RMSNorm
 * @param ropeTheta base of the rotary frequencies
 */
public record Hyperparameters(
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int vocabularySize,
        int contextLength,
        float normEpsilon,
        double ropeTheta) {}
