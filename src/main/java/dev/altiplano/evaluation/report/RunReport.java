package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.run.EvaluationResult;
import java.util.Map;

/**
 * A run with what it took.
 *
 * @param facts how it was run, by name
 */
public record RunReport(EvaluationResult result, EnergyUse energy, Map<String, String> facts) {

    /** The energy for people, also of each token and each right answer. */
    String energyText() {
        return energy.text(result.tokens(), result.rightAnswers());
    }
}
