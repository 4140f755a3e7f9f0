package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.Reference;
import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.architecture.RopeScaling;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file may say of a related model that is not computed: refused by name, and only where it would change a result. */
final class FamilyRefusalsTest {

    private static final Path MODELS = Reference.FOLDER.resolve("families/models");

    @TempDir
    private Path folder;

    private Path changed(String model, String more) throws IOException {
        try (Stream<Path> files = Files.list(MODELS.resolve(model))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Path config = folder.resolve("config.json");
        String json = Files.readString(config);
        for (String entry : more.split(";")) {
            String key = entry.substring(0, entry.indexOf(':') + 1);
            json = json.replaceFirst(",?\\s*" + key + " (\\{[^}]*}|\\[[^]]*]|[^,}]*)", "");
            json = json.replaceFirst("\\{\\s*,?", "{" + entry + ",");
        }
        Files.writeString(config, json);
        return folder;
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"model_type\": \"qwen3\" | known are llama, mistral, mixtral",
                "\"architectures\": [\"GraniteForCausalLM\"] | LlamaForCausalLM",
                "\"hidden_act\": \"gelu\" | hidden_act is \"gelu\"",
                "\"logits_scaling\": 8.0 | logits_scaling is 8.0",
                "\"residual_multiplier\": 0.2 | residual_multiplier is 0.2",
                "\"attention_multiplier\": 0.01 | attention_multiplier is 0.01",
                "\"query_pre_attn_scalar\": 144 | query_pre_attn_scalar is 144",
                "\"attn_logit_softcapping\": 50.0 | attn_logit_softcapping is 50.0",
                "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 0} | factor is 0",
                "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": -2.0} | factor is -2.0",
                "\"rope_scaling\": {\"rope_type\": \"linear\"} | factor is missing",
                "\"rope_scaling\": {\"factor\": 2.0} | no rope_type",
                "\"rope_scaling\": {\"rope_type\": \"mrope\", \"factor\": 2.0} | \"mrope\"; known are",
                "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2.0, \"temperature\": 3} | temperature",
                "\"layer_types\": [\"full_attention\", \"sliding_attention\"] | layer_types",
                "\"layer_types\": [\"sliding_attention\", \"sliding_attention\"] | full_attention alone",
                "\"use_sliding_window\": true | use_sliding_window is true",
                "\"no_rope_layers\": [1, 0] | no_rope_layers",
                "\"no_rope_layer_interval\": 4 | no_rope_layer_interval is 4",
                "\"attn_temperature_tuning\": true | attn_temperature_tuning is true",
                "\"num_key_value_heads_per_layer\": [1, 2] | num_key_value_heads_per_layer",
                "\"is_causal\": false | is_causal is false",
            })
    void configurationsOfOtherArithmeticAreRefusedByName(String more, String message) throws IOException {
        changed("hf/rope-linear-scaling", more);
        assertRefused(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hf/mistral-window-16 | \"sliding_window\": 0 | sliding_window is 0",
                "hf/mistral-window-16 | \"sliding_window\": -1 | sliding_window is -1",
                "hf/mixtral | \"num_local_experts\": 2147483648 | num_local_experts is 2147483648",
                "hf/mixtral | \"num_experts_per_tok\": 5 | num_experts_per_tok is 5",
                "hf/mixtral | \"num_experts_per_tok\": 0 | num_experts_per_tok is 0",
            })
    void impossibleNumbersAreRefused(String model, String more, String message) throws IOException {
        changed(model, more);
        assertRefused(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "31 | (Q4_0_4_4), whose rows are interleaved | to Q4_0",
                "36 | (IQ4_NL_4_4), whose rows are interleaved | to IQ4_NL",
                "5 | (Q4_3), which is not supported | convert the original model to one of [F32, F16",
                "40 | (NVFP4), which is not supported | convert the original model to one of",
                "99 | , which is not supported | convert the original model to one of",
            })
    void typesThatAreNotReadAreNamedWithTheWayOut(int type, String what, String wayOut) throws IOException {
        ByteBuffer file = gguf(1, 0);
        string(file, "token_embd.weight");
        file.putInt(1).putLong(32).putInt(type).putLong(0);
        Files.write(folder.resolve("a.gguf"), file.array());
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("a.gguf")))
                .hasMessageContaining("token_embd.weight has the tensor type " + type)
                .hasMessageContaining(what)
                .hasMessageContaining(wayOut);
    }

    @Test
    void adaptersThatAreGivenAsModelsAreToldApart() throws IOException {
        ByteBuffer file = gguf(0, 2);
        string(file, "general.architecture");
        string(file.putInt(8), "llama");
        string(file, "general.type");
        string(file.putInt(8), "adapter");
        Files.write(folder.resolve("a.bin"), file.array());
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("a.bin")))
                .hasMessageContaining("is an adapter")
                .hasMessageContaining("altiplano.adapters.NAME");
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        assertThatThrownBy(() -> Checkpoints.open(folder)).hasMessageContaining("holds an adapter");
    }

    @ParameterizedTest
    @CsvSource({"2, has 2 numbers for 3 layers", "3, is 0 for layer 2"})
    void arraysThatLackALayerOrItsWidthAreRefused(int count, String message) throws IOException {
        ByteBuffer file = gguf(0, 5);
        string(file, "general.architecture");
        string(file.putInt(8), "llama");
        for (String number : new String[] {"embedding_length", "block_count", "attention.head_count"}) {
            string(file, "llama." + number);
            file.putInt(4).putInt(number.equals("block_count") ? 3 : 8);
        }
        string(file, "llama.feed_forward_length");
        file.putInt(9).putInt(5).putLong(count);
        for (int i = 0; i < count; i++) {
            file.putInt(i < 2 ? 2 : 0);
        }
        Files.write(folder.resolve("a.gguf"), file.array());
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("a.gguf")))
                .hasMessageContaining("llama.feed_forward_length " + message);
    }

    private static ByteBuffer gguf(long tensors, long keys) {
        ByteBuffer file = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        return file.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(tensors)
                .putLong(keys);
    }

    private static void string(ByteBuffer file, String text) {
        file.putLong(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void expertsThatTheFilesLackAreNamed() throws IOException {
        changed("hf/mixtral", "\"num_local_experts\": 5");
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .hasMessageContaining("model.layers.0.block_sparse_moe")
                .hasMessageContaining("[5, 64]");
    }

    @Test
    void whatChangesNothingPasses() throws IOException {
        changed(
                "hf/rope-linear-scaling",
                "\"logits_scaling\": 1.0;\"attn_logit_softcapping\": null;\"query_pre_attn_scalar\": 8;"
                        + "\"layer_types\": [\"full_attention\", \"full_attention\"];\"pretraining_tp\": 1;"
                        + "\"no_rope_layers\": [1, 1];\"use_sliding_window\": false");
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.hyperparameters().rope().scaling()).isInstanceOf(RopeScaling.Linear.class);
        }
    }

    @Test
    void mistralsOwnWindowCountsWhereTheKeyIsAbsent() throws IOException {
        changed("hf/mistral-window-16", "\"sliding_window\": null");
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.hyperparameters().slidingWindow()).isZero();
        }
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"sliding_window\": null,", ""));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Hyperparameters h = checkpoint.hyperparameters();
            assertThat(h.slidingWindow()).isEqualTo(4096);
            assertThat(h.effectiveWindow()).isZero();
        }
    }

    @Test
    void filesThatAreNoModelSayWhatTheyAre() throws IOException {
        String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4880\n";
        Files.writeString(folder.resolve("a.gguf"), pointer);
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("a.gguf"))).hasMessageContaining("git lfs pull");
        Files.writeString(folder.resolve("b.gguf"), "<!DOCTYPE html><html><body>Sign in</body></html>");
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("b.gguf"))).hasMessageContaining("HTML page");
        changed("hf/rope-linear-scaling", "\"x\": 1");
        Files.writeString(folder.resolve("model.safetensors"), pointer);
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("git lfs pull");
        Files.writeString(folder.resolve("config.json"), "<html></html>");
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .hasMessageContaining("config.json")
                .hasMessageContaining("HTML page");
    }

    @ParameterizedTest
    @CsvSource({
        "llama.attention.sliding_window, 0, sliding_window is 0",
        "llama.rope.scale_linear, 0, scale_linear is 0",
        "llama.rope.scaling.factor, NaN, scaling.factor is NaN",
        "llama.expert_used_count, 3, ''",
        "llama.logit_scale, 0.5, logit_scale is 0.5",
        "llama.attention.scale, 0.5, attention.scale is 0.5",
        "llama.attn_logit_softcapping, 30, attn_logit_softcapping is 30",
        "llama.residual_scale, 0.25, residual_scale is 0.25",
        "llama.rope.scaling.yarn_log_multiplier, 0.1, yarn_log_multiplier is 0.1",
        "llama.swin_norm, 1, swin_norm",
    })
    void keysOfOtherArithmeticAreRefusedByName(String key, float value, String message) throws IOException {
        Path file = withKey("gguf/bias-mlp.gguf", key, value);
        if (message.isEmpty()) {
            Checkpoints.open(file).close();
            return;
        }
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aPartOfASplitModelOpensAllAndAMissingOneIsNamed() throws IOException {
        Path parts = MODELS.resolve("gguf");
        for (int i = 1; i <= 3; i++) {
            String name = "split-0000" + i + "-of-00003.gguf";
            Files.copy(parts.resolve(name), folder.resolve(name));
        }
        try (Checkpoint whole = Checkpoints.open(folder);
                Checkpoint third = Checkpoints.open(folder.resolve("split-00003-of-00003.gguf"))) {
            assertThat(whole.files()).hasSize(3);
            assertThat(third.path()).isEqualTo(whole.path());
            assertThat(third.tensors()).hasSameSizeAs(whole.tensors());
        }
        Files.delete(folder.resolve("split-00002-of-00003.gguf"));
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .hasMessageContaining("split-00002-of-00003.gguf")
                .hasMessageContaining("part 2 of 3");
        Files.move(folder.resolve("split-00001-of-00003.gguf"), folder.resolve("renamed.gguf"));
        assertThatThrownBy(() -> Checkpoints.open(folder.resolve("renamed.gguf")))
                .hasMessageContaining("-00001-of-00003.gguf");
    }

    /** A copy of a file with one more key, a float, and a text that keeps the data where it is aligned. */
    private Path withKey(String model, String key, float value) throws IOException {
        byte[] old = Files.readAllBytes(MODELS.resolve(model));
        int first = 8 + key.length() + 4 + 4;
        int padding = (32 - (first + 8 + 1 + 4 + 8) % 32) % 32;
        ByteBuffer more = ByteBuffer.allocate(first + 21 + padding).order(ByteOrder.LITTLE_ENDIAN);
        more.putLong(key.length()).put(key.getBytes(StandardCharsets.UTF_8));
        more.putInt(6).putFloat(value);
        more.putLong(1).put((byte) 'x').putInt(8).putLong(padding).put(new byte[padding]);
        ByteBuffer file = ByteBuffer.allocate(old.length + more.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        file.put(old, 0, 24).put(more.array()).put(old, 24, old.length - 24);
        file.putLong(16, file.getLong(16) + 2);
        Path changed = folder.resolve("changed.gguf");
        Files.write(changed, file.array());
        return changed;
    }
}
