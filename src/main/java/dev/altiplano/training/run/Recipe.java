package dev.altiplano.training.run;

import dev.altiplano.training.TrainingException;

/**
 * How weights are learned.
 *
 * @param steps how many steps the run has
 * @param sequences sequences of each step
 * @param microSequences sequences that are computed together; divides {@code sequences}
 * @param context rows of a sequence
 * @param rate largest learning rate
 * @param warmupSteps steps over which the rate rises from 0
 * @param finalRate the rate at the end as a part of the largest
 * @param decay weight decay
 * @param clip largest norm of the gradient
 * @param seed of initial weights and data
 */
public record Recipe(
        int steps,
        int sequences,
        int microSequences,
        int context,
        double rate,
        int warmupSteps,
        double finalRate,
        double beta1,
        double beta2,
        double decay,
        double clip,
        long seed) {

    public Recipe {
        if (steps < 1 || sequences < 1 || microSequences < 1 || sequences % microSequences != 0) {
            throw new TrainingException(steps + " steps of " + sequences + " sequences, " + microSequences
                    + " at a time: all at least 1, and the last must divide the second");
        }
        if (!(rate > 0) || !(clip > 0) || !(decay >= 0) || warmupSteps < 0 || !(finalRate >= 0 && finalRate <= 1)) {
            throw new TrainingException("rate " + rate + ", clip " + clip + ", decay " + decay + ", warm-up "
                    + warmupSteps + ", final rate " + finalRate + ": rate and clip above 0, final rate from 0 to 1");
        }
    }

    /** The learning rate of a step, from 1: linear warm-up, then half a cosine down to the final rate. */
    public double rateOf(int step) {
        if (step <= warmupSteps) {
            return rate * step / warmupSteps;
        }
        double progress = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
        return rate * (finalRate + (1 - finalRate) * 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(1, progress))));
    }
}
