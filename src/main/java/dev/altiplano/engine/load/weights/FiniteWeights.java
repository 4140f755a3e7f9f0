package dev.altiplano.engine.load.weights;

import dev.altiplano.engine.checkpoint.Checkpoint;
import dev.altiplano.engine.checkpoint.content.CheckpointException;
import dev.altiplano.engine.checkpoint.tensor.Tensor;
import dev.altiplano.engine.checkpoint.tensor.TensorType;
import dev.altiplano.engine.kernel.quant.RowSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The check that a tensor's weights are numbers. One NaN or infinity spreads to all that a model says, and nothing else would notice.
 * Of values every one is looked at, of quant blocks their scales: the integers beside them are finite whatever they are. What is
 * looked at was just read, so that the check costs little. Thread-safe.
 */
public final class FiniteWeights {

    private static final long NONE = Long.MAX_VALUE;
    private static final int CHUNK_BYTES = 1 << 20;

    private final Tensor tensor;
    /** The first row in which a weight is no number. */
    private final AtomicLong wrongRow = new AtomicLong(NONE);

    FiniteWeights(Tensor tensor) {
        this.tensor = tensor;
    }

    /**
     * Reads all tensors of {@code checkpoint}.
     *
     * @throws CheckpointException names the tensor and the row of the first weight that is no number
     */
    public static void check(Checkpoint checkpoint) {
        try (Arena arena = Arena.ofConfined()) {
            for (Tensor tensor : checkpoint.tensors()) {
                int count = Math.clamp(CHUNK_BYTES / tensor.rowBytes(), 1, tensor.rows());
                MemorySegment chunk = arena.allocate(count * tensor.rowBytes(), 64);
                FiniteWeights finite = new FiniteWeights(tensor);
                for (int row = 0; row < tensor.rows(); row += count) {
                    finite.rows().read(row, Math.min(count, tensor.rows() - row), chunk);
                }
                finite.require(checkpoint);
            }
        }
    }

    /** The tensor's rows, looked at as they are read. */
    RowSource rows() {
        return (first, count, into) -> {
            tensor.read(first, count, into, 0);
            look(first, count, into);
        };
    }

    /** Throws if one of the rows that were read holds a weight that is no number. */
    void require(Checkpoint checkpoint) {
        if (wrongRow.get() != NONE) {
            throw new CheckpointException(
                    checkpoint.path(),
                    "the tensor " + tensor.name() + " (" + tensor.type() + ") holds NaN or infinity in row "
                            + wrongRow.get() + ": the file is damaged, or the model went wrong when it was trained or"
                            + " converted. Get it again, or convert it again from the original");
        }
    }

    private void look(int first, int count, MemorySegment rows) {
        long rowBytes = tensor.rowBytes();
        for (int i = 0; i < count && first + i < wrongRow.get(); i++) {
            if (!finite(tensor.type(), rows, i * rowBytes, rowBytes)) {
                wrongRow.accumulateAndGet(first + i, Math::min);
            }
        }
    }

    private static boolean finite(TensorType type, MemorySegment rows, long from, long bytes) {
        return switch (type) {
            case F32 -> singles(rows, from, bytes, 4);
            case F16 -> halves(rows, from, bytes, 2, 0);
            case BF16 -> wideHalves(rows, from, bytes);
            case Q4_0, Q5_0, Q8_0, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS, IQ1_S ->
                halves(rows, from, bytes, type.bytes(), 0);
            case Q4_1, Q5_1, Q4_K, Q5_K ->
                halves(rows, from, bytes, type.bytes(), 0) && halves(rows, from, bytes, type.bytes(), 2);
            case Q2_K -> halves(rows, from, bytes, type.bytes(), 80) && halves(rows, from, bytes, type.bytes(), 82);
            case Q3_K -> halves(rows, from, bytes, type.bytes(), 108);
            case Q6_K -> halves(rows, from, bytes, type.bytes(), 208);
            case Q8_K -> singles(rows, from, bytes, type.bytes());
            case TQ1_0 -> halves(rows, from, bytes, type.bytes(), 52);
            case TQ2_0 -> halves(rows, from, bytes, type.bytes(), 64);
            case MXFP4 -> exponents(rows, from, bytes, type.bytes());
            case IQ1_M -> spreadHalves(rows, from, bytes, type.bytes());
        };
    }

    private static boolean singles(MemorySegment rows, long from, long bytes, int step) {
        boolean finite = true;
        for (long at = from; at < from + bytes; at += step) {
            finite &= (rows.get(ValueLayout.JAVA_INT_UNALIGNED, at) & 0x7F800000) != 0x7F800000;
        }
        return finite;
    }

    private static boolean halves(MemorySegment rows, long from, long bytes, int step, int offset) {
        boolean finite = true;
        for (long at = from + offset; at < from + bytes; at += step) {
            finite &= (rows.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0x7C00) != 0x7C00;
        }
        return finite;
    }

    private static boolean wideHalves(MemorySegment rows, long from, long bytes) {
        boolean finite = true;
        for (long at = from; at < from + bytes; at += 2) {
            finite &= (rows.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0x7F80) != 0x7F80;
        }
        return finite;
    }

    /** A scale that is a power of two: the largest exponent stands for NaN. */
    private static boolean exponents(MemorySegment rows, long from, long bytes, int step) {
        boolean finite = true;
        for (long at = from; at < from + bytes; at += step) {
            finite &= rows.get(ValueLayout.JAVA_BYTE, at) != (byte) 0xFF;
        }
        return finite;
    }

    /** IQ1_M: four bits of the scale are the highest of each of the last four 16-bit words, the lowest bits first. */
    private static boolean spreadHalves(MemorySegment rows, long from, long bytes, int step) {
        boolean finite = true;
        for (long at = from; at < from + bytes; at += step) {
            int bits = 0;
            for (int word = 0; word < 4; word++) {
                int value = rows.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + step - 8 + 2 * word) & 0xFFFF;
                bits |= value >>> 12 << 4 * word;
            }
            finite &= (bits & 0x7C00) != 0x7C00;
        }
        return finite;
    }
}
