package dev.altiplano.evaluation.divergence;

import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Collects, token by token, how two models' logits differ. Belongs to one thread. */
final class TokenComparison {

    private final WorkerPool pool;
    private double[] divergences = new double[1024];
    private double[] changes = new double[1024];
    private double[] ratios = new double[1024];
    private double negativeLogprobs;
    private double referenceNegativeLogprobs;
    private int sameTop;
    private int count;

    /** @param pool compares rows, each by itself */
    TokenComparison(WorkerPool pool) {
        this.pool = pool;
    }

    /**
     * Adds tokens.
     *
     * @param reference float32 [rows, vocabulary]
     * @param model float32 [rows, vocabulary]
     * @param right of each row the token that comes next in the text
     */
    void add(MemorySegment reference, MemorySegment model, int vocabulary, int[] right) {
        ComparedRow[] compared = new ComparedRow[right.length];
        pool.run((worker, workers) -> {
            for (int row = worker; row < compared.length; row += workers) {
                compared[row] = ComparedRow.of(reference, model, row, vocabulary, right[row]);
            }
        });
        for (ComparedRow row : compared) {
            grow();
            divergences[count] = row.divergence();
            changes[count] = Math.exp(row.logprob()) - Math.exp(row.referenceLogprob());
            ratios[count] = row.referenceLogprob() - row.logprob();
            negativeLogprobs -= row.logprob();
            referenceNegativeLogprobs -= row.referenceLogprob();
            sameTop += row.sameTop() ? 1 : 0;
            count++;
        }
    }

    private void grow() {
        if (count == divergences.length) {
            divergences = Arrays.copyOf(divergences, 2 * count);
            changes = Arrays.copyOf(changes, 2 * count);
            ratios = Arrays.copyOf(ratios, 2 * count);
        }
    }

    Divergence result() {
        double[] change = Arrays.copyOf(changes, count);
        double[] ratio = Arrays.copyOf(ratios, count);
        double squares = 0;
        for (double value : change) {
            squares += value * value;
        }
        double share = (double) sameTop / count;
        double logRatio = Divergence.mean(ratio);
        return new Divergence(
                Divergence.Distribution.of(Arrays.copyOf(divergences, count)),
                Divergence.Distribution.of(change),
                Math.sqrt(squares / count),
                share,
                count < 2 ? Double.NaN : Math.sqrt(share * (1 - share) / (count - 1)),
                Math.exp(negativeLogprobs / count),
                Math.exp(referenceNegativeLogprobs / count),
                logRatio,
                Divergence.error(ratio, logRatio),
                count);
    }
}
