package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.EvaluationException;
import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.protocol.AskedDocument;
import dev.altiplano.evaluation.protocol.ChoiceConfidence;
import dev.altiplano.evaluation.protocol.DocumentScores;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.protocol.TaskPrompts;
import dev.altiplano.evaluation.statistic.Aggregation;
import dev.altiplano.evaluation.statistic.Calibration;
import dev.altiplano.evaluation.statistic.Measurement;
import dev.altiplano.evaluation.statistic.StandardError;
import dev.altiplano.evaluation.task.AnswerFilters;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.task.GroupDefinition;
import dev.altiplano.evaluation.task.Metric;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.OutputType;
import dev.altiplano.evaluation.task.TaskDefinition;
import dev.altiplano.evaluation.taskfile.TaskLibrary.Selection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A run of tasks on a model.
 *
 * @param limit maximum of documents of each task; below 1, the part of them that is asked
 * @param resamples of the bootstrap, for metrics that need it
 * @param seed of the draw of examples
 * @param toxicity scores texts; null where no task asks for it
 * @param samples takes what was asked and answered
 */
public record Evaluation(
        LanguageModel model,
        RequestEncoder encoder,
        DocumentFiles files,
        Journal journal,
        double limit,
        int resamples,
        long seed,
        @Nullable ToDoubleFunction<String> toxicity,
        SampleSink samples) {

    /** All documents, with the harness' numbers. */
    public static Evaluation of(LanguageModel model, RequestEncoder encoder, DocumentFiles files, Journal journal) {
        return new Evaluation(
                model,
                encoder,
                files,
                journal,
                Integer.MAX_VALUE,
                StandardError.RESAMPLES,
                1234,
                null,
                SampleSink.NONE);
    }

    private record Prepared(TaskDefinition task, int available, List<AskedDocument> asked, List<Question> questions) {

        /** Of each document. */
        List<List<ModelAnswer>> answers() {
            List<List<ModelAnswer>> answers = new ArrayList<>();
            int next = 0;
            for (AskedDocument document : asked) {
                int end = next + document.requests().size();
                answers.add(questions.subList(next, end).stream()
                        .map(Question::answer)
                        .toList());
                next = end;
            }
            return answers;
        }
    }

    /** Asks everything and reckons the results: of tasks in their order, then of groups. */
    public EvaluationResult run(Selection selection, EvaluationProgress progress) throws InterruptedException {
        List<Prepared> all = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        for (TaskDefinition task : selection.tasks()) {
            Prepared prepared = prepared(task);
            all.add(prepared);
            questions.addAll(prepared.questions());
        }
        long start = System.nanoTime();
        Interviewer interviewer = new Interviewer(model, encoder, journal, progress);
        interviewer.ask(questions);
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, TaskResult> results = new LinkedHashMap<>();
        double secondsOfANano = seconds
                / Math.max(1, questions.stream().mapToLong(Question::nanos).sum());
        all.forEach(prepared -> results.put(prepared.task().name(), result(prepared, secondsOfANano)));
        Map<String, GroupDefinition> groups = new LinkedHashMap<>();
        selection.groups().forEach(group -> groups.put(group.name(), group));
        List<TaskResult> list = new ArrayList<>(results.values());
        selection.groups().forEach(group -> list.add(new GroupResults(results, groups).of(group)));
        return new EvaluationResult(model.name(), list, interviewer.tokens(), seconds);
    }

    private Prepared prepared(TaskDefinition task) {
        TaskPrompts prompts = new TaskPrompts(task, files, seed);
        List<AskedDocument> asked = prompts.asked(limited(prompts.size()));
        List<Question> questions = new ArrayList<>();
        for (AskedDocument document : asked) {
            document.requests().forEach(request -> questions.add(new Question(request)));
        }
        return new Prepared(task, prompts.size(), asked, questions);
    }

    /** As many as the harness asks: a part of them is rounded up. */
    private int limited(int documents) {
        return (int) (limit < 1 ? Math.ceil(documents * limit) : Math.min(documents, limit));
    }

    /**
     * @param secondsOfANano what of the run's time a nanosecond of a request stands for
     */
    private TaskResult result(Prepared prepared, double secondsOfANano) {
        TaskDefinition task = prepared.task();
        DocumentScores scores = toxicity == null ? DocumentScores.of(task) : new DocumentScores(task, toxicity);
        List<List<ModelAnswer>> answers = prepared.answers();
        List<MetricResult> metrics = new ArrayList<>();
        for (AnswerFilters filters : task.filters()) {
            List<Map<Metric, Measurement>> values = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                Map<Metric, Measurement> document = scores.of(prepared.asked().get(i), answers.get(i), filters);
                values.add(document);
                samples.take(sample(task, filters, prepared.asked().get(i), answers.get(i), document));
            }
            for (MetricDefinition metric : task.metrics()) {
                metrics.add(metric(metric, filters, values, prepared.asked().getFirst()));
            }
        }
        int truncated = (int) prepared.questions().stream()
                .filter(question -> truncated(question.answer()) > 0)
                .count();
        return new TaskResult(
                task.name(),
                task.version(),
                false,
                task.fewShot().count(),
                prepared.asked().size(),
                prepared.available(),
                RequestKey.documents(
                        prepared.asked().stream().map(AskedDocument::document).toList()),
                truncated,
                secondsOfANano
                        * prepared.questions().stream()
                                .mapToLong(Question::nanos)
                                .sum(),
                calibration(prepared),
                metrics);
    }

    private static Sample sample(
            TaskDefinition task,
            AnswerFilters filters,
            AskedDocument asked,
            List<ModelAnswer> answers,
            Map<Metric, Measurement> document) {
        Map<String, Double> scores = new LinkedHashMap<>();
        document.forEach((metric, measurement) -> scores.put(metric.label(), measurement.value()));
        List<String> filtered = task.output() == OutputType.GENERATE_UNTIL
                ? filters.answers(
                        answers.stream()
                                .map(answer -> ((ModelAnswer.Written) answer).text())
                                .toList(),
                        asked.document())
                : List.of();
        return new Sample(task.name(), filters.name(), asked, answers, filtered, scores);
    }

    private static Calibration calibration(Prepared prepared) {
        List<List<ModelAnswer>> answers = prepared.answers();
        List<Calibration.Answer> choices = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            ChoiceConfidence.of(prepared.task(), prepared.asked().get(i), answers.get(i))
                    .ifPresent(choices::add);
        }
        return Calibration.of(choices);
    }

    private static int truncated(ModelAnswer answer) {
        return switch (answer) {
            case ModelAnswer.Likelihood likelihood -> likelihood.truncated();
            case ModelAnswer.Written written -> written.truncated();
        };
    }

    private MetricResult metric(
            MetricDefinition definition,
            AnswerFilters filters,
            List<Map<Metric, Measurement>> values,
            AskedDocument first) {
        List<Measurement> items = new ArrayList<>();
        for (Map<Metric, Measurement> document : values) {
            Measurement item = document.get(definition.metric());
            if (item != null) {
                items.add(item);
            }
        }
        // The harness has the match of a written answer with its only target from NumPy.
        boolean numpy =
                definition.metric() == Metric.EXACT_MATCH && first.choices().isEmpty() && !first.severalRight();
        Aggregation aggregation = definition.aggregation();
        if (aggregation == Aggregation.F1 && Aggregation.hasNoF1(items)) {
            throw new EvaluationException("task " + first.document().task() + ": "
                    + definition.metric().label()
                    + ": f1 is of two classes, the choices 0 and 1; matthews_corrcoef can have more");
        }
        return new MetricResult(
                definition.metric().label(),
                filters.name(),
                aggregation.of(items, numpy),
                StandardError.of(aggregation, items, numpy, resamples),
                definition.higherIsBetter(),
                aggregation.isNumpy(numpy),
                items.stream().map(Measurement::value).toList());
    }
}
