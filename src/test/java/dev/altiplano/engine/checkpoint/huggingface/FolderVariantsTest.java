package dev.altiplano.engine.checkpoint.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.huggingface.SafetensorsFile.Entry;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.load.Checkpoints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same model in the spellings that folders have: each holds the tensors that it held before. */
final class FolderVariantsTest {

    private static final Path MIXTRAL = ReferenceFiles.ROOT.resolve("families/models/hf/mixtral");
    private static final int EXPERTS = 4;

    @TempDir
    private Path folder;

    private SafetensorsFile weights = new SafetensorsFile();
    private String config = "";

    @BeforeEach
    void readModel() throws IOException {
        weights = SafetensorsFile.read(MIXTRAL.resolve("model.safetensors"));
        config = Files.readString(MIXTRAL.resolve("config.json"));
        Files.copy(MIXTRAL.resolve("tokenizer.model"), folder.resolve("tokenizer.model"));
    }

    @Test
    void expertsInTwoTensorsOfALayerAreTakenApart() throws IOException {
        mergeExperts();
        assertSameTensors();
    }

    @Test
    void namesOfTheBareModelAreKnown() throws IOException {
        mergeExperts();
        rename("model.", "");
        config = config.replace("MixtralForCausalLM", "MixtralModel");
        assertSameTensors();
    }

    @Test
    void aBareModelWithoutAnOutputCannotGenerate() throws IOException {
        rename("model.", "");
        weights.tensors.remove("lm_head.weight");
        write();
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no lm_head.weight");
        config = config.replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        write();
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.tiedOutput()).isTrue();
        }
    }

    @Test
    void refusesATensorUnderTwoNames() throws IOException {
        weights.tensors.put("norm.weight", weights.tensors.get("model.norm.weight"));
        write();
        assertThatThrownBy(() -> Checkpoints.open(folder)).hasMessageContaining("has norm.weight a second time");
    }

    @Test
    void refusesExpertsOfAnotherNumber() throws IOException {
        mergeExperts();
        config = config.replace("\"num_local_experts\": 4", "\"num_local_experts\": 8");
        write();
        assertThatThrownBy(() -> Checkpoints.open(folder))
                .hasMessageContaining("should hold one matrix for each of 8 experts");
    }

    @Test
    void doublesAreRead() throws IOException {
        weights.tensors.replaceAll((name, tensor) -> doubles(tensor));
        assertSameTensors();
    }

    @Test
    void biasesOfZerosAreLeftOut() throws IOException {
        String name = "model.layers.1.self_attn.q_proj.bias";
        byte[] zeros = new byte[2 * 64];
        zeros[3] = (byte) 0x80;
        weights.tensors.put(name, new Entry("F16", new long[] {64}, zeros));
        assertSameTensors();
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertThat(checkpoint.notes()).anyMatch(note -> note.startsWith("1 biases of zeros"));
        }
        byte[] others = new byte[2 * 64];
        others[100] = 1;
        weights.tensors.put(name, new Entry("F16", new long[] {64}, others));
        write();
        assertThatThrownBy(() -> Checkpoints.open(folder)).hasMessageContaining("holds biases (blk.1.attn_q.bias)");
    }

    @Test
    void anEmptyListOfArchitecturesSaysNothing() throws IOException {
        config = config.replaceFirst("\"architectures\": *\\[[^]]*]", "\"architectures\": []");
        assertThat(config).contains("\"architectures\": []");
        assertSameTensors();
    }

    @Test
    void whatAConfigurationDoesNotSayIsTransformersDefault() throws IOException {
        config = config.replace("\"rms_norm_eps\": 1e-05,", "")
                .replace("\"rope_theta\": 10000.0,", "")
                .replace("\"max_position_embeddings\": 512,", "");
        write();
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            Hyperparameters h = checkpoint.hyperparameters();
            assertThat(h.normEpsilon()).isEqualTo(1e-5f);
            assertThat(h.ropeTheta()).isEqualTo(1e6);
            assertThat(h.contextLength()).isEqualTo(131072);
            assertThat(checkpoint.notes())
                    .contains("config.json has no rms_norm_eps: it is taken to be 1.0E-5, transformers' default for"
                            + " mixtral")
                    .anyMatch(note -> note.contains("max_position_embeddings"));
        }
        config = config.replace("\"num_key_value_heads\": 2,", "");
        write();
        assertThatThrownBy(() -> Checkpoints.open(folder)).hasMessageContaining("k_proj.weight has the shape");
    }

    private void write() throws IOException {
        weights.write(folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("config.json"), config);
    }

    private void assertSameTensors() throws IOException {
        write();
        try (Checkpoint expected = Checkpoints.open(MIXTRAL);
                Checkpoint actual = Checkpoints.open(folder)) {
            assertThat(actual.tensors())
                    .extracting(Tensor::name)
                    .containsExactlyInAnyOrderElementsOf(
                            expected.tensors().stream().map(Tensor::name).toList());
            for (Tensor tensor : expected.tensors()) {
                assertThat(ReferenceFiles.widened(actual.tensor(tensor.name())))
                        .as(tensor.name())
                        .isEqualTo(ReferenceFiles.widened(tensor));
            }
        }
    }

    private void rename(String from, String to) {
        Map<String, Entry> renamed = new LinkedHashMap<>();
        weights.tensors.forEach((name, tensor) ->
                renamed.put(name.startsWith(from) ? to + name.substring(from.length()) : name, tensor));
        weights.tensors.clear();
        weights.tensors.putAll(renamed);
    }

    /** As transformers 5 keeps them: gate above up in one tensor, down in another, each for all experts. */
    private void mergeExperts() {
        for (int layer = 0; layer < 2; layer++) {
            String old = "model.layers." + layer + ".block_sparse_moe.";
            String now = "model.layers." + layer + ".mlp.";
            ByteArrayOutputStream gateUp = new ByteArrayOutputStream();
            ByteArrayOutputStream down = new ByteArrayOutputStream();
            for (int expert = 0; expert < EXPERTS; expert++) {
                for (String name : List.of("w1", "w3")) {
                    gateUp.writeBytes(take(old + "experts." + expert + "." + name + ".weight")
                            .bytes());
                }
                down.writeBytes(take(old + "experts." + expert + ".w2.weight").bytes());
            }
            weights.tensors.put(now + "gate.weight", take(old + "gate.weight"));
            weights.tensors.put(
                    now + "experts.gate_up_proj",
                    new Entry("F16", new long[] {EXPERTS, 2 * 96, 64}, gateUp.toByteArray()));
            weights.tensors.put(
                    now + "experts.down_proj", new Entry("F16", new long[] {EXPERTS, 64, 96}, down.toByteArray()));
        }
    }

    private Entry take(String name) {
        Entry entry = weights.tensors.remove(name);
        assertThat(entry).as(name).isNotNull();
        return entry;
    }

    private static Entry doubles(Entry tensor) {
        ByteBuffer from = ByteBuffer.wrap(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.allocate(4 * tensor.bytes().length).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            to.putDouble(Float.float16ToFloat(from.getShort()));
        }
        return new Entry("F64", tensor.shape(), to.array());
    }
}
