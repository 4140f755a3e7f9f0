package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.task.GenerationSettings;

/** What a model is asked. */
public sealed interface ModelRequest {

    /** How likely {@code continuation} is behind {@code context}. */
    record Continuation(String context, String continuation) implements ModelRequest {}

    /** How likely a whole text is, in windows of the model's length. */
    record WholeText(String text) implements ModelRequest {}

    /**
     * What the model writes behind {@code context}.
     *
     * @param repeat which time it is asked, from 0
     */
    record Generation(String context, GenerationSettings settings, int repeat) implements ModelRequest {}
}
