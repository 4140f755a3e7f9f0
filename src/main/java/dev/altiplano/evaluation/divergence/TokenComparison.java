package dev.altiplano.evaluation.divergence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Collects, token by token, how two models' logits differ. Belongs to one thread. */
final class TokenComparison {

    private double[] divergences = new double[1024];
    private double[] changes = new double[1024];
    private double[] ratios = new double[1024];
    private double negativeLogprobs;
    private double referenceNegativeLogprobs;
    private int sameTop;
    private int count;

    /**
     * Adds a token.
     *
     * @param reference float32 [rows, vocabulary]
     * @param model float32 [rows, vocabulary]
     * @param row which row of both
     * @param right the token that comes next in the text
     */
    void add(MemorySegment reference, MemorySegment model, long row, int vocabulary, int right) {
        long offset = row * vocabulary;
        int top = 0;
        int referenceTop = 0;
        for (int id = 1; id < vocabulary; id++) {
            top = at(model, offset + id) > at(model, offset + top) ? id : top;
            referenceTop = at(reference, offset + id) > at(reference, offset + referenceTop) ? id : referenceTop;
        }
        double normalizer = logSum(model, offset, vocabulary, at(model, offset + top));
        double referenceNormalizer = logSum(reference, offset, vocabulary, at(reference, offset + referenceTop));
        double divergence = 0;
        for (int id = 0; id < vocabulary; id++) {
            double referenceLog = at(reference, offset + id) - referenceNormalizer;
            divergence += Math.exp(referenceLog) * (referenceLog - (at(model, offset + id) - normalizer));
        }
        double log = at(model, offset + right) - normalizer;
        double referenceLog = at(reference, offset + right) - referenceNormalizer;
        grow();
        divergences[count] = Math.max(0, divergence);
        changes[count] = Math.exp(log) - Math.exp(referenceLog);
        ratios[count] = referenceLog - log;
        negativeLogprobs -= log;
        referenceNegativeLogprobs -= referenceLog;
        sameTop += top == referenceTop ? 1 : 0;
        count++;
    }

    private void grow() {
        if (count == divergences.length) {
            divergences = Arrays.copyOf(divergences, 2 * count);
            changes = Arrays.copyOf(changes, 2 * count);
            ratios = Arrays.copyOf(ratios, 2 * count);
        }
    }

    private static double at(MemorySegment logits, long index) {
        return logits.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    private static double logSum(MemorySegment logits, long offset, int vocabulary, double largest) {
        double sum = 0;
        for (int id = 0; id < vocabulary; id++) {
            sum += Math.exp(at(logits, offset + id) - largest);
        }
        return largest + Math.log(sum);
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
