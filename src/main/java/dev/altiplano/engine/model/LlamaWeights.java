package dev.altiplano.engine.model;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.Tensor;
import dev.altiplano.engine.kernel.Kernels;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a LLaMA model, packed as the kernels read them.
 *
 * @param embedding token embeddings as stored, [vocabulary, hidden] row-major
 * @param embeddingFormat how they are stored
 * @param layers the transformer layers
 * @param norm F32 [hidden], before the output
 * @param output [vocabulary, hidden]
 * @param bytesByFormat bytes held in each format
 */
public record LlamaWeights(
        MemorySegment embedding,
        WeightFormat embeddingFormat,
        List<Layer> layers,
        MemorySegment norm,
        PackedMatrix[] output,
        Map<WeightFormat, Long> bytesByFormat) {

    /**
     * One transformer layer.
     *
     * @param attentionNorm F32 [hidden]
     * @param qkv queries [heads · headDim, hidden], keys and values [kvHeads · headDim, hidden]
     * @param attentionOutput [hidden, heads · headDim]
     * @param feedForwardNorm F32 [hidden]
     * @param gateUp gate and up, [intermediate, hidden] each
     * @param down [hidden, intermediate]
     */
    public record Layer(
            MemorySegment attentionNorm,
            PackedMatrix[] qkv,
            PackedMatrix[] attentionOutput,
            MemorySegment feedForwardNorm,
            PackedMatrix[] gateUp,
            PackedMatrix[] down) {}

    /** The output matrix, or the embedding where a model uses it for both. */
    private static String outputName(Checkpoint checkpoint) {
        for (Tensor tensor : checkpoint.tensors()) {
            if (tensor.name().equals("output.weight")) {
                return tensor.name();
            }
        }
        return "token_embd.weight";
    }

    /**
     * Packs all weights of {@code checkpoint}.
     *
     * @param held the format to hold matrices in, or null to keep their values as stored
     * @param arena owns the result
     * @param progress is given the bytes of each tensor that has been packed
     */
    public static LlamaWeights pack(
            Checkpoint checkpoint, Kernels kernels, @Nullable WeightFormat held, Arena arena, LongConsumer progress) {
        return new Packing(checkpoint, kernels, held, arena, progress).all();
    }

    /** Bytes that {@link #pack} will allocate. */
    public static long packedBytes(Checkpoint checkpoint, Kernels kernels, @Nullable WeightFormat held) {
        long bytes = 0;
        String output = outputName(checkpoint);
        for (Tensor tensor : checkpoint.tensors()) {
            boolean embedding = tensor.name().equals("token_embd.weight");
            if (embedding) {
                bytes += tensor.byteSize();
            }
            if (tensor.rows() == 1) {
                bytes += 4L * tensor.columns();
            } else if (!embedding || output.equals(tensor.name())) {
                bytes += kernels.packedBytes(target(tensor, kernels, held), tensor.rows(), tensor.columns());
            }
        }
        return bytes;
    }

    private static WeightFormat stored(Tensor tensor) {
        return WeightFormat.valueOf(tensor.type().name());
    }

    private static WeightFormat target(Tensor tensor, Kernels kernels, @Nullable WeightFormat held) {
        WeightFormat wanted = held == null ? stored(tensor) : held;
        return kernels.nativeFormat(wanted.fits(tensor.columns()) ? wanted : stored(tensor));
    }

    /** The state of one packing. */
    private static final class Packing {

        private final Checkpoint checkpoint;
        private final Kernels kernels;
        private final @Nullable WeightFormat held;
        private final Arena arena;
        private final LongConsumer progress;
        private final Map<WeightFormat, Long> bytes = new EnumMap<>(WeightFormat.class);

        Packing(
                Checkpoint checkpoint,
                Kernels kernels,
                @Nullable WeightFormat held,
                Arena arena,
                LongConsumer progress) {
            this.checkpoint = checkpoint;
            this.kernels = kernels;
            this.held = held;
            this.arena = arena;
            this.progress = progress;
        }

        LlamaWeights all() {
            Tensor table = checkpoint.tensor("token_embd.weight");
            MemorySegment embedding = kernels.allocate(table.byteSize(), arena);
            table.read(0, table.rows(), embedding, 0);
            count(stored(table), table.byteSize());
            progress.accept(table.byteSize());
            Layer[] layers = new Layer[checkpoint.hyperparameters().layers()];
            for (int i = 0; i < layers.length; i++) {
                layers[i] = layer("blk." + i + ".");
            }
            MemorySegment norm = vector("output_norm.weight");
            PackedMatrix[] output = stack(outputName(checkpoint));
            return new LlamaWeights(embedding, stored(table), List.of(layers), norm, output, bytes);
        }

        private Layer layer(String prefix) {
            return new Layer(
                    vector(prefix + "attn_norm.weight"),
                    stack(prefix + "attn_q.weight", prefix + "attn_k.weight", prefix + "attn_v.weight"),
                    stack(prefix + "attn_output.weight"),
                    vector(prefix + "ffn_norm.weight"),
                    stack(prefix + "ffn_gate.weight", prefix + "ffn_up.weight"),
                    stack(prefix + "ffn_down.weight"));
        }

        private PackedMatrix[] stack(String... names) {
            PackedMatrix[] stack = new PackedMatrix[names.length];
            for (int i = 0; i < names.length; i++) {
                Tensor tensor = checkpoint.tensor(names[i]);
                WeightFormat format = target(tensor, kernels, held);
                stack[i] = kernels.pack(
                        (first, rows, into) -> tensor.read(first, rows, into, 0),
                        tensor.rows(),
                        tensor.columns(),
                        stored(tensor),
                        format,
                        arena);
                count(stack[i].format(), stack[i].data().byteSize());
                progress.accept(tensor.byteSize());
            }
            return stack;
        }

        private MemorySegment vector(String name) {
            Tensor tensor = checkpoint.tensor(name);
            int size = tensor.columns();
            MemorySegment vector = arena.allocate(4L * size, 64);
            try (Arena scratch = Arena.ofConfined()) {
                MemorySegment raw = scratch.allocate(tensor.byteSize(), 64);
                tensor.read(0, 1, raw, 0);
                for (int i = 0; i < size; i++) {
                    float value = switch (tensor.type()) {
                        case F32 -> raw.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        case F16 -> Float.float16ToFloat(raw.getAtIndex(ValueLayout.JAVA_SHORT, i));
                        case BF16 -> Float.intBitsToFloat(raw.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
                        default ->
                            throw new IllegalArgumentException(name + " is a vector stored as " + tensor.type()
                                    + ": F32, F16 or BF16 can be read");
                    };
                    vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                }
            }
            count(WeightFormat.F32, vector.byteSize());
            progress.accept(tensor.byteSize());
            return vector;
        }

        private void count(WeightFormat format, long more) {
            bytes.merge(format, more, Long::sum);
        }
    }
}
