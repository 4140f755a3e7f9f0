package dev.altiplano.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonObject;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.meta.MetaParams;
import dev.altiplano.engine.load.Checkpoints;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSizeTest {

    @ParameterizedTest
    @EnumSource
    void followsFromThePublishedParams(ModelSize size) {
        String json = "{\"dim\": " + size.hiddenSize() + ", \"multiple_of\": 256, \"n_heads\": " + size.heads()
                + ", \"n_layers\": " + size.layers() + ", \"norm_eps\": 1e-06, \"vocab_size\": -1}";
        Path file = Path.of("params.json");
        MetaParams params =
                new MetaParams(JsonReader.read(file, json.getBytes(StandardCharsets.UTF_8), 4096), new ArrayList<>());
        Hyperparameters h = params.hyperparameters(32000, false);
        assertThat(h.intermediateSize()).isEqualTo(size.intermediateSize());
        assertThat(ModelSize.of(h)).contains(size);
        long parameters = TensorShape.all(h, LayerWidths.alike(h)).stream()
                .mapToLong(shape -> shape.rows() * shape.columns())
                .sum();
        assertThat(parameters).isEqualTo(size.parameters());
        assertThat(h.headDim()).isEqualTo(128);
        assertThat(h.intermediateSize() % size.shards()).isZero();
    }

    @Test
    void knowsLlama2And3() {
        assertThat(shape("{\"dim\": 8192, \"multiple_of\": 4096, \"ffn_dim_multiplier\": 1.3, \"n_heads\": 64,"
                        + " \"n_kv_heads\": 8, \"n_layers\": 80, \"norm_eps\": 1e-05, \"vocab_size\": -1}"))
                .isEqualTo(new Hyperparameters(8192, 28672, 80, 64, 8, 128, 32000, 4096, 1e-5f, 10000));
        assertThat(shape("{\"dim\": 4096, \"n_layers\": 32, \"n_heads\": 32, \"n_kv_heads\": 8, \"vocab_size\": 32000,"
                        + " \"multiple_of\": 1024, \"ffn_dim_multiplier\": 1.3, \"norm_eps\": 1e-05,"
                        + " \"rope_theta\": 500000.0, \"use_scaled_rope\": false}"))
                .isEqualTo(new Hyperparameters(4096, 14336, 32, 32, 8, 128, 32000, 8192, 1e-5f, 500000));
        assertThat(shape("{\"dim\": 4096, \"n_layers\": 32, \"n_heads\": 32, \"multiple_of\": 256, \"norm_eps\": 1e-05,"
                                + " \"use_scaled_rope\": true}")
                        .rope()
                        .scaling())
                .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 8192));
    }

    /** Meta's files of the small models do not state their scaling, which is another than that of Llama 3.1. */
    @Test
    void scalesLlama32sSmallModelsBy32() {
        assertThat(shape("{\"dim\": 2048, \"n_layers\": 16, \"n_heads\": 32, \"n_kv_heads\": 8, \"vocab_size\": 32000,"
                                + " \"ffn_dim_multiplier\": 1.5, \"multiple_of\": 256, \"norm_eps\": 1e-05,"
                                + " \"rope_theta\": 500000.0, \"use_scaled_rope\": true}")
                        .rope()
                        .scaling())
                .isEqualTo(new RopeScaling.Llama3(32, 1, 4, 8192));
    }

    private static final String NEMO = "{\"dim\": 5120, \"n_layers\": 40, \"head_dim\": 128, \"hidden_dim\": 14336,"
            + " \"n_heads\": 32, \"n_kv_heads\": 8, \"norm_eps\": 1e-05, \"vocab_size\": 32000, ";

    @Test
    void mistralsFilesStateTheirContext() {
        assertThat(shape(NEMO + "\"rope_theta\": 1000000.0}").contextLength()).isEqualTo(32_768);
        assertThat(shape(NEMO + "\"max_position_embeddings\": 131072}").contextLength())
                .isEqualTo(131_072);
        assertThat(shape(NEMO + "\"max_position_embeddings\": 131072, \"max_seq_len\": 4096}")
                        .contextLength())
                .isEqualTo(4096);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"yarn\": {\"factor\": 16}",
                "\"llama_4_scaling\": {\"beta\": 0.1}",
                "\"use_qk_norm\": true",
                "\"nope_layer_interval\": 4",
                "\"attn_temperature_tuning\": true",
                "\"_sliding_window\": [null, 32, 32, 32]",
                "\"num_experts\": 8",
                "\"interleave_moe_layer_step\": 1",
                "\"tied_embeddings\": true",
                "\"use_biases\": true"
            })
    void refusesOtherArithmeticByName(String more) {
        assertThatThrownBy(() -> shape(NEMO + more + "}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("params.json")
                .hasMessageContaining(more.substring(1, more.indexOf("\":")))
                .hasMessageContaining("not supported");
    }

    @Test
    void otherArithmeticThatIsNotAskedForPasses() {
        assertThat(shape(NEMO
                                + "\"use_flash_attention\": true, \"attn_implementation\": \"sdpa\", \"yarn\": null, \"use_qk_norm\": false, \"nope_layer_interval\": 0, \"num_experts\": 0,"
                                + " \"model_type\": \"transformer\", \"comment\": {\"by\": \"us\"}}")
                        .layers())
                .isEqualTo(40);
    }

    @Test
    void aConfiguredSizeMustFitTheFiles() {
        try (Checkpoint checkpoint = Checkpoints.open(ReferenceFiles.ROOT.resolve("base-mp1"))) {
            assertThatThrownBy(() -> ModelSize.named("13b").require(checkpoint))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("configured size is 13B")
                    .hasMessageContaining("hidden size 64, 2 layers");
        }
        assertThatThrownBy(() -> ModelSize.named("14B")).hasMessageContaining("7B, 13B, 30B, 65B");
    }

    private static Hyperparameters shape(String json) {
        JsonObject object = JsonReader.read(Path.of("params.json"), json.getBytes(StandardCharsets.UTF_8), 4096);
        return new MetaParams(object, new ArrayList<>()).hyperparameters(32000, true);
    }
}
