package dev.altiplano.evaluation.statistic;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Matthews' correlation coefficient of true and predicted classes, for any number of classes (Gorodkin 2004). */
final class Matthews {

    private Matthews() {}

    static double of(List<Measurement> items) {
        Map<Double, double[]> counts = new HashMap<>();
        double right = 0;
        for (Measurement item : items) {
            right += item.value() == item.weight() ? 1 : 0;
            counts.computeIfAbsent(item.value(), key -> new double[2])[0]++;
            counts.computeIfAbsent(item.weight(), key -> new double[2])[1]++;
        }
        double n = items.size();
        double expected = 0;
        double trueSquares = 0;
        double predictedSquares = 0;
        for (double[] count : counts.values()) {
            expected += count[0] * count[1];
            trueSquares += count[0] * count[0];
            predictedSquares += count[1] * count[1];
        }
        double scale = Math.sqrt((n * n - predictedSquares) * (n * n - trueSquares));
        return scale == 0 ? 0 : (right * n - expected) / scale;
    }
}
