package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.protocol.AskedDocument;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document with what the model answered, as one filter of its task has it.
 *
 * @param filter its name
 * @param filtered what the filter made of the texts; null where the model wrote none
 * @param scores what the document gave to each metric, by name
 */
public record Sample(
        String task,
        String filter,
        AskedDocument asked,
        List<ModelAnswer> answers,
        @Nullable String filtered,
        Map<String, Double> scores) {

    public Sample {
        answers = List.copyOf(answers);
        scores = new LinkedHashMap<>(scores);
    }
}
