package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.rows.ExpertChoice;
import dev.altiplano.engine.kernel.rows.RowSums;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Feed-forward layers beside each other, of which each row goes through a few (Jiang et al. 2024). The rows of one expert are
 * gathered, so that a prompt's rows are multiplied together and weights are read once for all of them, and those of an expert that
 * no row has chosen not at all. A row's outputs are added in the order of its experts' numbers, whatever rows are beside it.
 * Belongs to the engine thread.
 */
final class MixtureLayer {

    private final int hiddenSize;
    private final LinearKernels linear;
    private final DenseLayer dense;
    private final RowSums sums;
    private final ExpertChoice choice;
    /** F32 [rows, experts]. */
    private final MemorySegment logits;
    /** F32 [rows, hidden]: what the rows of one expert read. */
    private final MemorySegment gathered;
    /** F32 [rows, hidden]: what they give. */
    private final MemorySegment given;

    private final int[] rowIds;
    private final float[] rowWeights;

    /**
     * @param dense computes each expert
     * @param arena owns the scratch memory
     */
    MixtureLayer(Hyperparameters h, Kernels kernels, DenseLayer dense, RowSums sums, int maxRows, Arena arena) {
        hiddenSize = h.hiddenSize();
        linear = kernels.linear();
        this.dense = dense;
        this.sums = sums;
        int experts = h.experts().count();
        choice = new ExpertChoice(maxRows, experts, h.experts().used());
        logits = LargeMemory.allocate(4L * maxRows * experts, arena);
        gathered = LargeMemory.allocate(4L * maxRows * hiddenSize, arena);
        given = LargeMemory.allocate(4L * maxRows * hiddenSize, arena);
        rowIds = new int[maxRows];
        rowWeights = new float[maxRows];
    }

    /** Bytes of scratch, without the dense layer's. */
    static long scratchBytes(Hyperparameters h, int maxRows) {
        return h.experts().any() ? 4L * maxRows * (h.experts().count() + 2L * h.hiddenSize()) : 0;
    }

    /**
     * Adds the experts' outputs for rows.
     *
     * @param in F32 [rows, hidden]
     * @param out F32 [rows, hidden]
     */
    void run(LlamaWeights.Mixture weights, MemorySegment in, MemorySegment out, int rows, int generatedRows) {
        linear.multiply(weights.router(), in, logits, rows, generatedRows, false);
        choice.choose(logits, rows);
        for (int expert = 0; expert < weights.experts().size(); expert++) {
            int count = choice.rowsOf(expert, rows, rowIds, rowWeights);
            if (count == 0) {
                continue;
            }
            int generated = 0;
            long rowBytes = 4L * hiddenSize;
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(in, rowIds[i] * rowBytes, gathered, i * rowBytes, rowBytes);
                generated += rowIds[i] < generatedRows ? 1 : 0;
            }
            dense.run(weights.experts().get(expert), gathered, given, count, generated, false, null);
            sums.addWeighted(given, count, hiddenSize, rowIds, rowWeights, out);
        }
    }
}
