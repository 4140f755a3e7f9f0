package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.task.Document;
import java.util.List;

/**
 * A document with what the model is asked about it.
 *
 * @param choices what to choose from; empty where there is no choice
 * @param right places of the right ones among the choices
 * @param severalRight whether any of several is right, by the task and not by the number
 * @param targets expected texts
 * @param requests in the harness' order: the choices, then the choices after other contexts; or the repeated answers
 */
public record AskedDocument(
        Document document,
        List<String> choices,
        List<Integer> right,
        boolean severalRight,
        List<String> targets,
        List<ModelRequest> requests) {

    public AskedDocument {
        choices = List.copyOf(choices);
        right = List.copyOf(right);
        targets = List.copyOf(targets);
        requests = List.copyOf(requests);
    }
}
