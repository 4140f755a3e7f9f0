package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How far each format of weights and of the KV cache is from PyTorch's logits, as the table {@code target/accuracy.md}.
 *
 * <p>Converted formats are held against the weights before the conversion, stored ones against exactly the weights that are stored:
 * what remains there are the int8 activations. The models' weights are random, so that their logits lie close together and a
 * changed order of the first two says more than it would in a trained model.
 */
final class FormatAccuracyTest {

    private static final int BLOCK_TOKENS = 16;
    private static final int BLOCKS = 16;
    private static final Path TABLE = Path.of("target/accuracy.md");

    /** What is measured; differences may be at most {@code largest}, twice what was seen. */
    private record Row(String models, String file, String weights, String kvFormat, double largest) {}

    private static final List<Row> ROWS = List.of(
            new Row("base", "base-mp1", "f32", "f32", 2e-4),
            new Row("base", "base-mp1", "f32", "i16", 0.03),
            new Row("base", "base-mp1", "f32", "f16", 0.03),
            new Row("base", "base-mp1", "f32", "q8_0", 0.4),
            new Row("base", "base-mp1", "file", "f32", 0.3),
            new Row("base", "base-mp1", "file", "i16", 0.4),
            new Row("base", "base-mp1", "bf16", "i16", 0.4),
            new Row("base", "base-mp1", "q8_0", "i16", 1.8),
            new Row("base", "base-mp1", "q4_0", "i16", 1e+01),
            new Row("kq-q4_k_m", "gguf/kq-q4_k_m.gguf", "q8_0", "i16", 1.2),
            new Row("kq-q4_k_m", "gguf/kq-q4_k_m.gguf", "q6_k", "i16", 1.5),
            new Row("kq-q4_k_m", "gguf/kq-q4_k_m.gguf", "q5_k", "i16", 2),
            new Row("kq-q4_k_m", "gguf/kq-q4_k_m.gguf", "q4_0", "i16", 8),
            new Row("kq-q2_q3_q5", "gguf/kq-q2_q3_q5.gguf", "q6_k", "i16", 0.9),
            new Row("kq-q2_q3_q5", "gguf/kq-q2_q3_q5.gguf", "q5_k", "i16", 3),
            new Row("kq-q2_q3_q5", "gguf/kq-q2_q3_q5.gguf", "q4_k", "i16", 5),
            new Row("kq-q2_q3_q5", "gguf/kq-q2_q3_q5.gguf", "q4_0", "i16", 5),
            new Row("base-q8_0", "gguf/base-q8_0.gguf", "file", "i16", 1.2),
            new Row("base-q4_0", "gguf/base-q4_0.gguf", "file", "i16", 1.2),
            new Row("kq-q4_k_m", "gguf/kq-q4_k_m.gguf", "file", "i16", 0.9),
            new Row("kq-q2_q3_q5", "gguf/kq-q2_q3_q5.gguf", "file", "i16", 0.8));

    /** Differences of logits over all positions that PyTorch's are known for. */
    private static final class Differences {
        private double largest;
        private double largestLogit;
        private double sum;
        private long logits;
        private int positions;
        private int sameBest;

        void add(float[] expected, MemorySegment ours, long row) {
            int best = 0;
            int ourBest = 0;
            for (int id = 0; id < expected.length; id++) {
                float logit = logit(ours, row, id, expected.length);
                double difference = Math.abs((double) logit - expected[id]);
                largest = Math.max(largest, difference);
                largestLogit = Math.max(largestLogit, Math.abs(expected[id]));
                sum += difference;
                best = expected[id] > expected[best] ? id : best;
                ourBest = logit > logit(ours, row, ourBest, expected.length) ? id : ourBest;
            }
            logits += expected.length;
            positions++;
            sameBest += best == ourBest ? 1 : 0;
        }

        private static float logit(MemorySegment logits, long row, int id, int vocabulary) {
            return logits.getAtIndex(ValueLayout.JAVA_FLOAT, row * vocabulary + id);
        }

        double mean() {
            return sum / logits;
        }
    }

    @Test
    void isWrittenAsATableAndWithinItsBounds() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "| model | weights | KV cache | largest difference | mean | largest logit | same most probable token |",
                "| --- | --- | --- | --- | --- | --- | --- |"));
        Map<Row, Double> beyond = new LinkedHashMap<>();
        for (Row row : ROWS) {
            Differences differences = measure(row);
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | `%s` | `%s` | %.2g | %.2g | %.1f | %d of %d |",
                    row.models(),
                    row.weights(),
                    row.kvFormat(),
                    differences.largest,
                    differences.mean(),
                    differences.largestLogit,
                    differences.sameBest,
                    differences.positions));
            if (!(differences.largest < row.largest())) {
                beyond.put(row, differences.largest);
            }
        }
        Files.write(TABLE, lines);
        assertThat(beyond).isEmpty();
    }

    private static Differences measure(Row row) {
        EngineOptions options = Settings.of(row.file())
                .batch(128, 256)
                .options()
                .withFormats(EngineOptions.weightFormat(row.weights()), EngineOptions.kvFormat(row.kvFormat()));
        Differences differences = new Differences();
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            for (Reference.Case expected : Reference.cases(row.models())) {
                compare(loaded, expected, arena, differences);
            }
        }
        return differences;
    }

    private static void compare(LoadedModel loaded, Reference.Case expected, Arena arena, Differences differences) {
        int length = expected.ids().length;
        ForwardBatch batch = new ForwardBatch(length, length, BLOCKS, arena);
        int list = batch.addBlockList(IntStream.range(0, BLOCKS).toArray(), Math.ceilDiv(length, BLOCK_TOKENS));
        for (int i = 0; i < length; i++) {
            batch.add(expected.ids()[i], i, list, false, true);
        }
        MemorySegment logits = loaded.model().forward(batch);
        for (int i = 0; i < expected.logits().length; i++) {
            differences.add(expected.logits()[i], logits, expected.logitPositions()[i]);
        }
    }
}
