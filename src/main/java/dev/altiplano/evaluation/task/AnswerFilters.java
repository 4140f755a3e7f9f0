package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.EvaluationException;
import java.util.List;

/**
 * Filters in their order, under the name with which results show them.
 *
 * @param name {@code none} where the task names no filters
 */
public record AnswerFilters(String name, List<AnswerFilter> steps) {

    /** The first text as it is. */
    public static final AnswerFilters NONE = new AnswerFilters("none", List.of(new AnswerFilter.TakeFirst()));

    public AnswerFilters {
        steps = List.copyOf(steps);
    }

    /** The answers from what the model wrote about a document: one behind {@code take_first}, or all that are left. */
    public List<String> answers(List<String> texts, Document document) {
        List<String> left = texts;
        try {
            for (AnswerFilter step : steps) {
                left = step.apply(left, document);
            }
        } catch (StackOverflowError e) {
            throw document.wrong(
                    "filter " + name, "a pattern nests too deeply on this answer: write it without nested *");
        }
        if (left.isEmpty()) {
            throw new EvaluationException("the filter " + name + " leaves no answer");
        }
        return left;
    }

    /** Whether one text is left, whatever comes in. */
    public boolean takesOne() {
        return steps.stream().anyMatch(AnswerFilter.TakeFirst.class::isInstance);
    }
}
