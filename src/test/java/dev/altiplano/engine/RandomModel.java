package dev.altiplano.engine;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.Progress;
import dev.altiplano.engine.checkpoint.TokenizerData;
import dev.altiplano.engine.checkpoint.gguf.GgufWriter;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A GGUF file with random weights, tiny unless asked otherwise, whose vocabulary has single bytes and pieces of JSON. */
public final class RandomModel {

    private static final int PIECES = 400;
    private static final String[] PARTS = {
        "\"", "{", "}", "[", "]", ":", ",", "▁", "\\", "-", "0", "1", "7", "e", ".", "true", "null", "name", "id", "a",
        "x", "ü", "é", "😀", "T", "Z", "2024", "@", "/"
    };

    private final Random random;
    private final int hidden;
    private final int layers;

    private RandomModel(long seed, int hidden, int layers) {
        random = new Random(seed);
        this.hidden = hidden;
        this.layers = layers;
    }

    /** Writes the model number {@code seed} into {@code folder}. */
    public static Path write(Path folder, long seed) throws IOException {
        return write(folder, seed, 64, 2);
    }

    /** The same with {@code hidden} columns, a multiple of 64, and {@code layers} layers. */
    public static Path write(Path folder, long seed, int hidden, int layers) throws IOException {
        Path file = folder.resolve("random-" + seed + ".gguf");
        new RandomModel(seed, hidden, layers).write(file);
        return file;
    }

    private void write(Path file) throws IOException {
        Set<String> pieces = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            pieces.add(String.format("<0x%02X>", b));
        }
        int special = pieces.size();
        while (pieces.size() < special + PIECES) {
            StringBuilder piece = new StringBuilder();
            for (int parts = 1 + random.nextInt(3); parts > 0; parts--) {
                piece.append(PARTS[random.nextInt(PARTS.length)]);
            }
            pieces.add(piece.toString());
        }
        int[] kinds = new int[pieces.size()];
        Arrays.fill(kinds, 0, special, 6);
        Arrays.fill(kinds, special, kinds.length, 1);
        kinds[0] = 2;
        kinds[1] = 3;
        kinds[2] = 3;
        TokenizerData tokenizer =
                new TokenizerData.Pieces(List.copyOf(pieces), new float[kinds.length], kinds, 1, 2, 0, true, false);
        int heads = Math.max(4, hidden / 64);
        Hyperparameters shape = new Hyperparameters(
                hidden, 3 * hidden / 2, layers, heads, heads / 2, hidden / heads, kinds.length, 512, 1e-5f, 10000);
        new GgufWriter("random", shape, tokenizer, tensors(kinds.length)).write(file, true, Progress.NONE);
    }

    private List<Tensor> tensors(int vocabulary) {
        List<Tensor> tensors = new ArrayList<>();
        int feedForward = 3 * hidden / 2;
        tensors.add(normal("token_embd.weight", vocabulary, hidden));
        tensors.add(normal("output.weight", vocabulary, hidden));
        tensors.add(ones("output_norm.weight"));
        for (int layer = 0; layer < layers; layer++) {
            String prefix = "blk." + layer + ".";
            tensors.add(ones(prefix + "attn_norm.weight"));
            tensors.add(ones(prefix + "ffn_norm.weight"));
            tensors.add(normal(prefix + "attn_q.weight", hidden, hidden));
            tensors.add(normal(prefix + "attn_k.weight", hidden / 2, hidden));
            tensors.add(normal(prefix + "attn_v.weight", hidden / 2, hidden));
            tensors.add(normal(prefix + "attn_output.weight", hidden, hidden));
            tensors.add(normal(prefix + "ffn_gate.weight", feedForward, hidden));
            tensors.add(normal(prefix + "ffn_up.weight", feedForward, hidden));
            tensors.add(normal(prefix + "ffn_down.weight", hidden, feedForward));
        }
        return tensors;
    }

    private Tensor normal(String name, int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * 2 / Math.sqrt(columns));
        }
        return new FloatTensor(name, rows, columns, values);
    }

    private Tensor ones(String name) {
        float[] values = new float[hidden];
        Arrays.fill(values, 1);
        return new FloatTensor(name, 1, hidden, values);
    }
}
