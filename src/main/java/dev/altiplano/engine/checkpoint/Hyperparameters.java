package dev.altiplano.engine.checkpoint;

import dev.altiplano.engine.checkpoint.architecture.Architecture;
import dev.altiplano.engine.checkpoint.architecture.Experts;
import dev.altiplano.engine.checkpoint.architecture.Rope;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;

/**
 * A model's shape as its file states it. The constructor throws {@link IllegalArgumentException} for a shape that no model of the
 * family can have.
 *
 * @param hiddenSize width of the residual stream ({@code dim})
 * @param intermediateSize width of the feed-forward layer, or of each expert
 * @param layers number of transformer layers
 * @param heads number of query heads
 * @param kvHeads number of key and value heads; divides {@code heads}
 * @param headDim width of one head
 * @param vocabularySize number of token ids
 * @param contextLength longest sequence that the model was made for, or that will be computed
 * @param normEpsilon added to the mean square in RMSNorm
 * @param architecture what it is an instance of
 * @param rope how positions turn queries and keys
 * @param slidingWindow positions that a query sees, itself the last of them; 0 where it sees all before it
 * @param experts feed-forward layers beside each other
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
        Architecture architecture,
        Rope rope,
        int slidingWindow,
        Experts experts) {

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
                rope.dimensions() <= headDim,
                rope.dimensions() + " dimensions are rotated of a head dim of " + headDim);
        require(
                (long) layers * experts.count() <= 1 << 16,
                layers + " layers of " + experts.count() + " experts are more than any model has");
        require(slidingWindow >= 0, "the sliding window is " + slidingWindow + ", expected 1 or more");
    }

    /** A plain LLaMA: all dimensions of a head turned, every position seen, one feed-forward layer. */
    public Hyperparameters(
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
        this(
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                kvHeads,
                headDim,
                vocabularySize,
                contextLength,
                normEpsilon,
                Architecture.LLAMA,
                new Rope(ropeTheta, headDim, new RopeScaling.None()),
                0,
                Experts.NONE);
    }

    /** The same for sequences of at most {@code tokens}. */
    public Hyperparameters withContextLength(int tokens) {
        return with(architecture, tokens, rope, slidingWindow, experts);
    }

    /** The same with other angles. */
    public Hyperparameters withRope(Rope other) {
        return with(architecture, contextLength, other, slidingWindow, experts);
    }

    /** The same as another architecture. */
    public Hyperparameters withArchitecture(Architecture other) {
        return with(other, contextLength, rope, slidingWindow, experts);
    }

    /** The same with a window of {@code positions}; one that is as long as the longest sequence hides nothing and is none. */
    public Hyperparameters withSlidingWindow(int positions) {
        return with(architecture, contextLength, rope, positions, experts);
    }

    /** The same with experts. */
    public Hyperparameters withExperts(Experts other) {
        return with(architecture, contextLength, rope, slidingWindow, other);
    }

    private Hyperparameters with(
            Architecture newArchitecture, int newContext, Rope newRope, int newWindow, Experts newExperts) {
        return new Hyperparameters(
                hiddenSize,
                intermediateSize,
                layers,
                heads,
                kvHeads,
                headDim,
                vocabularySize,
                newContext,
                normEpsilon,
                newArchitecture,
                newRope,
                newWindow,
                newExperts);
    }

    /** Base of the rotary frequencies. */
    public double ropeTheta() {
        return rope.base();
    }

    /** Positions that a query sees, or 0 where that is all of any sequence. */
    public int effectiveWindow() {
        return slidingWindow >= contextLength ? 0 : slidingWindow;
    }

    /** Width of queries, keys and values of one row side by side. */
    public int qkvSize() {
        return (heads + 2 * kvHeads) * headDim;
    }

    /** Width of the heads' outputs side by side. */
    public int attentionSize() {
        return heads * headDim;
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
