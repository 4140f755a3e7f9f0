package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.kernel.LinearKernels;
import dev.altiplano.engine.kernel.LinearProduct;
import dev.altiplano.engine.kernel.RowBatch;
import dev.altiplano.engine.os.LargeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The step behind each product of a layer that adds what adapters change, to the rows of sequences that have one. All adapters of a
 * step are multiplied together, each with its own rows as generated rows: their bits do not depend on who else is in the batch.
 */
final class AdapterStep {

    private final LinearKernels linear;
    /** F32 [rows, inputs]: the rows of one adapter. */
    private final MemorySegment gathered;
    /** F32 [rows, ranks]. */
    private final MemorySegment projected;
    /** F32 [rows, ranks], those of a projection together. */
    private final MemorySegment scaled;
    /** F32 [rows, outputs], those of a projection together. */
    private final MemorySegment sums;
    /** The rows of all adapters, one adapter after the other. */
    private final int[] origins;

    private final List<Part> parts = new ArrayList<>();
    private final List<LinearProduct> products = new ArrayList<>();

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
        scaled = LargeMemory.allocate(Math.max(64, 4L * rows * ranks), arena);
        sums = LargeMemory.allocate(Math.max(64, 4L * rows * outputs(h)), arena);
        origins = new int[rows];
    }

    /** Bytes of scratch for adapters of which a site has at most {@code ranks}; 0 without any. */
    static long scratchBytes(int ranks, Hyperparameters h, int maxRows) {
        return ranks == 0 ? 0 : 4L * maxRows * (inputs(h) + 2L * ranks + outputs(h));
    }

    /** The most columns of a product of a layer. */
    static int inputs(Hyperparameters h) {
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

    /** What an adapter adds at the site: to {@code count} rows, those of {@link #origins} from {@code first}. */
    private record Part(Adapter.Product product, int first, int count) {}

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
        parts.clear();
        int first = 0;
        for (int adapter = 0; adapter < adapters.size(); adapter++) {
            Adapter.Product product = adapters.get(adapter).layers().get(layer).get(site);
            int count = product == null ? 0 : rowsOf(adapter, first, batch, places);
            if (product != null && count > 0) {
                parts.add(new Part(product, first, count));
                first += count;
            }
        }
        if (!parts.isEmpty()) {
            project(in, places.rows());
            expand(out);
        }
    }

    /** Notes the rows of an adapter from {@code first}; gives how many they are. */
    private int rowsOf(int adapter, int first, ForwardBatch rows, RowBatch where) {
        int count = 0;
        for (int row = 0; row < where.rows(); row++) {
            if (rows.adapter(where, row) == adapter) {
                origins[first + count++] = row;
            }
        }
        return count;
    }

    /** Multiplies the rows of all parts with their A. */
    private void project(MemorySegment in, int allRows) {
        products.clear();
        for (Part part : parts) {
            long rowBytes = 4L * part.product.inputs();
            MemorySegment rows = in;
            if (part.count == 1) {
                rows = in.asSlice(origins[part.first] * rowBytes, rowBytes);
            } else if (part.count < allRows) {
                rows = gathered.asSlice(part.first * rowBytes, part.count * rowBytes);
                for (int i = 0; i < part.count; i++) {
                    MemorySegment.copy(in, origins[part.first + i] * rowBytes, rows, i * rowBytes, rowBytes);
                }
            }
            products.add(new LinearProduct(part.product.a(), rows, ranksOf(projected, part), part.count, false));
        }
        linear.multiplyAll(products);
    }

    /** Multiplies the projected rows of all parts with their B, and adds that to their outputs. */
    private void expand(MemorySegment out) {
        products.clear();
        for (Part part : parts) {
            for (Adapter.Projection each : part.product.projections()) {
                MemorySegment target = outputs(out, part, each);
                if (part.count > 1) {
                    copyOutputs(out, part, each, target, true);
                }
                products.add(new LinearProduct(each.b(), scaled(part, each), target, part.count, true));
            }
        }
        linear.multiplyAll(products);
        int product = 0;
        for (Part part : parts) {
            for (Adapter.Projection each : part.product.projections()) {
                MemorySegment target = products.get(product++).out();
                if (part.count > 1) {
                    copyOutputs(out, part, each, target, false);
                }
            }
        }
    }

    private MemorySegment ranksOf(MemorySegment memory, Part part) {
        return memory.asSlice(4L * part.first * maxRanks, 4L * part.count * part.product.ranks());
    }

    /** The ranks of a projection, dense and times its scale. */
    private MemorySegment scaled(Part part, Adapter.Projection projection) {
        MemorySegment all = ranksOf(projected, part);
        int ranks = projection.ranks();
        MemorySegment own =
                ranksOf(scaled, part).asSlice(4L * part.count * projection.firstRank(), 4L * part.count * ranks);
        for (int row = 0; row < part.count; row++) {
            long from = (long) row * part.product.ranks() + projection.firstRank();
            for (int i = 0; i < ranks; i++) {
                float value = all.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
                own.setAtIndex(ValueLayout.JAVA_FLOAT, (long) row * ranks + i, value * projection.scale());
            }
        }
        return own;
    }

    /** Where a projection's outputs are summed: in place for one row, which is dense. */
    private MemorySegment outputs(MemorySegment out, Part part, Adapter.Projection projection) {
        long width = part.product.width();
        long bytes = 4L * part.count * projection.outputs();
        return part.count == 1
                ? out.asSlice(4 * (origins[part.first] * width + projection.firstOutput()), bytes)
                : sums.asSlice(4 * (part.first * width + (long) part.count * projection.firstOutput()), bytes);
    }

    private void copyOutputs(
            MemorySegment out, Part part, Adapter.Projection projection, MemorySegment dense, boolean gather) {
        long bytes = 4L * projection.outputs();
        for (int i = 0; i < part.count; i++) {
            long at = 4 * ((long) origins[part.first + i] * part.product.width() + projection.firstOutput());
            if (gather) {
                MemorySegment.copy(out, at, dense, i * bytes, bytes);
            } else {
                MemorySegment.copy(dense, i * bytes, out, at, bytes);
            }
        }
    }
}
