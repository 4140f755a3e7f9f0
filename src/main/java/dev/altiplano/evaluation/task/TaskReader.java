package dev.altiplano.evaluation.task;

import dev.altiplano.evaluation.statistic.Aggregation;
import dev.altiplano.evaluation.task.TaskDefinition.Dataset;
import dev.altiplano.evaluation.task.TaskDefinition.FewShot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a task of the settings in its file. */
final class TaskReader {

    private static final Set<String> KNOWN = Set.of(
            "task",
            "task_alias",
            "tag",
            "group",
            "dataset_path",
            "dataset_name",
            "dataset_kwargs",
            "training_split",
            "validation_split",
            "test_split",
            "fewshot_split",
            "doc_to_text",
            "doc_to_choice",
            "doc_to_target",
            "output_type",
            "description",
            "target_delimiter",
            "fewshot_delimiter",
            "fewshot_config",
            "num_fewshot",
            "metric_list",
            "filter_list",
            "generation_kwargs",
            "repeats",
            "gen_prefix",
            "metadata",
            "should_decontaminate",
            "doc_to_decontamination_query",
            "process_docs",
            "process_results",
            "use_prompt",
            "custom_dataset",
            "unsafe_code");

    private static final Set<String> DATASET_SETTINGS =
            Set.of("data_files", "data_dir", "trust_remote_code", "revision", "cache_dir", "streaming");

    private final Path file;
    private final Settings settings;
    private final OutputType output;

    private TaskReader(Path file, Settings settings) {
        this.file = file;
        this.settings = settings;
        this.output = output(settings);
    }

    static TaskDefinition read(Path file, Map<String, Object> values) {
        String name = values.get("task") instanceof String text ? text : "";
        Settings settings = new Settings(file + (name.isEmpty() ? "" : ", task " + name), values);
        settings.refuseFunctions();
        settings.refuseUnknown(KNOWN);
        return new TaskReader(file, settings).task();
    }

    private TaskDefinition task() {
        for (String unsupported : List.of("use_prompt", "custom_dataset", "process_docs", "process_results")) {
            if (settings.has(unsupported)) {
                throw settings.wrong(unsupported, "is no part of what is read here: write it as templates");
            }
        }
        String name = settings.text("task", "");
        if (name.isBlank()) {
            throw settings.wrong("task", "must name the task");
        }
        String fewshotDelimiter = settings.text("fewshot_delimiter", "\n\n");
        boolean rolling = output == OutputType.LOGLIKELIHOOD_ROLLING;
        FieldTemplate choices = settings.has("doc_to_choice") ? field("doc_to_choice") : null;
        if (choices == null && output == OutputType.MULTIPLE_CHOICE) {
            throw settings.wrong("doc_to_choice", "must be there for multiple_choice");
        }
        List<String> tags = new ArrayList<>(settings.texts("tag"));
        tags.addAll(settings.texts("group"));
        return new TaskDefinition(
                name,
                file,
                dataset(),
                rolling && !settings.has("doc_to_text")
                        ? FieldTemplate.of(place("doc_to_text"), "")
                        : field("doc_to_text"),
                choices,
                field("doc_to_target"),
                output,
                settings.text("description", ""),
                settings.text("target_delimiter", " "),
                settings.optionalText("gen_prefix"),
                fewShot(fewshotDelimiter),
                metrics(),
                filters(),
                generation(fewshotDelimiter),
                settings.integer("repeats", 1, 1, 10_000),
                tags,
                settings.map("metadata").text("version", ""));
    }

