package dev.altiplano.evaluation.run;

import java.util.List;

/**
 * What came out of a task, or of a group of tasks.
 *
 * @param documents how many were asked
 * @param available how many there are
 * @param examples solved examples in front of each; -1 for groups
 * @param truncated requests whose context was cut to the model's length
 */
public record TaskResult(
        String name,
        String version,
        boolean group,
        int examples,
        int documents,
        int available,
        int truncated,
        List<MetricResult> metrics) {

    public TaskResult {
        metrics = List.copyOf(metrics);
    }
}
