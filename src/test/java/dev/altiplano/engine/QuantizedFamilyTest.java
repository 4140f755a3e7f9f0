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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Models in each of ggml's types of few bits: dequantized they give what was computed from their weights, and held as stored nearly so. */
final class QuantizedFamilyTest {

    private static final Path FOLDER = Reference.FOLDER.resolve("families/quant");
    private static final JsonNode EXPECTED = Reference.read(FOLDER.resolve("expected.json"));
    private static final double TOLERANCE = 1e-3;
    private static final int BLOCKS = 16;

    static Stream<String> files() {
        return EXPECTED.propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void givesScoresAndGreedyIdsOfItsWeights(String file) {
        try (Engine engine = Settings.of("families/quant/" + file).open()) {
            Family.check(engine, EXPECTED.get(file).get("prompts"));
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void givesTheLogitsOfItsWeights(String file) throws IOException {
        assertThat(largestDifference(file, "f32", "f32")).isLessThan(TOLERANCE);
    }

    /** What int8 activations and F16 keys and values round away. */
    @ParameterizedTest
    @MethodSource("files")
    void isNearThemAsItIsStored(String file) throws IOException {
        assertThat(largestDifference(file, "file", "f16")).isLessThan(1);
    }

    private static double largestDifference(String file, String weights, String kvFormat) throws IOException {
        EngineOptions options = Settings.of("families/quant/" + file)
                .batch(128, 256)
                .options()
                .withFormats(EngineOptions.weightFormat(weights), EngineOptions.kvFormat(kvFormat));
        double largest = 0;
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load();
                Arena arena = Arena.ofShared()) {
            for (JsonNode prompt : EXPECTED.get(file).get("prompts")) {
                int[] ids = Reference.ints(prompt.get("ids"));
                ForwardBatch batch = new ForwardBatch(ids.length, 1, BLOCKS, arena);
                int list = batch.addBlockList(IntStream.range(0, BLOCKS).toArray(), BLOCKS);
                for (int i = 0; i < ids.length; i++) {
                    batch.add(ids[i], i, list, false, i == ids.length - 1);
                }
                MemorySegment logits = loaded.model().forward(batch);
                float[] expected = logits(prompt.get("last_logits"));
                for (int id = 0; id < expected.length; id++) {
                    double difference = Math.abs(logits.getAtIndex(ValueLayout.JAVA_FLOAT, id) - expected[id]);
                    largest = Math.max(largest, difference);
                }
            }
        }
        return largest;
    }

    private static float[] logits(JsonNode where) throws IOException {
        float[] logits = new float[where.get("count").asInt()];
        ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve("expected_logits.bin")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(where.get("offset").asInt())
                .asFloatBuffer()
                .get(logits);
        return logits;
    }
}
