package dev.altiplano.training.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.training.SplitMix;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.kernel.TrainingKernels.Product;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Low-rank adaptation (Hu et al. 2021): each matrix of a layer is its frozen weights plus {@code scale · up · down}, and only up
 * [rows, rank] and down [rank, columns] are learned. Up begins at zero, so that the first step begins at the base model.
 */
public final class LoraAdapter implements Trainable {

    /**
     * The adapter of one matrix.
     *
     * @param down offset of [rank, columns] among the parameters
     * @param up offset of [rows, rank]
     */
    public record Pair(ParameterLayout.Part part, long down, long up) {}

    private final int rank;
    private final float scale;
    private final MemorySegment base;
    private final MemorySegment weights;
    private final MemorySegment weightGradients;
    private final MemorySegment parameters;
    private final MemorySegment gradients;
    private final MemorySegment scaled;
    private final ArrayList<Pair> pairs = new ArrayList<>();
    private final long size;

    /**
     * An adapter beside {@code base}.
     *
     * @param rank at most the smallest side of the matrices
     * @param alpha the product counts {@code alpha / rank} times
     */
    public LoraAdapter(ParameterLayout layout, MemorySegment base, int rank, double alpha, long seed, Arena arena) {
        this.base = base;
        this.rank = rank;
        scale = (float) (alpha / rank);
        long at = 0;
        long largest = 0;
        for (ParameterLayout.Part part : layout.parts()) {
            if (part.name().startsWith("layers.") && part.rows() > 1) {
                if (rank < 1 || rank > Math.min(part.rows(), part.columns())) {
                    throw new TrainingException("LoRA rank " + rank + ": must be from 1 to "
                            + Math.min(part.rows(), part.columns()) + ", the smaller side of " + part.name());
                }
                pairs.add(new Pair(part, at, at + (long) rank * part.columns()));
                at += (long) rank * (part.columns() + part.rows());
                largest = Math.max(largest, (long) rank * part.rows());
            }
        }
        size = at;
        weights =
                arena.allocate(layout.size() * Float.BYTES, 64).copyFrom(base.asSlice(0, layout.size() * Float.BYTES));
        weightGradients = arena.allocate(layout.size() * Float.BYTES, 64);
        parameters = arena.allocate(size * Float.BYTES, 64);
        gradients = arena.allocate(size * Float.BYTES, 64);
        scaled = arena.allocate(largest * Float.BYTES, 64);
        SplitMix random = SplitMix.of(seed, 0x10A);
        for (Pair pair : pairs) {
            double deviation = 1 / StrictMath.sqrt(pair.part().columns());
            for (long i = pair.down(); i < pair.up(); i++) {
                parameters.setAtIndex(JAVA_FLOAT, i, (float) (random.nextGaussian() * deviation));
            }
        }
    }

    /** The adapted matrices. */
    public List<Pair> pairs() {
        return List.copyOf(pairs);
    }

    public int rank() {
        return rank;
    }

    private static MemorySegment at(MemorySegment vector, long offset) {
        return vector.asSlice(offset * Float.BYTES);
    }

    /** {@code scaled = scale · up}. */
    private MemorySegment scaledUp(Pair pair) {
        for (long i = 0; i < (long) rank * pair.part().rows(); i++) {
            scaled.setAtIndex(JAVA_FLOAT, i, scale * parameters.getAtIndex(JAVA_FLOAT, pair.up() + i));
        }
        return scaled;
    }

    private Product product(ParameterLayout.Part part) {
        return new Product(part.rows(), part.columns(), rank);
    }

    @Override
    public void refresh(TrainingKernels kernels) {
        for (Pair pair : pairs) {
            ParameterLayout.Part part = pair.part();
            MemorySegment target = at(weights, part.offset()).asSlice(0, part.size() * Float.BYTES);
            target.copyFrom(at(base, part.offset()).asSlice(0, part.size() * Float.BYTES));
            kernels.linearInput(product(part), scaledUp(pair), at(parameters, pair.down()), target, true);
        }
    }

    @Override
    public void pullBack(TrainingKernels kernels) {
        for (Pair pair : pairs) {
            ParameterLayout.Part part = pair.part();
            MemorySegment slope = at(weightGradients, part.offset());
            kernels.linearWeight(product(part), scaledUp(pair), slope, at(gradients, pair.down()), false);
            MemorySegment up = at(gradients, pair.up());
            kernels.linear(product(part), slope, at(parameters, pair.down()), up, false);
            for (long i = 0; i < (long) rank * part.rows(); i++) {
                up.setAtIndex(JAVA_FLOAT, i, scale * up.getAtIndex(JAVA_FLOAT, i));
            }
        }
    }

    @Override
    public MemorySegment weights() {
        return weights;
    }

    @Override
    public MemorySegment weightGradients() {
        return weightGradients;
    }

    @Override
    public MemorySegment parameters() {
        return parameters;
    }

    @Override
    public MemorySegment gradients() {
        return gradients;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public List<Group> groups() {
        return List.of(new Group(0, size, true));
    }
}
