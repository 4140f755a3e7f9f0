package dev.altiplano.tool.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.load.Checkpoints;
import dev.altiplano.tool.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What merge and quantize write loads again as the same model. */
final class RoundTripTest {

    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @TempDir
    private Path folder;

    /** More rows of the embedding than tokens, as padded folders have them. */
    @ParameterizedTest
    @ValueSource(strings = {"merge", "quantize"})
    void aPaddedFolderWritesAFileThatLoads(String command) throws IOException {
        Path padded = padded(3);
        Path out = folder.resolve("out.gguf");
        run(command, padded, out);
        try (Checkpoint before = Checkpoints.open(padded);
                Checkpoint after = Checkpoints.open(out)) {
            int size = before.hyperparameters().vocabularySize();
            assertThat(after.hyperparameters().vocabularySize()).isEqualTo(size);
            assertThat(after.tokenizer()).isInstanceOfSatisfying(TokenizerData.Pieces.class, pieces -> {
                assertThat(pieces.pieces()).hasSize(size).endsWith("[PAD" + (size - 1) + "]");
                assertThat(pieces.kinds()[size - 1]).isEqualTo(5);
            });
        }
    }

    @Test
    void aQuantizedFolderKeepsItsBits() throws IOException {
        Path out = folder.resolve("out.gguf");
        run("merge", REFERENCE.resolve("families/folders/gptq-g32-sym"), out);
        try (Checkpoint after = Checkpoints.open(out)) {
            assertThat(after.tensor("blk.0.attn_q.weight").type().name()).isEqualTo("Q4_0");
        }
    }

    private void run(String command, Path in, Path out) {
        StringWriter err = new StringWriter();
        String[] arguments = command.equals("merge")
                ? new String[] {"merge", in.toString(), out.toString()}
                : new String[] {"quantize", "--type", "f32", in.toString(), out.toString()};
        int code = Commands.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
        assertThat(code).as(err.toString()).isZero();
    }

    /** The reference folder with {@code rows} zero rows behind those of its tokens. */
    private Path padded(int rows) throws IOException {
        Path source = REFERENCE.resolve("hf-base");
        Path target = Files.createDirectory(folder.resolve("padded"));
        Files.copy(source.resolve("tokenizer.model"), target.resolve("tokenizer.model"));
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(source.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = (int) file.getLong(0);
        String header = new String(file.array(), 8, headerBytes, StandardCharsets.UTF_8);
        byte[] data = Arrays.copyOfRange(file.array(), 8 + headerBytes, file.capacity());
        PaddedSafetensors padded = new PaddedSafetensors(header, data);
        Files.write(
                target.resolve("model.safetensors"), padded.with(rows, "model.embed_tokens.weight", "lm_head.weight"));
        String config = Files.readString(source.resolve("config.json"));
        int size = Integer.parseInt(config.replaceAll("(?s).*\"vocab_size\": (\\d+).*", "$1"));
        Files.writeString(
                target.resolve("config.json"),
                config.replace("\"vocab_size\": " + size, "\"vocab_size\": " + (size + rows)));
        return target;
    }
}
