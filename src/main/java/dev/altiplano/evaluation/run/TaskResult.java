package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.statistic.Calibration;
import java.util.List;

/**
 * What came out of a task, or of a group of tasks.
 *
 * @param documents how many were asked
 * @param available how many there are
 * @param examples solved examples in front of each; -1 for groups
 * @param hash of the documents that were asked; empty for groups
 * @param truncated requests whose context was cut to the model's length
 * @param seconds its part of the run's time, by the time that its requests took: they run beside those of other tasks
 * @param calibration of its choices; {@link Calibration#NONE} where there are none
 */
public record TaskResult(
        String name,
        String version,
        boolean group,
        int examples,
        int documents,
        int available,
        String hash,
        int truncated,
        double seconds,
        Calibration calibration,
        List<MetricResult> metrics) {

    public TaskResult {
        metrics = List.copyOf(metrics);
    }
}
