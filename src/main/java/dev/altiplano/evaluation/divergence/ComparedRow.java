package dev.altiplano.evaluation.divergence;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How two models' distributions of one token differ.
 *
 * @param divergence KL(reference ‖ model) in nats
 * @param logprob of the right token by the model
 * @param referenceLogprob of the right token by the reference
 * @param sameTop whether both find the same token most likely
 */
record ComparedRow(double divergence, double logprob, double referenceLogprob, boolean sameTop) {

    /**
     * Compares row {@code row} of both, in double precision and one order of summation.
     *
     * @param reference float32 [rows, vocabulary]
     * @param model float32 [rows, vocabulary]
     * @param right the token that comes next in the text
     */
    static ComparedRow of(MemorySegment reference, MemorySegment model, long row, int vocabulary, int right) {
        long offset = row * vocabulary;
        int top = top(model, offset, vocabulary);
        int referenceTop = top(reference, offset, vocabulary);
        double highest = at(model, offset + top);
        double referenceHighest = at(reference, offset + referenceTop);
        double sum = 0;
        double referenceSum = 0;
        double difference = 0;
        for (int id = 0; id < vocabulary; id++) {
            double own = at(model, offset + id) - highest;
            double expected = at(reference, offset + id) - referenceHighest;
            double weight = Math.exp(expected);
            sum += Math.exp(own);
            referenceSum += weight;
            difference += weight * (expected - own);
        }
        double normalizer = Math.log(sum);
        double referenceNormalizer = Math.log(referenceSum);
        return new ComparedRow(
                Math.max(0, difference / referenceSum + normalizer - referenceNormalizer),
                at(model, offset + right) - highest - normalizer,
                at(reference, offset + right) - referenceHighest - referenceNormalizer,
                top == referenceTop);
    }

    private static int top(MemorySegment logits, long offset, int vocabulary) {
        int top = 0;
        for (int id = 1; id < vocabulary; id++) {
            top = at(logits, offset + id) > at(logits, offset + top) ? id : top;
        }
        return top;
    }

    private static float at(MemorySegment logits, long index) {
        return logits.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }
}
