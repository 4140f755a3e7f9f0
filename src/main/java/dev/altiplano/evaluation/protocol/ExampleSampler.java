package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.statistic.PythonRandom;
import dev.altiplano.evaluation.task.Document;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws the solved examples of a task, one document after the other, with one generator for the whole task. Where examples
 * come from the documents that are asked, one more is drawn and the document itself is taken out.
 */
final class ExampleSampler {

    /** The harness' seed. */
    static final long SEED = 1234;

    private final TaskDefinition task;
    private final List<Document> pool;
    private final boolean excludesAsked;
    private final PythonRandom random;

    /**
     * @param pool where examples are drawn from
     * @param excludesAsked whether the asked document is taken out
     */
    ExampleSampler(TaskDefinition task, List<Document> pool, boolean excludesAsked, long seed) {
        this.task = task;
        this.pool = pool;
        this.excludesAsked = excludesAsked;
        this.random = new PythonRandom(seed);
    }

    List<Document> examples(Document asked) {
        int count = task.fewShot().count();
        if (count == 0) {
            return List.of();
        }
        List<Document> drawn = task.fewShot().firstOnes() ? pool : drawn(count);
        List<Document> examples = new ArrayList<>();
        for (Document document : drawn) {
            if (examples.size() < count && !(excludesAsked && document.values().equals(asked.values()))) {
                examples.add(document);
            }
        }
        if (examples.size() < count) {
            throw tooFew(count);
        }
        return examples;
    }

    private List<Document> drawn(int count) {
        int wanted = excludesAsked ? count + 1 : count;
        if (wanted > pool.size()) {
            throw tooFew(wanted);
        }
        List<Document> drawn = new ArrayList<>();
        for (int place : random.sample(pool.size(), wanted)) {
            drawn.add(pool.get(place));
        }
        return drawn;
    }

    private EvaluationException tooFew(int wanted) {
        return new EvaluationException("task " + task.name() + ": num_fewshot = "
                + task.fewShot().count() + " needs " + wanted + " documents to draw from, and there are "
                + pool.size() + (excludesAsked ? ", the asked one among them" : ""));
    }
}
