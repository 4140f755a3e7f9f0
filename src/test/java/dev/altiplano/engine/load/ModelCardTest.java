package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.EngineOptions;
import dev.altiplano.engine.TestEngines.Settings;
import dev.altiplano.engine.kernel.KvFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a loaded model says of itself. */
class ModelCardTest {

    private static final Path TIED = Path.of("src/test/resources/reference/families/models/hf/tied");

    /** The output matrix of a tied model is its embedding, and in the file once. */
    @Test
    void tiedWeightsAreCountedOnce() throws Exception {
        EngineOptions options = Settings.of("base-mp1").options().with(EngineOptions.Model.of(TIED, "test"));
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load()) {
            assertThat(loaded.card().parameters()).isEqualTo(weightsIn(TIED.resolve("model.safetensors")));
        }
    }

    /** Only a model whose matrices are all held in F32 has keys and values in F32 where nothing else is asked. */
    @ParameterizedTest
    @CsvSource({
        "base-mp1, f32, F32",
        "base-mp1, file, I16",
        "gguf/base-f32.gguf, file, F32",
        "gguf/base-mixed.gguf, file, I16",
        "gguf/kq-q4_k_m.gguf, file, I16"
    })
    void keysFollowTheWeights(String model, String weights, KvFormat expected) {
        EngineOptions options = Settings.of(model).weights(weights).options();
        try (LoadedModel loaded = new ModelLoader(options, (phase, done, total) -> {}).load()) {
            assertThat(loaded.kv().shape().format()).isEqualTo(expected);
        }
    }

    private static long weightsIn(Path safetensors) throws Exception {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(safetensors)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        long weights = 0;
        for (JsonNode tensor : JsonMapper.shared().readTree(new String(header, StandardCharsets.UTF_8))) {
            long elements = 1;
            for (JsonNode size : tensor.path("shape")) {
                elements *= size.asLong();
            }
            weights += tensor.has("shape") ? elements : 0;
        }
        return weights;
    }
}
