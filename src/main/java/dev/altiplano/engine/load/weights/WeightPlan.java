package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.checkpoint.TensorShape;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.WeightFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where each of a model's tensors will lie in one piece of memory, and how; decided from headers alone.
 *
 * @param layers transformer layers
 * @param parts in the order of their offsets
 * @param bytes of the whole memory
 */
public record WeightPlan(int layers, List<Part> parts, long bytes) {

    private static final List<String> LAYER = List.of(
            "attn_norm.weight",
            "attn_q.weight",
            "attn_k.weight",
            "attn_v.weight",
            "attn_output.weight",
            "attn_q.bias",
            "attn_k.bias",
            "attn_v.bias",
            "attn_output.bias",
            "ffn_norm.weight");

    private static final List<String> FEED_FORWARD = List.of("ffn_gate", "ffn_up", "ffn_down");

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
     * Plans for a checkpoint; throws {@link CheckpointException} where a tensor cannot be held.
     *
     * @param held the format to hold matrices in, or null to keep their values as stored; the embedding follows where that makes
     *     it smaller, the small matrix that chooses experts is F32
     */
    public static WeightPlan of(Checkpoint checkpoint, @Nullable WeightFormat held) {
        List<Part> parts = new ArrayList<>();
        long bytes = 0;
        int layers = checkpoint.hyperparameters().layers();
        for (String name : names(checkpoint)) {
            Tensor tensor = source(checkpoint, name, held == null);
            WeightFormat stored = stored(tensor);
            int rows = tensor.rows();
            int columns = tensor.columns();
            Kind kind = name.equals("token_embd.weight")
                    ? Kind.TABLE
                    : name.endsWith("norm.weight") || name.endsWith(".bias") ? Kind.VECTOR : Kind.MATRIX;
            if (kind == Kind.VECTOR && stored.quantized()) {
                throw new CheckpointException(
                        checkpoint.path(),
                        name + " is " + stored + ": norms and biases must be F32, F16 or BF16, which a few numbers are"
                                + " worth; convert the model again");
            }
            WeightFormat asked = name.endsWith(TensorShape.ROUTER) ? WeightFormat.F32 : held;
            WeightFormat format = switch (kind) {
                case TABLE -> table(stored, held, columns);
                case MATRIX ->
                    (asked == null || !asked.fits(columns) ? stored : asked)
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

    /** How keys and values are kept where nobody asked: as integers, but beside matrices that are all held in F32. */
    public KvFormat kvFormat() {
        return parts.stream().allMatch(part -> part.kind() != Kind.MATRIX || part.format() == WeightFormat.F32)
                ? KvFormat.F32
                : KvFormat.I16;
    }

    /** The tensor {@code name} as it is read: with fewer bytes where values may stay as their file holds them. */
    static Tensor source(Checkpoint checkpoint, String name, boolean asStored) {
        Tensor tensor = checkpoint.tensor(name);
        return asStored ? tensor.compact() : tensor;
    }

    /** What a model's weights are called, in the order in which they lie: as they are read. */
    private static List<String> names(Checkpoint checkpoint) {
        Hyperparameters h = checkpoint.hyperparameters();
        Set<String> there = new HashSet<>();
        checkpoint.tensors().forEach(tensor -> there.add(tensor.name()));
        List<String> names = new ArrayList<>();
        names.add("token_embd.weight");
        for (int layer = 0; layer < h.layers(); layer++) {
            String prefix = "blk." + layer + ".";
            for (String name : LAYER) {
                if (!name.endsWith(".bias") || there.contains(prefix + name)) {
                    names.add(prefix + name);
                }
            }
            if (h.experts().any()) {
                names.add(prefix + TensorShape.ROUTER);
            }
            for (int expert = 0; expert < Math.max(1, h.experts().count()); expert++) {
                String number = h.experts().any() ? "." + expert : "";
                for (String name : FEED_FORWARD) {
                    names.add(prefix + name + number + ".weight");
                }
                for (String name : FEED_FORWARD) {
                    if (there.contains(prefix + name + number + ".bias")) {
                        names.add(prefix + name + number + ".bias");
                    }
                }
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
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            text.append(part).append('\n');
        }
        return text.toString();
    }
}
