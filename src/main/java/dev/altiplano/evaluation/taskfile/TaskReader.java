package dev.altiplano.evaluation.taskfile;

import dev.altiplano.evaluation.task.AnswerFilters;
import dev.altiplano.evaluation.task.FieldTemplate;
import dev.altiplano.evaluation.task.GenerationSettings;
import dev.altiplano.evaluation.task.OutputType;
import dev.altiplano.evaluation.task.TaskDefinition;
import dev.altiplano.evaluation.task.TaskDefinition.Dataset;
import dev.altiplano.evaluation.task.TaskDefinition.FewShot;
import dev.altiplano.evaluation.task.TaskDefinition.Layout;
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
            "unsafe_code",
            "doc_to_image",
            "doc_to_audio");

    /** What is no part of what is read here, and is refused with a reason. */
    private static final Map<String, String> UNSUPPORTED = Map.of(
            "use_prompt", "prompts of promptsource are not read: write it as a template",
            "custom_dataset", "data sets come from files alone",
            "process_docs", "no code is run: write it as templates, or prepare the documents",
            "process_results", "no code is run: results are judged by metric_list",
            "doc_to_image", "models of texts are judged alone",
            "doc_to_audio", "models of texts are judged alone");

    private static final Set<String> DATASET_SETTINGS =
            Set.of("data_files", "data_dir", "trust_remote_code", "revision", "cache_dir", "streaming");

    private static final Set<String> FEWSHOT_SETTINGS = Set.of(
            "sampler",
            "split",
            "samples",
            "doc_to_text",
            "doc_to_choice",
            "doc_to_target",
            "gen_prefix",
            "target_delimiter",
            "fewshot_delimiter");

    private final Path file;
    private final Settings settings;
    private final OutputType output;

    private TaskReader(Path file, Settings settings) {
        this.file = file;
        this.settings = settings;
        this.output = output(settings);
    }

    static TaskDefinition read(TaskFile file) {
        Settings settings = file.settings("task");
        settings.refuseFunctions();
        settings.refuseUnknown(KNOWN);
        UNSUPPORTED.forEach((key, why) -> {
            if (settings.has(key)) {
                throw settings.wrong(key, "is not supported: " + why);
            }
        });
        return new TaskReader(file.file(), settings).task();
    }

    private TaskDefinition task() {
        String name = settings.text("task", "");
        if (name.isBlank()) {
            throw settings.wrong("task", "must name the task");
        }
        String fewshotDelimiter = settings.text("fewshot_delimiter", "\n\n");
        Layout layout = layout();
        int repeats = settings.integer("repeats", 1, 1, 10_000);
        List<String> tags = new ArrayList<>(settings.texts("tag"));
        tags.addAll(settings.texts("group"));
        return new TaskDefinition(
                name,
                file,
                dataset(),
                layout,
                output,
                settings.text("description", ""),
                fewShot(layout, fewshotDelimiter),
                MetricReader.read(settings, output),
                filters(repeats),
                generation(fewshotDelimiter),
                repeats,
                tags,
                settings.map("metadata").text("version", ""));
    }

    private Layout layout() {
        boolean rolling = output == OutputType.LOGLIKELIHOOD_ROLLING;
        FieldTemplate choices = settings.has("doc_to_choice") ? field(settings, "doc_to_choice") : null;
        if (choices == null && output == OutputType.MULTIPLE_CHOICE) {
            throw settings.wrong("doc_to_choice", "must be there for multiple_choice");
        }
        return new Layout(
                rolling && !settings.has("doc_to_text")
                        ? FieldTemplate.of(settings.place("doc_to_text"), "")
                        : field(settings, "doc_to_text"),
                choices,
                field(settings, "doc_to_target"),
                settings.text("target_delimiter", " "),
                settings.optionalText("gen_prefix"));
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

    private static FieldTemplate field(Settings from, String key) {
        Object value = from.raw(key);
        if (value == null) {
            throw from.wrong(key, "is missing");
        }
        return FieldTemplate.of(from.place(key), value);
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
                arguments.text("data_dir", ""),
                files,
                settings.optionalText("training_split"),
                validation,
                test);
    }

    private FewShot fewShot(Layout layout, String delimiter) {
        Settings config = settings.map("fewshot_config");
        config.refuseUnknown(FEWSHOT_SETTINGS);
        String sampler = config.text("sampler", "default");
        if (!sampler.equals("default") && !sampler.equals("first_n")) {
            throw config.wrong("sampler", "'" + sampler + "' is neither default nor first_n");
        }
        List<Map<String, Object>> samples = new ArrayList<>();
        for (Settings sample : config.list("samples")) {
            samples.add(new LinkedHashMap<>(sample.values()));
        }
        String split = config.has("split") ? config.text("split", "") : settings.optionalText("fewshot_split");
        int count = settings.integer("num_fewshot", 0, 0, 10_000);
        return new FewShot(
                count,
                settings.has("num_fewshot") && count == 0,
                split,
                sampler.equals("first_n"),
                samples,
                new Layout(
                        config.has("doc_to_text") ? field(config, "doc_to_text") : layout.text(),
                        config.has("doc_to_choice") ? field(config, "doc_to_choice") : layout.choices(),
                        config.has("doc_to_target") ? field(config, "doc_to_target") : layout.target(),
                        config.text("target_delimiter", layout.targetDelimiter()),
                        config.has("gen_prefix") ? config.text("gen_prefix", "") : layout.answerPrefix()),
                config.text("fewshot_delimiter", delimiter));
    }

    private List<AnswerFilters> filters(int repeats) {
        Map<String, AnswerFilters> all = new LinkedHashMap<>();
        for (Settings pipeline : settings.list("filter_list")) {
            AnswerFilters filters = FilterReader.read(pipeline, repeats);
            if (all.put(filters.name(), filters) != null) {
                throw pipeline.wrong("name", "'" + filters.name() + "' is the name of two filters");
            }
            boolean takesFirst = filters.steps().equals(AnswerFilters.NONE.steps());
            if (output != OutputType.GENERATE_UNTIL && !takesFirst) {
                throw pipeline.wrong(
                        "filter", "must be take_first alone: a task of " + output.label() + " has no texts");
            }
        }
        return all.isEmpty() ? List.of(AnswerFilters.NONE) : List.copyOf(all.values());
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
                "top_k",
                "num_beams"));
        given.integer("num_beams", 1, 1, 1);
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
