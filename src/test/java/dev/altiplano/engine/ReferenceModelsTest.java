package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every container of the reference models gives PyTorch's numbers with F32 weights: logits through log probabilities, greedy ids, prompt scores. */
@Execution(ExecutionMode.CONCURRENT)
final class ReferenceModelsTest {

    private static final double TOLERANCE = 2e-4;

    record File(String model, String path, String backend) {
        @Override
        public String toString() {
            return path + " on " + backend;
        }
    }

    static Stream<File> files() {
        List<String> models =
                List.of("base", "gqa", "base-mixed", "base-q4_0", "base-q8_0", "kq-q2_q3_q5", "kq-q4_k_m");
        return models.stream()
                .flatMap(model -> Reference.files(model).stream()
                        .flatMap(path -> Stream.of("auto", "scalar").map(backend -> new File(model, path, backend))));
    }

    @ParameterizedTest
    @MethodSource("files")
    void givesThePromptScoresAndTheGreedyContinuationOfPyTorch(File file) {
        try (Engine engine = Settings.of(file.path).backend(file.backend).open()) {
            for (Reference.Case expected : Reference.cases(file.model)) {
                Completed scored = Completed.of(engine.submit(
                        Requests.ids(expected.ids()).scorePrompt().maxTokens(0).build()));
                List<TokenScore> prompt = scored.promptScores().get(0);
                assertThat(prompt).hasSize(expected.ids().length);
                assertThat(prompt.getFirst().logprob()).isNaN();
                for (int i = 1; i < prompt.size(); i++) {
                    assertThat(prompt.get(i).logprob())
                            .as("%s token %d", expected, i)
                            .isCloseTo(expected.echoLogprobs()[i], within(TOLERANCE));
                }
                int[] greedy = expected.greedy();
                if (greedy.length == 0) {
                    continue;
                }
                Completed continued = Completed.of(engine.submit(Requests.ids(expected.ids())
                        .maxTokens(greedy.length)
                        .ignoreEos()
                        .build()));
                assertThat(continued.ids(0)).as("%s", expected).isEqualTo(greedy);
                List<TokenScore> scores = continued.scores().get(0);
                for (int i = 0; i < greedy.length; i++) {
                    assertThat(scores.get(i).logprob()).isCloseTo(expected.greedyLogprobs()[i], within(TOLERANCE));
                }
            }
        }
    }

    /** As prompt rows in one pass, and as generated rows one by one. */
    @ParameterizedTest
    @MethodSource("files")
    void givesTheLogitsOfPyTorchAtAllPositions(File file) {
        EngineOptions options =
                Settings.of(file.path).batch(128, 256).backend(file.backend).options();
        double largest = 0;
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            for (Reference.Case expected : Reference.cases(file.model)) {
                int length = expected.ids().length;
                int rows = Math.min(length, 170);
                ForwardBatch batch = new ForwardBatch(256, 170, 32, arena);
                int[] blocks = IntStream.range(0, 16).map(i -> 15 - i).toArray();
                int list = batch.addBlockList(blocks, blocks.length);
                for (int i = 0; i < length; i++) {
                    batch.add(expected.ids()[i], i, list, false, i < rows);
                }
                largest = Math.max(
                        largest, difference(expected, rows, loaded.model().forward(batch)));
                float[] last = new float[expected.logits()[0].length];
                for (int i = 0; i < length; i++) {
                    batch.clear();
                    list = batch.addBlockList(blocks, blocks.length);
                    batch.add(expected.ids()[i], i, list, true, true);
                    MemorySegment.copy(loaded.model().forward(batch), ValueLayout.JAVA_FLOAT, 0, last, 0, last.length);
                }
                int end = expected.logits().length - 1;
                for (int i = 0; i < last.length; i++) {
                    largest = Math.max(largest, Math.abs(last[i] - expected.logits()[end][i]));
                }
            }
        }
        assertThat(largest).isLessThan(TOLERANCE);
    }

    private static double difference(Reference.Case expected, int rows, MemorySegment logits) {
        double largest = 0;
        for (int i = 0; i < expected.logits().length && expected.logitPositions()[i] < rows; i++) {
            float[] row = expected.logits()[i];
            for (int id = 0; id < row.length; id++) {
                float ours = logits.getAtIndex(
                        ValueLayout.JAVA_FLOAT, (long) expected.logitPositions()[i] * row.length + id);
                largest = Math.max(largest, Math.abs(ours - row[id]));
            }
        }
        return largest;
    }
}
