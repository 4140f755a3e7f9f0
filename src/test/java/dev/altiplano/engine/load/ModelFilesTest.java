package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.altiplano.engine.Completed;
import dev.altiplano.engine.Engine;
import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.Generation;
import dev.altiplano.engine.ModelException;
import dev.altiplano.engine.Reference;
import dev.altiplano.engine.Requests;
import dev.altiplano.engine.TestEngines;
import dev.altiplano.engine.kernel.BackendName;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.model.ForwardBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What becomes of every container variant and every damaged file on the whole way into memory. */
final class ModelFilesTest {

    private static final Path FOLDER = Reference.FOLDER;
    private static final JsonNode VARIANTS = Reference.read(FOLDER.resolve("variants/manifest.json"));
    private static final JsonNode MALFORMED = Reference.read(FOLDER.resolve("malformed/manifest.json"));
    private static final double TOLERANCE = 1e-4;

    record File(Path path, String expect, int[] ids, float[] logits) {
        @Override
        public String toString() {
            return FOLDER.relativize(path) + ": " + expect;
        }
    }

    static Stream<File> variants() {
        return StreamSupport.stream(VARIANTS.get("variants").spliterator(), false)
                .map(each -> new File(
                        FOLDER.resolve(each.get("path").asString()),
                        each.get("expect").asString(),
                        Reference.ints(each.get("ids")),
                        floats(VARIANTS.get("logits")
                                .get(each.get("last_logits").asString()))));
    }

    static Stream<File> malformed() {
        JsonNode control = MALFORMED.get("controls_logits");
        return StreamSupport.stream(MALFORMED.get("cases").spliterator(), false)
                .filter(each -> !each.get("kind").asString().equals("tokenizer"))
                .map(each -> new File(
                        FOLDER.resolve("malformed").resolve(each.get("path").asString()),
                        each.get("expect").asString(),
                        Reference.ints(control.get("ids")),
                        floats(control.get("last_logits"))));
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }

    private static LoadedModel load(Path path) {
        EngineOptions options = new EngineOptions(
                new EngineOptions.Model(path, "test", "auto", WeightFormat.F32, "off", true),
                new EngineOptions.Compute(1, BackendName.AUTO),
                new EngineOptions.Batch(0, 1, 32),
                new EngineOptions.Kv(1 << 22, 16, null, false),
                new EngineOptions.Queue(1, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                0);
        return new ModelLoader(options, (phase, done, total) -> {}).load();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyVariantComputesTheSameOrSaysWhyNot(File file) {
        try (LoadedModel loaded = load(file.path)) {
            assertSameLogits(loaded, file);
        } catch (ModelException e) {
            assertThat(file.expect).as("%s", e.getMessage()).isEqualTo("accept_or_reject");
        }
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void damageIsNamedAndWhatIsWholeComputes(File file) {
        try (LoadedModel loaded = load(file.path)) {
            assertThat(file.expect).isNotEqualTo("reject");
            if (file.expect.equals("accept")) {
                assertSameLogits(loaded, file);
            }
        } catch (ModelException e) {
            assertThat(file.expect).as("%s", e.getMessage()).isNotEqualTo("accept");
            assertThat(e.getMessage())
                    .contains(file.path.getFileName().toString().replaceFirst("\\..*", ""));
            assertThat(e.getMessage()).hasSizeLessThan(2000);
        }
        assertThat(Path.of(MALFORMED.get("marker_file_that_must_never_exist").asString()))
                .doesNotExist();
    }

    private static void assertSameLogits(LoadedModel loaded, File file) {
        try (Arena arena = Arena.ofShared()) {
            ForwardBatch batch = new ForwardBatch(32, 1, 2, arena);
            int list = batch.addBlockList(new int[] {1, 0}, 2);
            for (int i = 0; i < file.ids.length; i++) {
                batch.add(file.ids[i], i, list, false, i == file.ids.length - 1);
            }
            MemorySegment logits = loaded.model().forward(batch);
            double largest = 0;
            for (int id = 0; id < file.logits.length; id++) {
                largest = Math.max(largest, Math.abs(logits.getAtIndex(ValueLayout.JAVA_FLOAT, id) - file.logits[id]));
            }
            assertThat(largest).isLessThan(TOLERANCE);
        }
    }

    /** LLaMA 1's own generate() on batches, at temperature 0. */
    @Test
    void generatesWhatTheOfficialCodeGenerates() {
        try (Engine engine = TestEngines.Settings.of("base-mp4").open()) {
            for (JsonNode each : Reference.expected().get("generate_v1")) {
                List<Generation> generations = new ArrayList<>();
                for (int i = 0; i < each.get("prompts").size(); i++) {
                    int left = each.get("total_len").asInt()
                            - each.get("prompt_lengths").get(i).asInt();
                    generations.add(engine.submit(Requests.text(
                                    each.get("prompts").get(i).asString())
                            .maxTokens(Math.min(left, each.get("max_gen_len").asInt()))
                            .build()));
                }
                for (int i = 0; i < generations.size(); i++) {
                    String prompt = each.get("prompts").get(i).asString();
                    String text = Completed.of(generations.get(i)).texts().getOrDefault(0, "");
                    assertThat(prompt + text).isEqualTo(each.get("texts").get(i).asString());
                }
            }
        }
    }

    @Test
    void aSizeThatTheFilesDoNotHaveIsRefusedNamingBoth() {
        EngineOptions options = new EngineOptions(
                new EngineOptions.Model(FOLDER.resolve("base-mp1"), "test", "13B", null, "off", true),
                new EngineOptions.Compute(1, BackendName.AUTO),
                new EngineOptions.Batch(0, 1, 32),
                new EngineOptions.Kv(0, 16, null, false),
                new EngineOptions.Queue(1, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                0);
        assertThat(catchThrowable(() -> new ModelLoader(options, (phase, done, total) -> {}).load()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("13B")
                .hasMessageContaining("5120")
                .hasMessageContaining("64");
    }

    @Test
    void aModelThatDoesNotFitIsRefusedWithTheNumbersAndTheSettings() {
        EngineOptions options = new EngineOptions(
                new EngineOptions.Model(FOLDER.resolve("base-mp1"), "test", "auto", null, "off", true),
                new EngineOptions.Compute(1, BackendName.AUTO),
                new EngineOptions.Batch(0, 1, 32),
                new EngineOptions.Kv(0, 16, null, false),
                new EngineOptions.Queue(1, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                100 << 20);
        assertThat(catchThrowable(() -> new ModelLoader(options, (phase, done, total) -> {}).load()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("100 MiB")
                .hasMessageContaining("altiplano.engine.kv-cache-size")
                .hasMessageContaining("altiplano.model.weights");
    }
}
