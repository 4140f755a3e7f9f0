package dev.altiplano.training.model;

import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.kernel.TrainingKernels.AdamState;
import dev.altiplano.training.kernel.TrainingKernels.AdamStep;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What the optimizer changes: all weights, or an adapter beside frozen ones. Belongs to the trainer's thread. */
public sealed interface Trainable permits FullWeights, LoraAdapter {

    /**
     * A range of the parameters.
     *
     * @param decays whether weight decay applies
     */
    record Group(long offset, long size, boolean decays) {}

    /** The weights that the network computes with, as they follow from the parameters now. */
    MemorySegment weights();

    /** Where the network's gradient is added; zeroed by {@link #begin()}. */
    MemorySegment weightGradients();

    /** The numbers that are learned, F32 [{@link #size()}]. */
    MemorySegment parameters();

    /** The gradient of the parameters, after {@link #pullBack}. */
    MemorySegment gradients();

    /** How many numbers are learned. */
    long size();

    /** Ranges of the parameters that share their weight decay. */
    List<Group> groups();

    /** Brings the weights up to date with the parameters. */
    void refresh(TrainingKernels kernels);

    /** Zeroes the gradients. */
    default void begin() {
        weightGradients().fill((byte) 0);
    }

    /** Turns the gradient of the weights into the gradient of the parameters. */
    void pullBack(TrainingKernels kernels);

    /** One step of the optimizer on all parameters. */
    default void step(TrainingKernels kernels, MemorySegment mean, MemorySegment square, AdamStep step) {
        AdamStep plain =
                new AdamStep(step.rate(), step.beta1(), step.beta2(), step.epsilon(), 0, step.clip(), step.step());
        for (Group group : groups()) {
            long at = group.offset() * Float.BYTES;
            long bytes = group.size() * Float.BYTES;
            AdamState state = new AdamState(
                    parameters().asSlice(at, bytes),
                    gradients().asSlice(at, bytes),
                    mean.asSlice(at, bytes),
                    square.asSlice(at, bytes),
                    group.size());
            kernels.adamW(state, group.decays() ? step : plain);
        }
    }
}
