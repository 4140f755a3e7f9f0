package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.protocol.ModelAnswer.Likelihood;
import dev.altiplano.evaluation.statistic.Calibration;
import dev.altiplano.evaluation.task.OutputType;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.util.List;
import java.util.Optional;

/** How sure a model is of the choice that it finds most likely: its part of the probability of all choices. */
public final class ChoiceConfidence {

    private ChoiceConfidence() {}

    /** The choice of one document; empty where the task has the model write or score a text. */
    public static Optional<Calibration.Answer> of(TaskDefinition task, AskedDocument asked, List<ModelAnswer> answers) {
        if (task.output() != OutputType.MULTIPLE_CHOICE) {
            return Optional.empty();
        }
        double[] logprobs = answers.stream()
                .limit(asked.choices().size())
                .mapToDouble(answer -> ((Likelihood) answer).logprob())
                .toArray();
        int best = 0;
        for (int i = 1; i < logprobs.length; i++) {
            best = logprobs[i] > logprobs[best] ? i : best;
        }
        double all = 0;
        for (double logprob : logprobs) {
            all += Math.exp(logprob - logprobs[best]);
        }
        return Optional.of(new Calibration.Answer(1 / all, asked.right().contains(best)));
    }
}
