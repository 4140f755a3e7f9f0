package dev.altiplano.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.load.LoadedModel;
import dev.altiplano.engine.load.ModelLoader;
import dev.altiplano.engine.model.ForwardBatch;
import dev.altiplano.engine.run.Engines;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Models of the whole family give the numbers of a float64 reference with F32 weights: logits, prompt scores, greedy ids. */
@Execution(ExecutionMode.CONCURRENT)
final class FamiliesTest {

    private static final Path FOLDER = Reference.FOLDER.resolve("families/models");
    private static final double TOLERANCE = 1e-3;

    record Case(String name, String file, String backend, JsonNode expected) {
        @Override
        public String toString() {
            return name + " on " + backend;
        }
    }

    static Stream<Case> families() {
        List<Case> all = new ArrayList<>();
        JsonNode models = Reference.read(FOLDER.resolve("expected.json")).get("models");
        for (String name : models.propertyNames()) {
            JsonNode model = models.get(name);
            for (JsonNode file : model.get("files")) {
                for (String backend : List.of("auto", "vector", "scalar")) {
                    all.add(new Case(name, file.asString(), backend, model));
                }
            }
        }
        return all.stream();
    }

    private static EngineOptions options(Case family, int maxBatchTokens) {
        return new EngineOptions(
                new EngineOptions.Model(FOLDER.resolve(family.file), "test", "auto", WeightFormat.F32, "off", false),
                new EngineOptions.Compute(2, BackendName.labelled(family.backend)),
                new EngineOptions.Batch(0, 4, maxBatchTokens),
                new EngineOptions.Kv(0, 16, null, true),
                new EngineOptions.Queue(16, 1 << 20, Duration.ofMinutes(1), Duration.ofMinutes(5)),
                0);
    }

    /** As prompt rows in one pass, and as generated rows one by one. */
    @ParameterizedTest
    @MethodSource("families")
    void givesTheLogitsOfTheReference(Case family) throws IOException {
        byte[] logits = Files.readAllBytes(FOLDER.resolve("expected_logits.bin"));
        try (LoadedModel loaded = new ModelLoader(options(family, 256), (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            for (JsonNode prompt : family.expected.get("prompts")) {
                int[] ids = Reference.ints(prompt.get("ids"));
                if (ids.length > loaded.config().contextLength()) {
                    continue;
                }
                float[] expected = logits(logits, prompt.get("last_logits"));
                ForwardBatch batch = new ForwardBatch(256, 1, 32, arena);
                int count = Math.ceilDiv(ids.length, 16);
                int[] blocks = IntStream.range(0, count).map(i -> count - 1 - i).toArray();
                int list = batch.addBlockList(blocks, count);
                for (int i = 0; i < ids.length; i++) {
                    batch.add(ids[i], i, list, false, i == ids.length - 1);
                }
                assertThat(difference(loaded.model().forward(batch), expected))
                        .as("prompt rows")
                        .isLessThan(TOLERANCE);
                double last = Double.NaN;
                for (int i = 0; i < ids.length; i++) {
                    batch.clear();
                    list = batch.addBlockList(blocks, count);
                    batch.add(ids[i], i, list, true, true);
                    last = difference(loaded.model().forward(batch), expected);
                }
                assertThat(last).as("generated rows").isLessThan(TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void givesThePromptScoresAndTheGreedyContinuation(Case family) {
        try (Engine engine = Engines.open(options(family, 64), (phase, done, total) -> {}, EngineObserver.NONE)) {
            Family.check(engine, family.expected.get("prompts"));
        }
    }

    private static double difference(MemorySegment logits, float[] expected) {
        double largest = 0;
        for (int id = 0; id < expected.length; id++) {
            largest = Math.max(largest, Math.abs(logits.getAtIndex(ValueLayout.JAVA_FLOAT, id) - expected[id]));
        }
        return largest;
    }

    private static float[] logits(byte[] all, JsonNode where) {
        ByteBuffer bytes = ByteBuffer.wrap(all)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(where.get("offset").asInt());
        float[] logits = new float[where.get("count").asInt()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = bytes.getFloat();
        }
        return logits;
    }
}
