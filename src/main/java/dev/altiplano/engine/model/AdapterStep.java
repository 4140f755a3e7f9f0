package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The step behind each product of a layer that adds what adapters change, to the rows of sequences that have one. Rows of one
 * adapter are gathered, multiplied as any other rows are, and put back: their bits do not depend on who else is in the batch.
 */
final class AdapterStep {

    private final LinearKernels linear;
    /** F32 [rows, inputs]: the rows of one adapter. */
    private final MemorySegment gathered;
    /** F32 [rows, ranks]. */
    private final MemorySegment projected;
    /** F32 [rows, outputs]. */
    private final MemorySegment sums;
    /** Where the gathered rows came from. */
    private final int[] origins;

    private final int maxRanks;
    private List<Adapter> adapters = List.of();
    private int layer;
    private @Nullable ForwardBatch batch;
    private @Nullable RowBatch places;

    /** Scratch for {@code maxRows} rows of adapters of which a site has at most {@code ranks} lies in {@code arena}. */
    AdapterStep(int ranks, Hyperparameters h, LinearKernels linear, int maxRows, Arena arena) {
        this.linear = linear;
        maxRanks = ranks;
        int rows = ranks == 0 ? 0 : maxRows;
        gathered = LargeMemory.allocate(Math.max(64, 4L * rows * inputs(h)), arena);
        projected = LargeMemory.allocate(Math.max(64, 4L * rows * ranks), arena);
        sums = LargeMemory.allocate(Math.max(64, 4L * rows * outputs(h)), arena);
        origins = new int[rows];
    }

    /** Bytes of scratch for adapters of which a site has at most {@code ranks}; 0 without any. */
    static long scratchBytes(int ranks, Hyperparameters h, int maxRows) {
        return ranks == 0 ? 0 : 4L * maxRows * (inputs(h) + ranks + outputs(h));
    }

    private static int inputs(Hyperparameters h) {
        return Math.max(Math.max(h.hiddenSize(), h.attentionSize()), h.intermediateSize());
    }

    private static int outputs(Hyperparameters h) {
        return Math.max(Math.max(h.hiddenSize(), h.qkvSize()), 2 * h.intermediateSize());
    }

    /** Sets what rows of the next passes may have. */
    void use(List<Adapter> loaded) {
        if (ranks(loaded) > maxRanks) {
            throw new IllegalArgumentException(
                    "an adapter has " + ranks(loaded) + " ranks in a product, and there is scratch for " + maxRanks);
        }
        adapters = List.copyOf(loaded);
    }

    /** The most ranks of a site. */
    private static int ranks(List<Adapter> adapters) {
        int ranks = 0;
        for (Adapter adapter : adapters) {
            for (var layer : adapter.layers()) {
                for (Adapter.Product product : layer.values()) {
                    ranks = Math.max(ranks, product.ranks());
                }
            }
        }
        return ranks;
    }

    /**
     * Says what the next products are.
     *
     * @param nextBatch says which row has which adapter
     * @param nextPlaces the rows: all of the batch, or those whose logits are wanted
     */
    void at(int nextLayer, ForwardBatch nextBatch, RowBatch nextPlaces) {
        layer = nextLayer;
        batch = nextBatch;
        places = nextPlaces;
    }

    /**
     * Adds to {@code out} what the adapters of rows change at a site.
     *
     * @param in F32 [rows, inputs], what the site's product has read
     * @param out F32 [rows, outputs], to which it has written
     */
    void add(Adapter.Site site, MemorySegment in, MemorySegment out) {
        if (batch == null || places == null || !batch.adapted()) {
            return;
        }
        for (int adapter = 0; adapter < adapters.size(); adapter++) {
            Adapter.Product product = adapters.get(adapter).layers().get(layer).get(site);
            if (product != null) {
                add(product, adapter, in, out, batch, places);
            }
        }
    }

    private void add(
            Adapter.Product product,
            int adapter,
            MemorySegment in,
            MemorySegment out,
            ForwardBatch rows,
            RowBatch where) {
        int count = 0;
        int generated = 0;
        for (int row = 0; row < where.rows(); row++) {
            if (rows.adapter(where, row) == adapter) {
                generated += row < where.generatedRows() ? 1 : 0;
                origins[count++] = row;
            }
        }
        if (count == where.rows()) {
            multiply(product, in, out, count, generated);
        } else if (count > 0) {
            long inBytes = 4L * product.inputs();
            long outBytes = 4L * product.outputs();
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(in, origins[i] * inBytes, gathered, i * inBytes, inBytes);
                MemorySegment.copy(out, origins[i] * outBytes, sums, i * outBytes, outBytes);
            }
            multiply(product, gathered, sums, count, generated);
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(sums, i * outBytes, out, origins[i] * outBytes, outBytes);
            }
        }
    }

    private void multiply(Adapter.Product product, MemorySegment in, MemorySegment out, int rows, int generated) {
        linear.multiply(product.a(), in, projected, rows, generated, false);
        linear.multiply(product.b(), projected, out, rows, generated, true);
    }
}
