package dev.altiplano.evaluation.task;

import java.util.List;

/**
 * How a task has the model write.
 *
 * @param until where the text ends; not part of it
 * @param temperature 0 is greedy
 * @param topP smallest set of tokens of at least this probability to draw from
 */
public record GenerationSettings(List<String> until, int maxTokens, double temperature, double topP, int topK) {

    /** Tokens where a task says nothing. */
    public static final int MAX_TOKENS = 256;

    public GenerationSettings {
        until = List.copyOf(until);
    }
}
