package dev.altiplano.evaluation.run;

import java.util.List;

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
}
