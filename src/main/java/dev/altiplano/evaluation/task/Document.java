package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One document of a data set.
 *
 * @param task whose document it is, for errors
 * @param number its place in the split, from 0
 * @param values by column: text, numbers, booleans, null (as JSON has it), lists and mappings of these
 */
public record Document(String task, String split, int number, Map<String, Object> values) {

    public Document {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    EvaluationException wrong(String place, String what) {
        return new EvaluationException(
                "task " + task + ", document " + number + " of " + split + ": " + place + ": " + what);
    }
}
