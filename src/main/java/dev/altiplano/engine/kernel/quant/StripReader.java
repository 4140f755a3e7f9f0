package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A strip of {@link PackedLayout} taken apart; one thread's, with buffers that grow to the largest strip met. */
public final class StripReader {

    private byte[] strip = {};

    /** Weights that are not quantized {@code [column][16]}. */
    public float[] values = {};

    /**
     * Integers {@code [column][16]}, with the sign that the weight has (Q4_K, Q5_K: before the minimum is taken away); of coded
     * formats their levels.
     */
    public byte[] levels = {};

    /** Scales {@code [column / 16][16]}. */
    public float[] scales = {};

    /** Minima {@code [column / 32][16]} of Q4_K and Q5_K. */
    public float[] minima = {};

    /** Takes the strip apart that begins at row {@code 16 · index}. */
    public void read(PackedMatrix matrix, int index) {
        int columns = matrix.columns();
        int bytes = Math.toIntExact(PackedLayout.stripBytes(matrix.format(), columns));
        if (strip.length < bytes) {
            strip = new byte[bytes];
        }
        MemorySegment.copy(matrix.data(), ValueLayout.JAVA_BYTE, (long) index * bytes, strip, 0, bytes);
        if (matrix.format().quantized()) {
            readQuantized(matrix.format(), columns);
        } else {
            readPlain(matrix.format(), columns);
        }
    }

    private void readPlain(WeightFormat format, int columns) {
        if (values.length < 16 * columns) {
            values = new float[16 * columns];
        }
        for (int i = 0; i < 16 * columns; i++) {
            values[i] = switch (format) {
                case F32 -> Bytes.getFloat(strip, 4 * i);
                case F16 -> Bytes.getHalf(strip, 2 * i);
                default -> {
                    int k = i / 16;
                    yield Bytes.bfloat16ToFloat(Bytes.getShort(strip, k / 2 * 64 + i % 16 * 4 + k % 2 * 2));
                }
            };
        }
    }

    private void readQuantized(WeightFormat format, int columns) {
        if (levels.length < 16 * columns) {
            levels = new byte[16 * columns];
            scales = new float[columns];
            minima = new float[columns / 2];
        }
        Arrays.fill(minima, 0);
        int panel = 0;
        for (int first = 0; first < columns; first += PackedLayout.PANEL) {
            int groups = Math.min(columns - first, PackedLayout.PANEL) / 32;
            for (int k = 0; k < 32 * groups; k++) {
                for (int lane = 0; lane < 16; lane++) {
                    levels[16 * (first + k) + lane] = (byte) level(format, panel, groups, k, lane);
                }
            }
            for (int sub = 0; sub < 2 * groups; sub++) {
                for (int lane = 0; lane < 16; lane++) {
                    readScale(format, panel + format.packing().scalesOffset(groups), first, sub, lane);
                }
            }
            panel += format.packing().panelBytes(groups);
        }
    }

    private int level(WeightFormat format, int panel, int groups, int k, int lane) {
        Packing packing = format.packing();
        int group = k / 32;
        int g = k % 32 / 4;
        int inVector = 4 * lane + k % 4;
        if (packing == Packing.Q8_0) {
            return (strip[panel + 512 * group + 64 * g + inVector] & 0xff) - packing.zero();
        }
        int half = strip[panel + 256 * group + g % 4 * 64 + inVector] >>> g / 4 * 4 & 15;
        if (packing.coded()) {
            return format.codebook().level(half);
        }
        int bits = panel + 256 * groups + packing.bitBytes() * group + inVector;
        int upper = switch (packing) {
            case Q5_K -> strip[bits] >>> g & 1;
            case Q6_K -> strip[bits + g / 4 * 64] >>> g % 4 * 2 & 3;
            default -> 0;
        };
        return (half | upper << 4) - packing.zero();
    }

    private void readScale(WeightFormat format, int block, int first, int sub, int lane) {
        int group = sub / 2;
        int at = (first / 16 + sub) * 16 + lane;
        float unit = format.codebook().unit();
        switch (format.packing().scales()) {
            case F16 -> scales[at] = Bytes.getHalf(strip, block + 32 * group + 2 * lane);
            case E8M0 -> scales[at] = Float.intBitsToFloat((strip[block + 16 * group + lane] & 0xff) << 23);
            case SIX_BITS -> {
                int low = strip[block + group / 2 * 16 + lane] >>> group % 2 * 4 & 15;
                int upper = strip[block + 64 + group / 4 * 16 + lane] >>> group % 4 * 2 & 3;
                scales[at] = Bytes.getHalf(strip, block + 96 + 2 * lane) * unit * ((low | upper << 4) - 32);
            }
            case OF_16 ->
                scales[at] = Bytes.getHalf(strip, block + 256 + 2 * lane) * unit * strip[block + 16 * sub + lane];
            case MINIMA -> {
                int low = strip[block + 16 * group + lane];
                int upper = strip[block + 128 + group / 2 * 16 + lane] >>> group % 2 * 4;
                int scale = low & 15 | (upper & 3) << 4;
                int minimum = low >>> 4 & 15 | (upper & 12) << 2;
                scales[at] = Bytes.getHalf(strip, block + 192 + 2 * lane) * scale;
                minima[(first / 32 + group) * 16 + lane] = Bytes.getHalf(strip, block + 224 + 2 * lane) * minimum;
            }
        }
    }
}
