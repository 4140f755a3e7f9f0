package dev.altiplano.evaluation.report;

import dev.altiplano.evaluation.run.EvaluationResult;
import java.util.Map;

/**
 * A run with what it took.
 *
 * @param facts how it was run, by name
 */
public record RunReport(EvaluationResult result, EnergyUse energy, Map<String, String> facts) {}
