package dev.altiplano.training.export;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.checkpoint.torch.PthWriter;
import dev.altiplano.training.TrainingException;
import dev.altiplano.training.model.ParameterLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** A checkpoint in Meta's layout: {@code params.json}, {@code consolidated.00.pth}, {@code tokenizer.model} and their checklists. */
public final class MetaFolder {

    private MetaFolder() {}

    /** Throws where the model cannot be written: what nobody can keep should not be computed for days. */
    public static void checkSize(ParameterLayout layout, TensorType type) {
        long bytes = layout.size() * type.bytes();
        long max = PthWriter.maxBytes(layout.parts().size());
        if (bytes > max) {
            throw new TrainingException(layout.size() + " weights are " + bytes + " bytes as " + type
                    + ", and a consolidated.00.pth takes at most " + max + ": "
                    + (layout.size() * Short.BYTES <= max
                            ? "write them as F16 or BF16 (--type, export.type)"
                            : "choose a smaller model"));
        }
    }

    /**
     * Writes a folder.
     *
     * @param multipleOf what the intermediate size was rounded up to
     * @param weights F32, laid out as {@code layout} says
     * @param type F16, BF16 or F32
     */
    public static void write(
            Path folder,
            ParameterLayout layout,
            int multipleOf,
            MemorySegment weights,
            TensorType type,
            byte[] tokenizer)
            throws IOException {
        Files.createDirectories(folder);
        try (Arena arena = Arena.ofConfined()) {
            ArrayList<PthWriter.Entry> entries = new ArrayList<>();
            for (ParameterLayout.Part part : order(layout)) {
                int[] shape = part.rows() == 1 ? new int[] {part.columns()} : new int[] {part.rows(), part.columns()};
                entries.add(new PthWriter.Entry(part.name(), shape, type, convert(part, weights, type, arena)));
            }
            PthWriter.write(folder.resolve("consolidated.00.pth"), entries);
        }
        replace(
                folder.resolve("params.json"),
                params(layout.shape(), multipleOf).getBytes(StandardCharsets.UTF_8));
        replace(folder.resolve("tokenizer.model"), tokenizer);
        checklist(folder, "checklist.chk", "consolidated.00.pth", "params.json");
        checklist(folder, "tokenizer_checklist.chk", "tokenizer.model");
    }

    /** Meta writes w2 between w1 and w3. */
    private static List<ParameterLayout.Part> order(ParameterLayout layout) {
        ArrayList<ParameterLayout.Part> parts = new ArrayList<>(layout.parts());
        for (int i = 0; i + 1 < parts.size(); i++) {
            if (parts.get(i).name().endsWith("w3.weight")) {
                parts.add(i, parts.remove(i + 1));
                i++;
            }
        }
        return parts;
    }

    private static MemorySegment convert(
            ParameterLayout.Part part, MemorySegment weights, TensorType type, Arena arena) {
        MemorySegment source = weights.asSlice(part.offset() * Float.BYTES, part.size() * Float.BYTES);
        if (type == TensorType.F32) {
            return source;
        }
        MemorySegment target = arena.allocate(part.size() * Short.BYTES, 64);
        for (long i = 0; i < part.size(); i++) {
            float value = source.getAtIndex(JAVA_FLOAT, i);
            short bits = type == TensorType.F16 ? Float.floatToFloat16(value) : bfloat(value);
            if (type == TensorType.F16 && Math.abs(value) > 65504) {
                throw new TrainingException(part.name() + " has the weight " + value + ", too large for F16: use BF16");
            }
            target.setAtIndex(JAVA_SHORT_UNALIGNED, i, bits);
        }
        return target;
    }

    /** The upper half of a float, rounded to nearest, ties to even. */
    private static short bfloat(float value) {
        int bits = Float.floatToIntBits(value);
        return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }

    private static String params(Hyperparameters shape, int multipleOf) {
        StringBuilder json = new StringBuilder();
        json.append("{\"dim\": ").append(shape.hiddenSize());
        json.append(", \"multiple_of\": ").append(multipleOf);
        json.append(", \"n_heads\": ").append(shape.heads());
        if (shape.kvHeads() != shape.heads()) {
            json.append(", \"n_kv_heads\": ").append(shape.kvHeads());
        }
        json.append(", \"n_layers\": ").append(shape.layers());
        json.append(", \"norm_eps\": ").append(number(shape.normEpsilon()));
        if (shape.ropeTheta() != 10000) {
            json.append(", \"rope_theta\": ").append(shape.ropeTheta());
        }
        json.append(", \"max_seq_len\": ").append(shape.contextLength());
        return json.append(", \"vocab_size\": -1}").toString();
    }

    /** As Python writes it where one digit says it all: 1e-06. */
    private static String number(float value) {
        String text = String.format(Locale.ROOT, "%.0e", value);
        return Float.parseFloat(text) == value ? text : Float.toString(value);
    }

    private static void checklist(Path folder, String name, String... files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(md5(folder.resolve(file))).append("  ").append(file).append('\n');
        }
        replace(folder.resolve(name), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String md5(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            try (OutputStream sum = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
                Files.copy(file, sum);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static void replace(Path file, byte[] content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
