package dev.altiplano.engine.load;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where each of a model's tensors will lie in one piece of memory, and how; decided from headers alone.
 *
 * @param layers transformer layers
 * @param parts in the order of their offsets
 * @param bytes of the whole memory
 */
public record WeightPlan(int layers, List<Part> parts, long bytes) {

    /** Memory of all weights begins, and each part of it, at a multiple of this. */
    private static final long ALIGNMENT = 64;

    /** What a tensor is to the model. */
    enum Kind {
        /** Looked up by row. */
        TABLE,
        /** Multiplied with. */
        MATRIX,
        /** F32, one number for each column. */
        VECTOR
    }

    /**
     * One tensor.
     *
     * @param name where it is found in the checkpoint
     * @param format how it is held
     * @param offset where it begins
     */
    record Part(String name, Kind kind, WeightFormat format, int rows, int columns, long offset, long bytes) {}

    public WeightPlan {
        parts = List.copyOf(parts);
    }

    /**
     * Plans for a checkpoint.
     *
     * @param held the format to hold matrices in, or null to keep their values as stored; the embedding follows where that makes
     *     it smaller
     */
    public static WeightPlan of(Checkpoint checkpoint, @Nullable WeightFormat held) {
        List<Part> parts = new ArrayList<>();
        long bytes = 0;
        int layers = checkpoint.hyperparameters().layers();
        for (String name : names(layers)) {
            Tensor tensor = source(checkpoint, name, held == null);
            WeightFormat stored = stored(tensor);
            int rows = tensor.rows();
            int columns = tensor.columns();
            Kind kind = name.equals("token_embd.weight")
                    ? Kind.TABLE
                    : name.endsWith("norm.weight") ? Kind.VECTOR : Kind.MATRIX;
            WeightFormat format = switch (kind) {
                case TABLE -> table(stored, held, columns);
                case MATRIX ->
                    (held == null || !held.fits(columns) ? stored : held)
                            .nativeFormat()
                            .fitting(columns);
                case VECTOR -> WeightFormat.F32;
            };
            long size = switch (kind) {
                case TABLE -> rows * format.rowBytes(columns);
                case MATRIX -> PackedLayout.bytes(format, rows, columns);
                case VECTOR -> 4L * columns;
            };
            parts.add(new Part(name, kind, format, rows, columns, bytes, size));
            bytes = Math.addExact(bytes, Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT);
        }
        return new WeightPlan(layers, parts, bytes);
    }

    /** The tensor {@code name} as it is read: with fewer bytes where values may stay as their file holds them. */
    static Tensor source(Checkpoint checkpoint, String name, boolean asStored) {
        Tensor tensor = checkpoint.tensor(name);
        return asStored ? tensor.compact() : tensor;
    }

    private static List<String> names(int layers) {
        List<String> names = new ArrayList<>();
        names.add("token_embd.weight");
        for (int layer = 0; layer < layers; layer++) {
            for (String name : new String[] {
                "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down"
            }) {
                names.add("blk." + layer + "." + name + ".weight");
            }
        }
        names.add("output_norm.weight");
        names.add("output.weight");
        return names;
    }

    private static WeightFormat table(WeightFormat stored, @Nullable WeightFormat held, int columns) {
        if (held == null || !held.quantized() || !held.fits(columns)) {
            return stored;
        }
        return held.rowBytes(columns) < stored.rowBytes(columns) ? held : stored;
    }

    static WeightFormat stored(Tensor tensor) {
        return WeightFormat.valueOf(tensor.type().name());
    }

    /** Says in a text what lies where: two plans are the same where their texts are. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(part).append('\n');
        }
        return text.toString();
    }
}
