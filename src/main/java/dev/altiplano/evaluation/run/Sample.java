package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.protocol.AskedDocument;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A document with what the model answered, as one filter of its task has it.
 *
 * @param filter its name
 * @param filtered what the filter made of the texts; none where the model wrote none
 * @param scores what the document gave to each metric, by name
 */
public record Sample(
        String task,
        String filter,
        AskedDocument asked,
        List<ModelAnswer> answers,
        List<String> filtered,
        Map<String, Double> scores) {

    public Sample {
        answers = List.copyOf(answers);
        filtered = List.copyOf(filtered);
        scores = new LinkedHashMap<>(scores);
    }
}
