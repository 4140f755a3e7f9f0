package dev.altiplano.training.run;

/**
 * What is told of one step.
 *
 * @param loss mean over the targets, in nats
 * @param gradientNorm before clipping
 * @param tokens targets of this step
 * @param seconds that the step took
 */
public record StepReport(
        int step, int steps, double loss, double rate, double gradientNorm, long tokens, double seconds) {

    /** Speed of this step. */
    public double tokensPerSecond() {
        return tokens / seconds;
    }
}
