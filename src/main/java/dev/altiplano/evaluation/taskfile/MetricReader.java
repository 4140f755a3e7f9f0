package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.statistic.Aggregation;
import dev.altiplano.evaluation.task.Metric;
import dev.altiplano.evaluation.task.MetricDefinition;
import dev.altiplano.evaluation.task.OutputType;
import dev.altiplano.evaluation.task.TextMatching;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the metrics of a task of its {@code metric_list}. */
final class MetricReader {

    private static final Set<String> KNOWN = Set.of("metric", "aggregation", "higher_is_better", "hf_evaluate");
    private static final Set<String> OF_MATCHES = Set.of(
            "metric",
            "aggregation",
            "higher_is_better",
            "hf_evaluate",
            "regexes_to_ignore",
            "ignore_case",
            "ignore_punctuation",
            "ignore_numbers");
    private static final Set<String> OF_ANSWERS = Set.of("metric", "aggregation", "higher_is_better", "context");

    private MetricReader() {}

    /** The metrics in their order; one that is named twice is what it is the second time. */
    static List<MetricDefinition> read(Settings task, OutputType output) {
        Map<Metric, MetricDefinition> metrics = new LinkedHashMap<>();
        for (Settings given : task.list("metric_list")) {
            MetricDefinition definition = metric(given, output);
            metrics.put(definition.metric(), definition);
        }
        // An empty list asks for none: what the model writes is judged elsewhere.
        return metrics.isEmpty() && !task.has("metric_list")
                ? Metric.standard(output).stream().map(MetricDefinition::of).toList()
                : List.copyOf(metrics.values());
    }

    private static MetricDefinition metric(Settings given, OutputType output) {
        String label = given.text("metric", "");
        List<Metric> possible = Metric.of(output);
        Metric metric = Metric.named(label)
                .filter(possible::contains)
                .orElseThrow(() -> given.wrong(
                        "metric",
                        "'" + label + "' is none that a task of " + output.label() + " can ask for here: "
                                + String.join(
                                        ", ",
                                        possible.stream().map(Metric::label).toList())));
        // A setting of groups, which tasks of the harness have here and there without effect.
        given.without("weight_by_size")
                .refuseUnknown(
                        switch (metric) {
                            case EXACT_MATCH -> OF_MATCHES;
                            case ACC_NORM_ANSWER -> OF_ANSWERS;
                            default -> KNOWN;
                        });
        return new MetricDefinition(
                metric,
                aggregation(given, metric),
                given.flag("higher_is_better", metric.higherIsBetter()),
                given.text("context", "Answer:"),
                new TextMatching(
                        FilterReader.patterns(given, "regexes_to_ignore"),
                        given.flag("ignore_case", false),
                        given.flag("ignore_punctuation", false),
                        given.flag("ignore_numbers", false)));
    }

    private static Aggregation aggregation(Settings given, Metric metric) {
        if (!given.has("aggregation")) {
            return metric.aggregation();
        }
        String name = given.text("aggregation", "");
        List<Aggregation> possible = Arrays.stream(Aggregation.values())
                .filter(aggregation ->
                        aggregation.kind() == metric.aggregation().kind())
                .toList();
        return Aggregation.named(name)
                .filter(possible::contains)
                .orElseThrow(() -> given.wrong(
                        "aggregation",
                        "'" + name + "' is none of those for " + metric.label() + ": "
                                + String.join(
                                        ", ",
                                        possible.stream()
                                                .map(Aggregation::label)
                                                .toList())));
    }
}
