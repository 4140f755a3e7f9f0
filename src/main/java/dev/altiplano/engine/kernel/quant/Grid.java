package dev.altiplano.engine.kernel.quant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * A codebook of ggml's formats of one to three bits: an entry is a group of neighbouring weights, each the number of its
 * magnitude. They are facts of the formats and lie in {@code grids.txt}.
 */
final class Grid {

    private static final Map<String, byte[]> READ = read();

    static final Grid IQ1 = new Grid("IQ1_S", 2, 8);
    static final Grid IQ2_XXS = new Grid("IQ2_XXS", 2, 8);
    static final Grid IQ2_XS = new Grid("IQ2_XS", 2, 8);
    static final Grid IQ2_S = new Grid("IQ2_S", 2, 8);
    static final Grid IQ3_XXS = new Grid("IQ3_XXS", 3, 4);
    static final Grid IQ3_S = new Grid("IQ3_S", 3, 4);

    private final byte[] magnitudes;
    private final int group;

    private Grid(String name, int bits, int group) {
        byte[] packed = READ.get(name);
        if (packed == null) {
            throw new IllegalStateException("grids.txt lacks " + name);
        }
        this.group = group;
        magnitudes = new byte[8 * packed.length / bits];
        for (int i = 0; i < magnitudes.length; i++) {
            for (int bit = 0; bit < bits; bit++) {
                int at = bits * i + bit;
                magnitudes[i] |= (byte) ((packed[at / 8] >>> at % 8 & 1) << bit);
            }
        }
    }

    /** The number of the magnitude of weight {@code i} of a group that is entry {@code index}. */
    int magnitude(int index, int i) {
        return magnitudes[index * group + i];
    }

    private static Map<String, byte[]> read() {
        String text;
        try (InputStream in = Grid.class.getResourceAsStream("grids.txt")) {
            if (in == null) {
                throw new IllegalStateException("grids.txt is not on the class path");
            }
            text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, StringBuilder> texts = new HashMap<>();
        StringBuilder current = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("IQ") && line.length() < 8) {
                current = new StringBuilder();
                texts.put(line, current);
            } else if (!line.startsWith("#")) {
                current.append(line);
            }
        }
        Map<String, byte[]> grids = new HashMap<>();
        texts.forEach((name, packed) -> grids.put(name, Base64.getDecoder().decode(packed.toString())));
        return grids;
    }
}
