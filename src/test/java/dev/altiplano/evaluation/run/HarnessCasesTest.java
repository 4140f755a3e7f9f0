package dev.altiplano.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.evaluation.protocol.Convention;
import dev.altiplano.evaluation.protocol.HashModel;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.statistic.StandardError;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.taskfile.TaskLibrary;
import dev.altiplano.evaluation.taskfile.TaskLibrary.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Random tasks with the values that lm-evaluation-harness itself gave them, on a model of hashes. */
final class HarnessCasesTest {

    private static final Path FOLDER = Path.of("src/test/resources/evaluation/harness-cases");

    static List<Path> cases() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasTheHarnessValues(Path folder) throws IOException, InterruptedException {
        JsonMapper json = new JsonMapper();
        JsonNode run = json.readTree(Files.readString(folder.resolve("run.json")));
        Map<String, Object> expected = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> task : run.path("results").properties()) {
            for (Map.Entry<String, JsonNode> metric : task.getValue().properties()) {
                JsonNode value = metric.getValue();
                expected.put(
                        task.getKey() + " " + metric.getKey(), value.isNumber() ? value.asDouble() : value.asString());
            }
        }
        Map<String, Object> found = new LinkedHashMap<>();
        for (TaskResult task : result(folder, run).results()) {
            for (MetricResult metric : task.metrics()) {
                found.put(task.name() + " " + metric.key(), json(metric.value()));
                found.put(
                        task.name() + " " + metric.metric() + "_stderr," + metric.filter(),
                        json(metric.standardError()));
            }
        }
        assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((name, value) -> {
            if (value instanceof Double number) {
                // exp and pow of other libraries may differ in the last bit.
                double margin = EXPONENTIAL.stream().anyMatch(name::contains) ? 4 * Math.ulp(number) : 0;
                assertThat((Double) found.get(name)).as(name).isEqualTo(number, within(margin));
            } else {
                assertThat(found.get(name)).as(name).isEqualTo(value);
            }
        });
    }

    private static final List<String> EXPONENTIAL = List.of("perplexity", "_stderr", "brier_score");

    private static Object json(double value) {
        return Double.isNaN(value) ? "N/A" : value;
    }

    private static EvaluationResult result(Path folder, JsonNode run) throws InterruptedException {
        TaskLibrary library = new TaskLibrary();
        library.add(folder.resolve("tasks"));
        List<String> names = new ArrayList<>();
        run.path("tasks").forEach(name -> names.add(name.asString()));
        Selection selection = library.select(names);
        if (run.path("num_fewshot").isNumber()) {
            int count = run.path("num_fewshot").asInt();
            selection = new Selection(
                    selection.tasks().stream()
                            .map(task -> task.withExamples(count))
                            .toList(),
                    selection.groups());
        }
        boolean hf = run.path("convention").asString().equals("hf");
        int length = run.path("max_length").asInt();
        HashModel model = new HashModel(hf ? length + 1 : length);
        RequestEncoder encoder = RequestEncoder.of(model, hf ? Convention.HF : Convention.LOCAL_COMPLETIONS);
        return new Evaluation(
                        model,
                        encoder,
                        new DocumentFiles(null),
                        Journal.none(),
                        run.path("limit").asInt(Integer.MAX_VALUE),
                        run.path("bootstrap").asInt(StandardError.RESAMPLES),
                        run.path("seed").asLong(1234),
                        null,
                        SampleSink.NONE)
                .run(selection, EvaluationProgress.NONE);
    }
}
