package dev.altiplano.evaluation.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.Reference;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.evaluation.model.EngineModel;
import dev.altiplano.evaluation.protocol.Convention;
import dev.altiplano.evaluation.protocol.RequestEncoder;
import dev.altiplano.evaluation.run.Evaluation;
import dev.altiplano.evaluation.run.EvaluationProgress;
import dev.altiplano.evaluation.run.Journal;
import dev.altiplano.evaluation.run.MetricResult;
import dev.altiplano.evaluation.task.DocumentFiles;
import dev.altiplano.evaluation.taskfile.TaskLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Perplexities in F32, which must be those that double precision gives: PyTorch's, and for longer texts a plain program's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class Float64PerplexityTest {

    private static final Path FOLDER = Reference.FOLDER.resolve("hf-base");
    private static final double SAME = 1e-5;
    private static final String TEXT = """
            The teacher asked why the river runs past the small house, and nobody in the class knew the answer.
            "Water goes where it can," said Ana after a while; 3 of 17 pupils wrote that down. In winter the river
            is green, in summer it is brown, and once, in 1962, it was not there at all for eleven days.
            Schöne Grüße — and a good night to everybody who reads this far.
            """;

    @TempDir
    private Path folder;

    private Float64Llama exact;
    private EngineModel model;

    @BeforeAll
    void open() throws IOException {
        exact = new Float64Llama(FOLDER);
        model = EngineModel.open(
                EngineOptions.of(FOLDER, "base").withFormats(WeightFormat.F32, KvFormat.F32),
                (phase, done, total) -> {});
    }

    @AfterAll
    void close() {
        model.close();
    }

    private static double perplexity(double[] logprobs) {
        return Math.exp(-Arrays.stream(logprobs).sum() / logprobs.length);
    }

    private static void assertSame(double measured, double expected, double relative) {
        assertThat(measured).isEqualTo(expected, within(relative * expected));
    }

    @Test
    void equalsPyTorch() throws InterruptedException {
        int compared = 0;
        for (JsonNode prompt : Reference.expected().at("/models/base/prompts")) {
            if (prompt.has("perplexity")) {
                int[] ids = Reference.ints(prompt.get("ids"));
                double expected = prompt.get("perplexity").asDouble();
                // It is written with seven digits.
                assertSame(perplexity(exact.logprobs(ids, 1)), expected, 1e-6);
                assertSame(perplexity(model.score(ids, 1).logprobs()), expected, SAME);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(3);
    }

    @Test
    void equalsDoublePrecisionInChunks() throws InterruptedException {
        int[] ids = model.encode(TEXT, true);
        int length = 64;
        double sum = 0;
        int count = 0;
        for (int chunk = 0; (chunk + 1) * length <= ids.length; chunk++) {
            int[] part = Arrays.copyOfRange(ids, chunk * length, (chunk + 1) * length);
            part[0] = model.bos();
            for (double logprob : exact.logprobs(part, length / 2 + 1)) {
                sum -= logprob;
                count++;
            }
        }
        TextPerplexity measured = TextPerplexity.of(
                model, TEXT, new PerplexityChunks(length, 0), Integer.MAX_VALUE, EvaluationProgress.NONE);
        assertThat(measured.tokens()).isEqualTo(count).isGreaterThan(60);
        assertSame(measured.perplexity(), Math.exp(sum / count), SAME);
    }

    @Test
    void equalsDoublePrecisionWithAStride() throws InterruptedException {
        int[] ids = model.encode(TEXT, true);
        double sum = 0;
        int count = 0;
        for (int start = 0; start + 56 < ids.length; start += 16) {
            for (double logprob : exact.logprobs(Arrays.copyOfRange(ids, start, start + 56), 40)) {
                sum -= logprob;
                count++;
            }
        }
        TextPerplexity measured = TextPerplexity.of(
                model, TEXT, new PerplexityChunks(48, 16), Integer.MAX_VALUE, EvaluationProgress.NONE);
        assertThat(measured.tokens()).isEqualTo(count).isGreaterThan(60);
        assertSame(measured.perplexity(), Math.exp(sum / count), SAME);
    }

    /** The log-likelihood of a text, whose windows predict each of its tokens once behind at most {@code length}. */
    private double rolling(String text, int length) {
        int[] ids = model.encode(text, true);
        double sum = 0;
        for (int first = 0; first < ids.length; first += length) {
            int end = Math.min(first + length, ids.length);
            int[] window;
            if (first == 0) {
                window = new int[end + 1];
                window[0] = model.bos();
                System.arraycopy(ids, 0, window, 1, end);
            } else {
                window = Arrays.copyOfRange(ids, end - length - 1, end);
            }
            sum += Arrays.stream(exact.logprobs(window, window.length - (end - first)))
                    .sum();
        }
        return sum;
    }

    @Test
    void equalsDoublePrecisionInRollingWindows() throws IOException, InterruptedException {
        List<String> texts = List.of(TEXT, "A short one.", TEXT.substring(100, 260));
        StringBuilder lines = new StringBuilder();
        double sum = 0;
        int words = 0;
        int bytes = 0;
        for (String text : texts) {
            lines.append(JsonMapper.shared().writeValueAsString(Map.of("text", text)))
                    .append('\n');
            sum += rolling(text, 48);
            words += text.split("\\s+", -1).length;
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
        }
        Files.writeString(folder.resolve("test.jsonl"), lines);
        Files.writeString(
                folder.resolve("t.yaml"),
                "task: t\ntest_split: test\noutput_type: loglikelihood_rolling\ndoc_to_target: \"{{text}}\"\n");
        TaskLibrary library = new TaskLibrary();
        library.add(folder);
        Map<String, Double> values = new HashMap<>();
        for (MetricResult metric : Evaluation.of(
                        model, new RequestEncoder(model, Convention.HF, 48), new DocumentFiles(folder), Journal.none())
                .run(library.select(List.of("t")), EvaluationProgress.NONE)
                .results()
                .getFirst()
                .metrics()) {
            values.put(metric.metric(), metric.value());
        }
        assertSame(values.get("word_perplexity"), Math.exp(-sum / words), SAME);
        assertSame(values.get("byte_perplexity"), Math.exp(-sum / bytes), SAME);
        assertSame(values.get("bits_per_byte"), -sum / bytes / Math.log(2), SAME);
    }
}
