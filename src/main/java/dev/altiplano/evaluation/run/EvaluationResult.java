package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.task.Metric;
import java.util.List;
import java.util.Optional;

/**
 * What came out of a run.
 *
 * @param tokens tokens that were computed, without those that a journal knew
 * @param seconds from the first request to the last answer
 */
public record EvaluationResult(String model, List<TaskResult> results, long tokens, double seconds) {

    public EvaluationResult {
        results = List.copyOf(results);
    }

    /**
     * Right answers over all tasks, of each by its accuracy or else by its exact matches; 0 where there are neither.
     */
    public long rightAnswers() {
        double right = 0;
        for (TaskResult task : results) {
            right += metric(task, Metric.ACC)
                    .or(() -> metric(task, Metric.EXACT_MATCH))
                    .map(metric -> metric.documents().stream()
                            .mapToDouble(value -> value)
                            .sum())
                    .orElse(0.0);
        }
        return Math.round(right);
    }

    private static Optional<MetricResult> metric(TaskResult task, Metric wanted) {
        return task.metrics().stream()
                .filter(metric -> metric.metric().equals(wanted.label()))
                .findFirst();
    }
}
