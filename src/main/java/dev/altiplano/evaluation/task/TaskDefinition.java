package dev.altiplano.evaluation.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task as its file defines it.
 *
 * @param source the file
 * @param dataset where its documents are
 * @param layout how its documents are written
 * @param description a template in front of everything
 * @param repeats how often the model writes each answer
 * @param filters results are reported for each of them
 * @param tags names under which it is run with others
 */
public record TaskDefinition(
        String name,
        Path source,
        Dataset dataset,
        Layout layout,
        OutputType output,
        String description,
        FewShot fewShot,
        List<MetricDefinition> metrics,
        List<AnswerFilters> filters,
        GenerationSettings generation,
        int repeats,
        List<String> tags,
        String version) {

    /**
     * Where documents are.
     *
     * @param path {@code dataset_path}, the name of the data set
     * @param name {@code dataset_name}, its part; empty where there is none
     * @param folder {@code data_dir}, a folder below that of data; empty where there is none
     * @param files {@code data_files} for each split
     * @param training a split's name, or null
     * @param validation a split's name, or null
     * @param test a split's name, or null
     */
    public record Dataset(
            String path,
            String name,
            String folder,
            Map<String, List<String>> files,
            @Nullable String training,
            @Nullable String validation,
            @Nullable String test) {}

    /**
     * How a document is written.
     *
     * @param text {@code doc_to_text}; what the model reads
     * @param choices {@code doc_to_choice}; null where there is none
     * @param target {@code doc_to_target}; what is right
     * @param targetDelimiter stands before what is right
     * @param answerPrefix {@code gen_prefix}: a template behind the text; null where there is none
     */
    public record Layout(
            FieldTemplate text,
            @Nullable FieldTemplate choices,
            FieldTemplate target,
            String targetDelimiter,
            @Nullable String answerPrefix) {}

    /**
     * Solved examples in front of a document.
     *
     * @param count {@code num_fewshot}
     * @param never whether the task itself says that there are none, which holds for every run
     * @param split where they are drawn from; null takes the training split, or else what there is
     * @param firstOnes whether the first ones are taken rather than drawn
     * @param samples the examples themselves, in place of a split; empty where there are none
     * @param layout how each is written
     * @param delimiter stands behind each
     */
    public record FewShot(
            int count,
            boolean never,
            @Nullable String split,
            boolean firstOnes,
            List<Map<String, Object>> samples,
            Layout layout,
            String delimiter) {

        public FewShot {
            samples = List.copyOf(samples);
        }
    }

    public TaskDefinition {
        metrics = List.copyOf(metrics);
        filters = List.copyOf(filters);
        tags = List.copyOf(tags);
    }

    /** The same with another number of examples, if the task does not say itself that there are none. */
    public TaskDefinition withExamples(int count) {
        if (fewShot.never()) {
            return this;
        }
        FewShot other = new FewShot(
                count,
                false,
                fewShot.split(),
                fewShot.firstOnes(),
                fewShot.samples(),
                fewShot.layout(),
                fewShot.delimiter());
        return new TaskDefinition(
                name,
                source,
                dataset,
                layout,
                output,
                description,
                other,
                metrics,
                filters,
                generation,
                repeats,
                tags,
                version);
    }

    /** The metric's definition, or null where the task does not ask for it. */
    public @Nullable MetricDefinition metric(Metric metric) {
        for (MetricDefinition definition : metrics) {
            if (definition.metric() == metric) {
                return definition;
            }
        }
        return null;
    }
}
