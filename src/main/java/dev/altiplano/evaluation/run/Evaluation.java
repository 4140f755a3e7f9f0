package dev.altiplano.evaluation.run;

import dev.altiplano.evaluation.model.LanguageModel;
import dev.altiplano.evaluation.protocol.AskedDocument;
import dev.altiplano.evaluation.protocol.DocumentScores;
import dev.altiplano.evaluation.protocol.ModelAnswer;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.protocol.TaskPrompts;
import dev.altiplano.evaluation.statistic.Measurement;
import dev.altiplano.evaluation.statistic.StandardError;
import dev.altiplano.evaluation.task.AnswerFilters;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.task.GroupDefinition;
import dev.altiplano.evaluation.task.Metric;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.TaskDefinition;
import dev.altiplano.evaluation.task.TaskLibrary.Selection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A run of tasks on a model.
 *
 * @param limit maximum of documents of each task
 * @param resamples of the bootstrap, for metrics that need it
 * @param seed of the draw of examples
 * @param toxicity scores texts; null where no task asks for it
 */
public record Evaluation(
        LanguageModel model,
        RequestEncoder encoder,
        DocumentFiles files,
        Journal journal,
        int limit,
        int resamples,
        long seed,
        @Nullable ToDoubleFunction<String> toxicity) {

    /** All documents, with the harness' numbers. */
    public static Evaluation of(LanguageModel model, RequestEncoder encoder, DocumentFiles files, Journal journal) {
        return new Evaluation(model, encoder, files, journal, Integer.MAX_VALUE, StandardError.RESAMPLES, 1234, null);
    }

    private record Prepared(TaskDefinition task, int available, List<AskedDocument> asked, List<Question> questions) {}

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
        all.forEach(prepared -> results.put(prepared.task().name(), result(prepared)));
        Map<String, GroupDefinition> groups = new LinkedHashMap<>();
        selection.groups().forEach(group -> groups.put(group.name(), group));
        List<TaskResult> list = new ArrayList<>(results.values());
        selection.groups().forEach(group -> list.add(new GroupResults(results, groups).of(group)));
        return new EvaluationResult(model.name(), list, interviewer.tokens(), seconds);
    }

    private Prepared prepared(TaskDefinition task) {
        TaskPrompts prompts = new TaskPrompts(task, files, seed);
        List<AskedDocument> asked = prompts.asked(limit);
        List<Question> questions = new ArrayList<>();
        for (AskedDocument document : asked) {
            document.requests().forEach(request -> questions.add(new Question(request)));
        }
        return new Prepared(task, prompts.size(), asked, questions);
    }

    private TaskResult result(Prepared prepared) {
        TaskDefinition task = prepared.task();
        DocumentScores scores = toxicity == null ? DocumentScores.of(task) : new DocumentScores(task, toxicity);
        List<MetricResult> metrics = new ArrayList<>();
        for (AnswerFilters filters : task.filters()) {
            List<Map<Metric, Measurement>> values = new ArrayList<>();
            int next = 0;
            for (AskedDocument asked : prepared.asked()) {
                List<ModelAnswer> answers = prepared
                        .questions()
                        .subList(next, next + asked.requests().size())
                        .stream()
                        .map(Question::answer)
                        .toList();
                next += answers.size();
                values.add(scores.of(asked, answers, filters));
            }
            for (MetricDefinition metric : task.metrics()) {
                metrics.add(metric(metric, filters, values));
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
                truncated,
                metrics);
    }

    private static int truncated(ModelAnswer answer) {
        return switch (answer) {
            case ModelAnswer.Likelihood likelihood -> likelihood.truncated();
            case ModelAnswer.Written written -> written.truncated();
        };
    }

    private MetricResult metric(
            MetricDefinition definition, AnswerFilters filters, List<Map<Metric, Measurement>> values) {
        List<Measurement> items = new ArrayList<>();
        for (Map<Metric, Measurement> document : values) {
            Measurement item = document.get(definition.metric());
            if (item != null) {
                items.add(item);
            }
        }
        return new MetricResult(
                definition.metric().label(),
                filters.name(),
                definition.aggregation().of(items),
                StandardError.of(definition.aggregation(), items, resamples),
                definition.higherIsBetter(),
                items.stream().map(Measurement::value).toList());
    }
}
