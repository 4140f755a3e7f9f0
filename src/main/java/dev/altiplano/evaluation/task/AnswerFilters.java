package dev.altiplano.evaluation.task;

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

    /** The answer from what the model wrote. */
    public String answer(List<String> texts) {
        List<String> left = texts;
        for (AnswerFilter step : steps) {
            left = step.apply(left);
        }
        return left.getFirst();
    }
}
