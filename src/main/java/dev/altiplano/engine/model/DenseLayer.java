package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.rows.RowSums;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The feed-forward layer (SwiGLU, Shazeer 2020) with its scratch memory. Belongs to the engine thread. */
final class DenseLayer {

    private final int hiddenSize;
    private final int size;
    private final LinearKernels linear;
    private final LayerKernels layers;
    private final RowSums sums;
    /** F32 [rows, 2 · intermediate]. */
    private final MemorySegment gateUp;
    /** F32 [rows, intermediate]. */
    private final MemorySegment gated;

    /** @param arena owns the scratch memory */
    DenseLayer(Hyperparameters h, Kernels kernels, RowSums sums, int maxRows, Arena arena) {
        hiddenSize = h.hiddenSize();
        size = h.intermediateSize();
        linear = kernels.linear();
        layers = kernels.layer();
        this.sums = sums;
        gateUp = LargeMemory.allocate(8L * maxRows * size, arena);
        gated = LargeMemory.allocate(4L * maxRows * size, arena);
    }

    /** Bytes of scratch. */
    static long scratchBytes(Hyperparameters h, int maxRows) {
        return 12L * maxRows * h.intermediateSize();
    }

    /**
     * Computes rows.
     *
     * @param in F32 [rows, hidden]
     * @param out F32 [rows, hidden], added to where {@code accumulate}
     * @param adapters adds what adapters of the rows change, and knows where the rows are; null for an expert
     */
    void run(
            LlamaWeights.Dense weights,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate,
            @Nullable AdapterStep adapters) {
        linear.multiply(weights.gateUp(), in, gateUp, rows, generatedRows, false);
        if (adapters != null) {
            adapters.add(Adapter.Site.GATE_UP, in, gateUp);
        }
        if (weights.gateBias() != null) {
            sums.addBias(gateUp, rows, 2 * size, 0, weights.gateBias(), size);
        }
        if (weights.upBias() != null) {
            sums.addBias(gateUp, rows, 2 * size, size, weights.upBias(), size);
        }
        layers.swiGlu(gateUp, gated, rows, size);
        linear.multiply(weights.down(), gated, out, rows, generatedRows, accumulate);
        if (adapters != null) {
            adapters.add(Adapter.Site.DOWN, gated, out);
        }
        if (weights.downBias() != null) {
            sums.addBias(out, rows, hiddenSize, 0, weights.downBias(), hiddenSize);
        }
    }
}
