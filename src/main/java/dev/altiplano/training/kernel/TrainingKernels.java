package dev.altiplano.training.kernel;

import dev.altiplano.engine.kernel.Backend;
import java.lang.foreign.MemorySegment;

/**
 * What training computes: matrix products and the forward and backward passes around them, in F32.
 *
 * <p>Matrices are row-major without gaps, in native memory that the caller owns. Hidden, intermediate, head and vocabulary
 * sizes are multiples of {@value #LANES}, and so is a context. Each element of a result is summed in one fixed order: the
 * result is the same, bit for bit, for any number of threads. Called by one thread; the worker pool helps.
 */
public interface TrainingKernels extends AutoCloseable {

    /** What sizes are multiples of. */
    int LANES = 16;

    /** The largest head that attention takes. */
    int MAX_HEAD_DIM = 256;

    /** Which backend this is and why it was chosen. */
    Backend backend();

    /**
     * The sizes of an attention.
     *
     * @param sequences independent sequences
     * @param context rows of each sequence
     * @param heads query heads
     * @param kvHeads key and value heads; divides {@code heads}
     * @param headDim width of a head
     */
    record Attention(int sequences, int context, int heads, int kvHeads, int headDim) {

        /** Rows of all sequences. */
        public int rows() {
            return sequences * context;
        }

        /** Columns of queries, keys and values side by side. */
        public int width() {
            return (heads + 2 * kvHeads) * headDim;
        }
    }

    /**
     * The sizes of a matrix product: x [rows, in], w [out, in], y [rows, out].
     *
     * @param in columns of x
     * @param out columns of y
     */
    record Product(int rows, int in, int out) {}

    /**
     * The sizes of what works row by row.
     *
     * @param size elements of a row
     */
    record Rows(int rows, int size) {}

    /** {@code y (+)= x · wᵀ}. */
    void linear(Product shape, MemorySegment x, MemorySegment w, MemorySegment y, boolean accumulate);

    /** {@code dx (+)= dy · w}: the gradient of {@link #linear} with respect to its input. */
    void linearInput(Product shape, MemorySegment dy, MemorySegment w, MemorySegment dx, boolean accumulate);

    /** {@code dw (+)= dyᵀ · x}: the gradient of {@link #linear} with respect to its weights. */
    void linearWeight(Product shape, MemorySegment dy, MemorySegment x, MemorySegment dw, boolean accumulate);

    /**
     * What an RMS norm takes, and keeps for its gradient.
     *
     * @param x F32 [rows, size]
     * @param weight F32 [size]
     * @param inverse F32 [rows]: written by {@link #norm}
     */
    record Norm(MemorySegment x, MemorySegment weight, MemorySegment inverse) {}

    /** {@code out = x · inverse · weight} with {@code inverse = 1 / sqrt(mean(x²) + epsilon)}. */
    void norm(Rows shape, Norm norm, float epsilon, MemorySegment out);

    /** Adds the gradients through {@link #norm} to {@code dx} and {@code dWeight}. */
    void normBackward(Rows shape, Norm norm, MemorySegment dOut, MemorySegment dx, MemorySegment dWeight);

    /**
     * Rotates the query and key heads of {@code qkv} in place by the angles of their positions.
     *
     * @param cosSin F32 [context, headDim]: cos and sin of each pair side by side
     * @param backward rotates back: the gradient of a rotation
     */
    void rotate(Attention shape, MemorySegment qkv, MemorySegment cosSin, boolean backward);

    /**
     * What an attention takes and gives.
     *
     * @param qkv F32 [rows, width]
     * @param starts int32 [rows]: the first row (within the sequence) that a row sees
     * @param out F32 [rows, heads · headDim]
     * @param logSum F32 [sequences, heads, context]: all that is kept of the matrix of weights
     */
    record Attended(MemorySegment qkv, MemorySegment starts, MemorySegment out, MemorySegment logSum) {}

    /** Causal attention inside documents: writes {@code out} and {@code logSum}. */
    void attention(Attention shape, Attended attended);

    /** Overwrites {@code dQkv} with the gradient of {@link #attention}; computes the weights again from {@code logSum}. */
    void attentionBackward(Attention shape, Attended attended, MemorySegment dOut, MemorySegment dQkv);

    /** {@code out = silu(gate) · up}; gateUp [rows, 2 · size]: gate, then up, of each row. */
    void swiGlu(Rows shape, MemorySegment gateUp, MemorySegment out);

    /** Overwrites {@code gateUp} with the gradient of {@link #swiGlu}. */
    void swiGluBackward(Rows shape, MemorySegment gateUp, MemorySegment dOut);

    /**
     * The tokens that rows should predict.
     *
     * @param ids int32 [rows], each inside [0, size)
     * @param weights F32 [rows]; a row of weight 0 loses nothing
     */
    record Targets(MemorySegment ids, MemorySegment weights) {}

    /**
     * {@code losses[row] = -ln p(target)}; where {@code scale} is not 0, logits [rows, size] become the gradient of
     * {@code scale · weight · loss}.
     */
    void crossEntropy(Rows shape, MemorySegment logits, Targets targets, float scale, MemorySegment losses);

    /** {@code x[row] = table[ids[row]]}; ids int32 [rows]. */
    void embed(Rows shape, MemorySegment ids, MemorySegment table, MemorySegment x);

    /** {@code dTable[ids[row]] += dx[row]}, in the order of rows. */
    void embedBackward(Rows shape, MemorySegment ids, MemorySegment dx, MemorySegment dTable);

    /**
     * One step of AdamW (Loshchilov and Hutter 2019).
     *
     * @param rate learning rate of this step
     * @param decay weight decay, decoupled
     * @param clip factor of the gradient
     * @param step number of this step, from 1
     */
    record AdamStep(float rate, float beta1, float beta2, float epsilon, float decay, float clip, int step) {}

    /**
     * Weights that are learned, with their gradients and both moments: F32 [count], a multiple of {@value #LANES}.
     *
     * @param mean of the gradients
     * @param square mean of their squares
     */
    record AdamState(
            MemorySegment weights, MemorySegment gradients, MemorySegment mean, MemorySegment square, long count) {}

    /** Applies a step to all weights. */
    void adamW(AdamState state, AdamStep step);

    /** Σ x² over {@code count} elements, a multiple of {@value #LANES}. */
    double sumOfSquares(MemorySegment x, long count);

    @Override
    void close();
}
