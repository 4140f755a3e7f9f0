package dev.altiplano.evaluation.protocol;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.protocol.ModelAnswer.Likelihood;
import dev.altiplano.evaluation.protocol.ModelAnswer.Written;
import dev.altiplano.evaluation.statistic.Measurement;
import dev.altiplano.evaluation.statistic.NumpySum;
import dev.altiplano.evaluation.task.AnswerFilters;
import dev.altiplano.evaluation.task.Metric;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.PythonSpace;
import dev.altiplano.evaluation.task.TaskDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The values of a task's metrics for one document, from the model's answers.
 *
 * @param toxicity scores a text from 0 to 1
 */
public record DocumentScores(TaskDefinition task, ToDoubleFunction<String> toxicity) {

    /** Without a scorer of toxicity. */
    public static DocumentScores of(TaskDefinition task) {
        return new DocumentScores(task, text -> {
            throw new EvaluationException(
                    "task " + task.name() + ": the metric toxicity needs a scorer: give a word list or a classifier");
        });
    }

    /** Each metric's measurement. */
    public Map<Metric, Measurement> of(AskedDocument asked, List<ModelAnswer> answers, AnswerFilters filters) {
        return switch (task.output()) {
            case MULTIPLE_CHOICE ->
                choice(asked, answers.stream().map(Likelihood.class::cast).toList());
            case LOGLIKELIHOOD -> continuation((Likelihood) answers.getFirst());
            case LOGLIKELIHOOD_ROLLING -> wholeText(asked, (Likelihood) answers.getFirst());
            case GENERATE_UNTIL ->
                written(
                        asked,
                        filters.answers(
                                answers.stream()
                                        .map(answer -> ((Written) answer).text())
                                        .toList(),
                                asked.document()));
        };
    }

    private Map<Metric, Measurement> continuation(Likelihood answer) {
        Map<Metric, Measurement> values = new EnumMap<>(Metric.class);
        for (MetricDefinition definition : task.metrics()) {
            values.put(
                    definition.metric(),
                    Measurement.of(
                            definition.metric() == Metric.PERPLEXITY ? answer.logprob() : answer.greedy() ? 1 : 0));
        }
        return values;
    }

    private Map<Metric, Measurement> wholeText(AskedDocument asked, Likelihood answer) {
        String text = ((ModelRequest.WholeText) asked.requests().getFirst()).text();
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        Map<Metric, Measurement> values = new EnumMap<>(Metric.class);
        for (MetricDefinition definition : task.metrics()) {
            double weight = definition.metric() == Metric.WORD_PERPLEXITY ? PythonSpace.parts(text) : bytes;
            values.put(definition.metric(), new Measurement(answer.logprob(), weight));
        }
        return values;
    }

    private Map<Metric, Measurement> written(AskedDocument asked, List<String> answers) {
        if (answers.size() > 1 && asked.severalRight()) {
            throw new EvaluationException("task " + task.name()
                    + ": a filter leaves several answers, of which each would be compared with one of several targets: "
                    + "end it with take_first");
        }
        Map<Metric, Measurement> values = new EnumMap<>(Metric.class);
        for (MetricDefinition definition : task.metrics()) {
            ToDoubleFunction<String> value = definition.metric() == Metric.TOXICITY
                    ? toxicity
                    : answer -> asked.targets().stream()
                                    .anyMatch(target -> definition.matching().same(answer, target))
                            ? 1
                            : 0;
            values.put(
                    definition.metric(),
                    Measurement.of(
                            NumpySum.of(answers.stream().mapToDouble(value).toArray()) / answers.size()));
        }
        return values;
    }

    private Map<Metric, Measurement> choice(AskedDocument asked, List<Likelihood> answers) {
        Map<Metric, Measurement> values = new EnumMap<>(Metric.class);
        for (MetricDefinition definition : task.metrics()) {
            values.put(definition.metric(), choice(definition.metric(), asked, answers));
        }
        return values;
    }

    private Measurement choice(Metric metric, AskedDocument asked, List<Likelihood> answers) {
        List<String> choices = asked.choices();
        List<Integer> right = asked.right();
        int unconditional = choices.size();
        int afterAnswer = unconditional + (task.metric(Metric.ACC_MUTUAL_INFO) == null ? 0 : choices.size());
        IntToDoubleFunction logprob = i -> answers.get(i).logprob();
        return switch (metric) {
            case ACC -> right(right, best(choices.size(), logprob));
            case ACC_NORM ->
                right(right, best(choices.size(), i -> logprob.applyAsDouble(i) / characters(choices.get(i))));
            case ACC_BYTES ->
                right(
                        right,
                        best(
                                choices.size(),
                                i -> logprob.applyAsDouble(i)
                                        / choices.get(i).getBytes(StandardCharsets.UTF_8).length));
            case ACC_NORM_TOKENS ->
                right(
                        right,
                        best(
                                choices.size(),
                                i -> logprob.applyAsDouble(i) / answers.get(i).tokens()));
            case ACC_MUTUAL_INFO ->
                right(
                        right,
                        best(choices.size(), i -> logprob.applyAsDouble(i) - logprob.applyAsDouble(unconditional + i)));
            case ACC_NORM_ANSWER ->
                right(
                        right,
                        best(choices.size(), i -> logprob.applyAsDouble(i) - logprob.applyAsDouble(afterAnswer + i)));
            case EXACT_MATCH ->
                Measurement.of(right.stream().anyMatch(i -> answers.get(i).greedy()) ? 1 : 0);
            case F1, MCC -> new Measurement(only(metric, asked), best(choices.size(), logprob));
            case BRIER_SCORE -> squaredError(only(metric, asked), choices.size(), logprob);
            case TOXICITY, PERPLEXITY, WORD_PERPLEXITY, BYTE_PERPLEXITY, BITS_PER_BYTE ->
                throw new IllegalStateException(metric + " is none of a choice");
        };
    }

    private int only(Metric metric, AskedDocument asked) {
        if (asked.severalRight()) {
            throw new EvaluationException("task " + task.name() + ": " + metric.label()
                    + " needs one right choice for each document, and doc_to_target gives a list");
        }
        return asked.right().getFirst();
    }

    private static Measurement squaredError(int right, int count, IntToDoubleFunction logprob) {
        double best = IntStream.range(0, count).mapToDouble(logprob).max().orElse(0);
        double[] parts = IntStream.range(0, count)
                .mapToDouble(i -> Math.exp(logprob.applyAsDouble(i) - best))
                .toArray();
        double all = NumpySum.of(parts);
        for (int i = 0; i < count; i++) {
            double error = parts[i] / all - (i == right ? 1 : 0);
            parts[i] = error * error;
        }
        return Measurement.of(NumpySum.of(parts));
    }

    private static Measurement right(List<Integer> right, int chosen) {
        return Measurement.of(right.contains(chosen) ? 1 : 0);
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The first of the highest. */
    private static int best(int count, IntToDoubleFunction value) {
        List<Double> values = new ArrayList<>();
        int best = 0;
        for (int i = 0; i < count; i++) {
            values.add(value.applyAsDouble(i));
            best = values.get(i) > values.get(best) ? i : best;
        }
        return best;
    }
}
