package dev.altiplano.evaluation.statistic;

import java.util.ArrayList;
import java.util.List;

/**
 * How often answers were right that a model was so sure of, in ten ranges of equal width from 0 to 1 (Guo et al. 2017, "On
 * Calibration of Modern Neural Networks").
 *
 * @param bins one for each range, or none where nothing was answered
 */
public record Calibration(List<Bin> bins) {

    /** Nothing was answered by a choice. */
    public static final Calibration NONE = new Calibration(List.of());

    private static final int RANGES = 10;

    /**
     * An answer.
     *
     * @param confidence the probability that the model gave it, from 0 to 1
     */
    public record Answer(double confidence, boolean right) {}

    /**
     * The answers of one range.
     *
     * @param confidence their mean; NaN where there are none
     * @param accuracy the share of right ones; NaN where there are none
     */
    public record Bin(int count, double confidence, double accuracy) {}

    public Calibration {
        bins = List.copyOf(bins);
    }

    /** Sorts answers into their ranges. */
    public static Calibration of(List<Answer> answers) {
        if (answers.isEmpty()) {
            return NONE;
        }
        int[] counts = new int[RANGES];
        int[] right = new int[RANGES];
        Sum[] confidences = sums();
        for (Answer answer : answers) {
            int range = Math.clamp((int) (answer.confidence() * RANGES), 0, RANGES - 1);
            counts[range]++;
            right[range] += answer.right() ? 1 : 0;
            confidences[range].add(answer.confidence());
        }
        List<Bin> bins = new ArrayList<>();
        for (int range = 0; range < RANGES; range++) {
            bins.add(new Bin(
                    counts[range], confidences[range].value() / counts[range], (double) right[range] / counts[range]));
        }
        return new Calibration(bins);
    }

    /** The answers of several tasks together. */
    public static Calibration joined(List<Calibration> parts) {
        int[] counts = new int[RANGES];
        Sum[] confidences = sums();
        Sum[] right = sums();
        for (Calibration part : parts) {
            for (int range = 0; range < part.bins.size(); range++) {
                Bin bin = part.bins.get(range);
                if (bin.count > 0) {
                    counts[range] += bin.count;
                    confidences[range].add(bin.confidence * bin.count);
                    right[range].add(bin.accuracy * bin.count);
                }
            }
        }
        List<Bin> bins = new ArrayList<>();
        for (int range = 0; range < RANGES; range++) {
            bins.add(new Bin(
                    counts[range], confidences[range].value() / counts[range], right[range].value() / counts[range]));
        }
        Calibration all = new Calibration(bins);
        return all.answers() == 0 ? NONE : all;
    }

    private static Sum[] sums() {
        Sum[] sums = new Sum[RANGES];
        for (int i = 0; i < RANGES; i++) {
            sums[i] = new Sum();
        }
        return sums;
    }

    /** How many answers there are. */
    public int answers() {
        return bins.stream().mapToInt(Bin::count).sum();
    }

    /** The mean distance of confidence and accuracy, over answers (expected calibration error); NaN where there are none. */
    public double expectedError() {
        Sum error = new Sum();
        for (Bin bin : bins) {
            if (bin.count > 0) {
                error.add(bin.count * Math.abs(bin.confidence - bin.accuracy));
            }
        }
        return error.value() / answers();
    }
}