    private static OutputType output(Settings settings) {
        String label = settings.text("output_type", OutputType.GENERATE_UNTIL.label());
        return Arrays.stream(OutputType.values())
                .filter(type -> type.label().equals(label))
                .findFirst()
                .orElseThrow(() -> settings.wrong(
                        "output_type",
                        "'" + label + "' is none of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(OutputType.values())
                                                .map(OutputType::label)
                                                .toList())));
    }

    private String place(String key) {
        return settings.place() + ": " + key;
    }

    private FieldTemplate field(String key) {
        Object value = settings.raw(key);
        if (value == null) {
            throw settings.wrong(key, "is missing");
        }
        return FieldTemplate.of(place(key), value);
    }

    private Dataset dataset() {
        Settings arguments = settings.map("dataset_kwargs");
        arguments.refuseUnknown(DATASET_SETTINGS);
        Map<String, List<String>> files = new LinkedHashMap<>();
        if (arguments.raw("data_files") instanceof Map<?, ?>) {
            Settings named = arguments.map("data_files");
            named.values().keySet().forEach(split -> files.put(split, named.texts(split)));
        } else if (arguments.has("data_files")) {
            files.put("train", arguments.texts("data_files"));
        }
        @Nullable String validation = settings.optionalText("validation_split");
        @Nullable String test = settings.optionalText("test_split");
        if (validation == null && test == null) {
            throw settings.wrong("test_split", "or validation_split must name the documents that are asked");
        }
        return new Dataset(
                settings.text("dataset_path", ""),
                settings.text("dataset_name", ""),
                files,
                settings.optionalText("training_split"),
                validation,
                test);
    }

    private FewShot fewShot(String delimiter) {
        Settings config = settings.map("fewshot_config");
        config.refuseUnknown(Set.of("sampler", "split", "samples", "fewshot_delimiter"));
        String sampler = config.text("sampler", "default");
        if (!sampler.equals("default") && !sampler.equals("first_n")) {
            throw config.wrong("sampler", "'" + sampler + "' is neither default nor first_n");
        }
        List<Map<String, Object>> samples = new ArrayList<>();
        for (Settings sample : config.list("samples")) {
            samples.add(new LinkedHashMap<>(sample.values()));
        }
        String split = config.has("split") ? config.text("split", "") : settings.optionalText("fewshot_split");
        return new FewShot(
                settings.integer("num_fewshot", 0, 0, 10_000),
                split,
                sampler.equals("first_n"),
                samples,
                config.text("fewshot_delimiter", delimiter));
    }

    private List<MetricDefinition> metrics() {
        List<MetricDefinition> metrics = new ArrayList<>();
        for (Settings metric : settings.list("metric_list")) {
            metrics.add(metric(metric));
        }
        // An empty list asks for none: what the model writes is judged elsewhere.
        return metrics.isEmpty() && !settings.has("metric_list")
                ? Metric.standard(output).stream().map(MetricDefinition::of).toList()
                : metrics;
    }

    private MetricDefinition metric(Settings given) {
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
        Aggregation aggregation = metric.aggregation();
        if (given.has("aggregation")) {
            String name = given.text("aggregation", "");
            aggregation = Aggregation.named(name)
                    .orElseThrow(() -> given.wrong(
                            "aggregation",
                            "'" + name + "' is none of "
                                    + String.join(
                                            ", ",
                                            Arrays.stream(Aggregation.values())
                                                    .map(Aggregation::label)
                                                    .toList())));
        }
        TextMatching matching = new TextMatching(
                given.texts("regexes_to_ignore").stream()
                        .map(pattern -> FilterReader.pattern(given, "regexes_to_ignore", pattern))
                        .toList(),
                given.flag("ignore_case", false),
                given.flag("ignore_punctuation", false),
                given.flag("ignore_numbers", false));
        return new MetricDefinition(
                metric,
                aggregation,
                given.flag("higher_is_better", metric.higherIsBetter()),
                given.text("context", "Answer:"),
                matching);
    }

    private List<AnswerFilters> filters() {
        List<AnswerFilters> all = new ArrayList<>();
        for (Settings pipeline : settings.list("filter_list")) {
            all.add(FilterReader.read(pipeline));
        }
        return all.isEmpty() ? List.of(AnswerFilters.NONE) : all;
    }

    private GenerationSettings generation(String fewshotDelimiter) {
        Settings given = settings.map("generation_kwargs");
        given.refuseUnknown(Set.of(
                "until",
                "max_gen_toks",
                "max_new_tokens",
                "max_tokens",
                "max_completion_tokens",
                "temperature",
                "do_sample",
                "top_p",
                "top_k"));
        int maxTokens = GenerationSettings.MAX_TOKENS;
        for (String key : List.of("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")) {
            if (given.has(key)) {
                maxTokens = given.integer(key, maxTokens, 1, 1_000_000);
                break;
            }
        }
        double temperature = given.number("temperature", 0);
        if (!(temperature >= 0 && temperature <= 100)) {
            throw given.wrong("temperature", "must be from 0 to 100, not " + temperature);
        }
        boolean sample = given.flag("do_sample", temperature > 0);
        return new GenerationSettings(
                given.has("until") ? given.texts("until") : List.of(fewshotDelimiter),
                maxTokens,
                sample ? temperature : 0,
                given.number("top_p", 1),
                given.integer("top_k", 0, 0, 1_000_000));
    }
}
