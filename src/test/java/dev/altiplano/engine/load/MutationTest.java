package dev.altiplano.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.ReferenceFiles;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.content.JsonReader;
import dev.altiplano.engine.checkpoint.huggingface.HuggingFaceConfig;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.torch.ZipArchive;
import dev.altiplano.engine.checkpoint.verify.Verification;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models with random damage open, or end in a {@link CheckpointException}; nothing else happens. */
class MutationTest {

    private static final int CASES = 250;

    @TempDir
    private Path folder;

    @Test
    void gguf() throws Exception {
        byte[] whole = bytes("malformed/control.gguf");
        Path file = folder.resolve("model.gguf");
        int refused = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Files.write(file, damaged(whole, 8192, seed));
            refused += opens(file, seed) ? 0 : 1;
        }
        assertThat(refused).isBetween(CASES / 10, CASES);
    }

    @Test
    void safetensors() throws Exception {
        for (String name : new String[] {"config.json", "tokenizer.model"}) {
            Files.write(folder.resolve(name), bytes("malformed/control-safetensors/" + name));
        }
        byte[] whole = bytes("malformed/control-safetensors/model.safetensors");
        int refused = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Files.write(folder.resolve("model.safetensors"), damaged(whole, 1200, seed));
            refused += opens(folder, seed) ? 0 : 1;
        }
        assertThat(refused).isBetween(CASES / 10, CASES);
    }

    @Test
    void torchArchive() throws Exception {
        byte[] whole = torchFolder();
        int refused = 0;
        for (int seed = 0; seed < CASES; seed++) {
            int edge = seed % 2 == 0 ? 2200 : whole.length;
            Files.write(folder.resolve("consolidated.00.pth"), damaged(whole, edge, seed));
            refused += opens(folder, seed) ? 0 : 1;
        }
        assertThat(refused).isBetween(CASES / 10, CASES);
    }

    @Test
    void pickleWithARightChecksum() throws Exception {
        byte[] whole = torchFolder();
        Path plain = ReferenceFiles.ROOT.resolve("malformed/control-pth/consolidated.00.pth");
        ZipArchive.Entry pickle =
                ZipArchive.entries(plain, MemorySegment.ofArray(whole)).get("consolidated/data.pkl");
        int refused = 0;
        for (int seed = 0; seed < CASES; seed++) {
            int from = (int) pickle.offset();
            int to = from + (int) pickle.bytes();
            byte[] inside = Arrays.copyOfRange(whole, from, to);
            byte[] changed = Arrays.copyOf(flipped(inside, inside.length, new Random(seed)), inside.length);
            byte[] archive = whole.clone();
            System.arraycopy(changed, 0, archive, from, changed.length);
            setCrc(archive, crc(changed));
            Files.write(folder.resolve("consolidated.00.pth"), archive);
            refused += opens(folder, seed) ? 0 : 1;
        }
        assertThat(refused).isBetween(CASES / 10, CASES);
    }

    @Test
    void json() throws Exception {
        byte[] whole = bytes("hf-gqa/config.json");
        for (int seed = 0; seed < 4 * CASES; seed++) {
            try {
                new HuggingFaceConfig(JsonReader.read(Path.of("config.json"), damaged(whole, whole.length, seed), 4096))
                        .hyperparameters();
            } catch (CheckpointException e) {
                assertThat(e).hasMessageStartingWith("config.json: ");
            }
        }
    }

    /** Opens the model and reads all of it. */
    private static boolean opens(Path path, int seed) {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            for (Tensor tensor : checkpoint.tensors()) {
                assertThat(ReferenceFiles.bytes(tensor)).hasSize((int) tensor.byteSize());
            }
            Verification.checksums(checkpoint.files(), Progress.NONE);
            return true;
        } catch (CheckpointException e) {
            assertThat(e.getMessage()).as("seed %d", seed).contains(path.toString());
            return false;
        }
    }

    /** Some bytes before {@code edge} changed, and every fifth time the file cut. */
    private static byte[] damaged(byte[] whole, int edge, int seed) {
        Random random = new Random(seed);
        byte[] changed = flipped(whole, edge, random);
        return seed % 5 == 0 ? Arrays.copyOf(changed, random.nextInt(whole.length)) : changed;
    }

    private static byte[] flipped(byte[] whole, int edge, Random random) {
        byte[] changed = whole.clone();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int at = random.nextInt(edge);
            switch (random.nextInt(4)) {
                case 0 -> changed[at] = (byte) 0xFF;
                case 1 -> changed[at] = 0;
                case 2 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                default -> changed[at] = (byte) random.nextInt(256);
            }
        }
        return changed;
    }

    /** Copies a small model of Meta's layout, without its checklist, and returns its one shard. */
    private byte[] torchFolder() throws Exception {
        Files.write(folder.resolve("params.json"), bytes("malformed/control-pth/params.json"));
        Files.write(folder.resolve("tokenizer.model"), bytes("malformed/tokenizer.model"));
        return bytes("malformed/control-pth/consolidated.00.pth");
    }

    /** Writes the pickle's CRC-32 into its local header and into the directory. */
    private static void setCrc(byte[] archive, int crc) {
        ByteBuffer buffer = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        byte[] name = "consolidated/data.pkl".getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at + name.length <= archive.length; at++) {
            if (Arrays.equals(archive, at, at + name.length, name, 0, name.length)) {
                boolean local = at >= 30 && buffer.getInt(at - 30) == 0x04034b50;
                buffer.putInt(local ? at - 30 + 14 : at - 46 + 16, crc);
            }
        }
    }

    private static int crc(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return (int) sum.getValue();
    }

    private static byte[] bytes(String name) throws Exception {
        return Files.readAllBytes(ReferenceFiles.ROOT.resolve(name));
    }
}
