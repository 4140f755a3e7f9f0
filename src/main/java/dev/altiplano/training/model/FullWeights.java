package dev.altiplano.training.model;

import dev.altiplano.training.kernel.TrainingKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** All weights are learned. */
public final class FullWeights implements Trainable {

    private final MemorySegment weights;
    private final MemorySegment gradients;
    private final long size;
    private final List<Group> groups;

    public FullWeights(ParameterLayout layout, MemorySegment weights, Arena arena) {
        this.weights = weights;
        size = layout.size();
        gradients = arena.allocate(size * Float.BYTES, 64);
        ArrayList<Group> ranges = new ArrayList<>();
        for (ParameterLayout.Part part : layout.parts()) {
            Group last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && last.decays() == part.decays()) {
                ranges.set(ranges.size() - 1, new Group(last.offset(), last.size() + part.size(), last.decays()));
            } else {
                ranges.add(new Group(part.offset(), part.size(), part.decays()));
            }
        }
        groups = List.copyOf(ranges);
    }

    @Override
    public MemorySegment weights() {
        return weights;
    }

    @Override
    public MemorySegment weightGradients() {
        return gradients;
    }

    @Override
    public MemorySegment parameters() {
        return weights;
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
        return groups;
    }

    @Override
    public void refresh(TrainingKernels kernels) {}

    @Override
    public void pullBack(TrainingKernels kernels) {}
}
