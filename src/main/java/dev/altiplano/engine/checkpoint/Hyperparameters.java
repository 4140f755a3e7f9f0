package dev.altiplano.engine.checkpoint;

/**
 * A model's shape as its file states it. The constructor throws {@link IllegalArgumentException} for a shape that no
 * LLaMA model can have.
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
        double ropeTheta) {

    public Hyperparameters {
        check("hidden size", hiddenSize, 1 << 20);
        check("intermediate size", intermediateSize, 1 << 24);
        check("number of layers", layers, 1 << 12);
        check("number of heads", heads, 1 << 16);
        check("number of KV heads", kvHeads, heads);
        check("head dim", headDim, 1 << 16);
        check("vocabulary size", vocabularySize, 1 << 24);
        check("context length", contextLength, 1 << 30);
        require(heads % kvHeads == 0, kvHeads + " KV heads do not divide " + heads + " heads");
        require(headDim % 2 == 0, "a head dim of " + headDim + " cannot be rotated in pairs");
        require(normEpsilon > 0 && normEpsilon < 1, "the norm epsilon " + normEpsilon + " is not between 0 and 1");
        require(
                ropeTheta > 0 && Double.isFinite(ropeTheta),
                "the RoPE base " + ropeTheta + " is not positive and finite");
    }

    private static void check(String what, int value, int max) {
        require(value >= 1 && value <= max, "the " + what + " is " + value + ", expected 1 to " + max);
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalArgumentException(problem);
        }
    }
}
