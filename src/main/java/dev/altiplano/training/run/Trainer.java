package dev.altiplano.training.run;

import dev.altiplano.training.TrainingException;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.kernel.TrainingKernels.AdamStep;
import dev.altiplano.training.model.Batch;
import dev.altiplano.training.model.Network;
import dev.altiplano.training.model.ParameterLayout;
import dev.altiplano.training.model.Trainable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The steps of a run: gradients of some batches, clipping, AdamW. The result depends on the recipe, the data and the weights
 * alone, not on the number of threads or on interruptions. Belongs to one thread.
 */
public final class Trainer implements AutoCloseable {

    private static final float EPSILON = 1e-8f;

    private final Recipe recipe;
    private final Trainable trainable;
    private final TrainingData data;
    private final TrainingKernels kernels;
    private final Network network;
    private final Arena arena;
    private final Batch[] batches;
    private final MemorySegment mean;
    private final MemorySegment square;
    private int step;

    /** A run before its first step. */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    public Trainer(
            Recipe recipe, ParameterLayout layout, Trainable trainable, TrainingData data, TrainingKernels kernels) {
        this.recipe = recipe;
        this.trainable = trainable;
        this.data = data;
        this.kernels = kernels;
        network = new Network(layout, kernels, recipe.microSequences() * recipe.context());
        arena = Arena.ofShared();
        batches = new Batch[recipe.sequences() / recipe.microSequences()];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = new Batch(recipe.microSequences(), recipe.context(), arena);
        }
        mean = arena.allocate(trainable.size() * Float.BYTES, 64);
        square = arena.allocate(trainable.size() * Float.BYTES, 64);
        trainable.refresh(kernels);
    }

    /** How many steps have been made. */
    public int step() {
        return step;
    }

    /** Whether all steps have been made. */
    public boolean done() {
        return step >= recipe.steps();
    }

    Trainable trainable() {
        return trainable;
    }

    TrainingData data() {
        return data;
    }

    MemorySegment mean() {
        return mean;
    }

    MemorySegment square() {
        return square;
    }

    void resume(int at) {
        step = at;
        trainable.refresh(kernels);
    }

    /** Makes the next step. Throws, leaving the parameters as they were, where the loss or the gradient is no number. */
    public StepReport next() {
        long start = System.nanoTime();
        int number = step + 1;
        double targets = 0;
        for (Batch batch : batches) {
            batch.clear();
            data.fill(batch);
            targets += batch.totalWeight();
        }
        trainable.begin();
        double loss = 0;
        for (Batch batch : batches) {
            loss += network.learn(
                    batch, trainable.weights(), trainable.weightGradients(), (float) (1 / Math.max(1, targets)));
        }
        loss /= Math.max(1, targets);
        trainable.pullBack(kernels);
        double norm = Math.sqrt(kernels.sumOfSquares(trainable.gradients(), trainable.size()));
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new TrainingException("the loss is " + loss + " and the norm of the gradient " + norm + " at step "
                    + number + ": a smaller learning rate or a longer warm-up may help");
        }
        float clip = (float) (norm > recipe.clip() ? recipe.clip() / norm : 1);
        double rate = recipe.rateOf(number);
        AdamStep adam = new AdamStep(
                (float) rate,
                (float) recipe.beta1(),
                (float) recipe.beta2(),
                EPSILON,
                (float) recipe.decay(),
                clip,
                number);
        trainable.step(kernels, mean, square, adam);
        trainable.refresh(kernels);
        step = number;
        double seconds = (System.nanoTime() - start) / 1e9;
        return new StepReport(number, recipe.steps(), loss, rate, norm, (long) targets, seconds);
    }

    @Override
    public void close() {
        network.close();
        arena.close();
    }
}
