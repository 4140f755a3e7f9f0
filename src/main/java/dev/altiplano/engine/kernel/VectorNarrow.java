package dev.altiplano.engine.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Some lanes of a strip times one row, for few rows: reads weights as fast as it can.
 *
 * <p>Quantized weights are multiplied as 16-bit integers: an int holds four neighbouring columns of a row, of which columns 0 and 2,
 * shifted and masked, are two shorts and columns 1 and 3 two more. As many products are added in 16 bits as cannot overflow (a
 * 4-bit level times an int8: 16; of 5 bits: 8; of 6 bits: 4), then both halves in 32.
 */
final class VectorNarrow {

    private static final int NIBBLES = 0x000f000f;

    private VectorNarrow() {}

    /**
     * Computes {@link Lanes#LENGTH} outputs into {@code out[at…]}.
     *
     * @param strip where the strip begins in the matrix's data
     * @param lane the first lane
     */
    static void multiply(
            PackedMatrix matrix, long strip, int lane, VectorActivations activations, int row, float[] out, int at) {
        MemorySegment data = matrix.data();
        int columns = matrix.columns();
        FloatVector sum = switch (matrix.format()) {
            case F32 -> plain32(data, strip + 4L * lane, columns, activations.input, row * columns);
            case F16 -> plain16(data, strip + 2L * lane, columns, activations.input, row * columns);
            case BF16 -> brain16(data, strip + 4L * lane, columns, activations.input, row * columns);
            case Q8_0 -> q8(data, strip, lane, columns, activations, row * columns);
            case Q4_0 -> q4(data, strip, lane, columns, activations, row * columns);
            case Q6_K -> q6(data, strip, lane, columns, activations, row * columns);
            default -> q45(matrix.format(), data, strip, lane, columns, activations, row * columns);
        };
        sum.intoArray(out, at);
    }

    private static FloatVector plain32(MemorySegment data, long strip, int columns, float[] in, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < columns; k++) {
            sum = Lanes.load(data, strip + 64L * k).fma(FloatVector.broadcast(Lanes.FLOATS, in[first + k]), sum);
        }
        return sum;
    }

    private static FloatVector plain16(MemorySegment data, long strip, int columns, float[] in, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < columns; k++) {
            sum = Lanes.loadHalves(data, strip + 32L * k).fma(FloatVector.broadcast(Lanes.FLOATS, in[first + k]), sum);
        }
        return sum;
    }

    private static FloatVector brain16(MemorySegment data, long strip, int columns, float[] in, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < columns; k += 2) {
            IntVector both = Lanes.loadInts(data, strip + 32L * k);
            FloatVector even = both.lanewise(LSHL, 16).reinterpretAsFloats();
            sum = even.fma(FloatVector.broadcast(Lanes.FLOATS, in[first + k]), sum);
            if (k + 1 < columns) {
                FloatVector odd = both.and(0xffff0000).reinterpretAsFloats();
                sum = odd.fma(FloatVector.broadcast(Lanes.FLOATS, in[first + k + 1]), sum);
            }
        }
        return sum;
    }

    private static ShortVector pair(int pair) {
        return IntVector.broadcast(Lanes.INTS, pair).reinterpretAsShorts();
    }

    /** Two 4-bit levels of each row, from bit {@code shift} on, times a pair of activations. */
    private static ShortVector nibbles(IntVector v, int shift, int pair) {
        return v.lanewise(LSHR, shift).and(NIBBLES).reinterpretAsShorts().mul(pair(pair));
    }

    private static FloatVector q8(
            MemorySegment data, long strip, int lane, int columns, VectorActivations x, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        long panel = strip;
        for (int column = 0; column < columns; column += PackedLayout.PANEL) {
            int groups = Math.min(columns - column, PackedLayout.PANEL) / 32;
            long scales = panel + 512L * groups + 2L * lane;
            for (int group = 0; group < groups; group++) {
                int at = first + column + 32 * group;
                long from = panel + 512L * group + 4L * lane;
                IntVector dot = IntVector.zero(Lanes.INTS);
                for (int g = 0; g < 8; g++) {
                    ShortVector bytes = Lanes.loadInts(data, from + 64L * g)
                            .lanewise(jdk.incubator.vector.VectorOperators.XOR, 0x80808080)
                            .reinterpretAsShorts();
                    ShortVector even = bytes.lanewise(LSHL, 8).lanewise(ASHR, 8).mul(pair(x.pairs[at / 2 + 2 * g]));
                    ShortVector odd = bytes.lanewise(ASHR, 8).mul(pair(x.pairs[at / 2 + 2 * g + 1]));
                    dot = dot.add(Lanes.addHalves(even.add(odd)));
                }
                FloatVector scale = Lanes.loadHalves(data, scales + 32L * group).mul(x.scales[at / 32]);
                sum = ((FloatVector) dot.convert(I2F, 0)).fma(scale, sum);
            }
            panel += PackedLayout.panelBytes(WeightFormat.Q8_0, groups);
        }
        return sum;
    }

    private static FloatVector q4(
            MemorySegment data, long strip, int lane, int columns, VectorActivations x, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        long panel = strip;
        for (int column = 0; column < columns; column += PackedLayout.PANEL) {
            int groups = Math.min(columns - column, PackedLayout.PANEL) / 32;
            long scales = panel + 256L * groups + 2L * lane;
            for (int group = 0; group < groups; group++) {
                int at = first + column + 32 * group;
                ShortVector dots = nibbleDots(data, panel + 256L * group + 4L * lane, x.pairs, at / 2);
                IntVector dot = Lanes.addHalves(dots).sub(8 * (x.sums[at / 16] + x.sums[at / 16 + 1]));
                FloatVector scale = Lanes.loadHalves(data, scales + 32L * group).mul(x.scales[at / 32]);
                sum = ((FloatVector) dot.convert(I2F, 0)).fma(scale, sum);
            }
            panel += PackedLayout.panelBytes(WeightFormat.Q4_0, groups);
        }
        return sum;
    }

    /** The 32 4-bit levels of each row times activations, in two halves that are still to be added. */
    private static ShortVector nibbleDots(MemorySegment data, long from, int[] pairs, int at) {
        ShortVector a = IntVector.zero(Lanes.INTS).reinterpretAsShorts();
        ShortVector b = a;
        for (int j = 0; j < 4; j++) {
            IntVector v = Lanes.loadInts(data, from + 64L * j);
            a = a.add(v.and(NIBBLES).reinterpretAsShorts().mul(pair(pairs[at + 2 * j])));
            b = b.add(nibbles(v, 8, pairs[at + 2 * j + 1]));
            a = a.add(nibbles(v, 4, pairs[at + 2 * j + 8]));
            b = b.add(nibbles(v, 12, pairs[at + 2 * j + 9]));
        }
        return a.add(b);
    }

    /** Q4_K and Q5_K. */
    private static FloatVector q45(
            WeightFormat format,
            MemorySegment data,
            long strip,
            int lane,
            int columns,
            VectorActivations x,
            int first) {
        boolean five = format == WeightFormat.Q5_K;
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        long panel = strip;
        for (int column = 0; column < columns; column += PackedLayout.PANEL) {
            long block = panel + (five ? 2560 : 2048);
            FloatVector d = Lanes.loadHalves(data, block + 192 + 2L * lane);
            FloatVector dmin = Lanes.loadHalves(data, block + 224 + 2L * lane);
            for (int group = 0; group < 8; group++) {
                int at = first + column + 32 * group;
                long from = panel + 256L * group + 4L * lane;
                IntVector dot = five
                        ? fifthDots(data, from, panel + 2048 + 64L * group + 4L * lane, x.pairs, at / 2)
                        : Lanes.addHalves(nibbleDots(data, from, x.pairs, at / 2));
                IntVector low = Lanes.loadUnsignedBytes(data, block + 16L * group + lane);
                IntVector upper = Lanes.loadUnsignedBytes(data, block + 128 + group / 2 * 16 + lane)
                        .lanewise(LSHR, group % 2 * 4);
                IntVector scale = low.and(15).or(upper.and(3).lanewise(LSHL, 4));
                IntVector minimum = low.lanewise(LSHR, 4).or(upper.and(12).lanewise(LSHL, 2));
                FloatVector factor = d.mul((FloatVector) scale.convert(I2F, 0)).mul(x.scales[at / 32]);
                sum = ((FloatVector) dot.convert(I2F, 0)).fma(factor, sum);
                FloatVector away =
                        dmin.mul((FloatVector) minimum.convert(I2F, 0)).neg();
                sum = away.fma(FloatVector.broadcast(Lanes.FLOATS, x.scaledSums[at / 32]), sum);
            }
            panel += PackedLayout.panelBytes(format, 8);
        }
        return sum;
    }

    /** The 32 5-bit levels of each row times activations; bit g of {@code bits} is the fifth of vector g. */
    private static IntVector fifthDots(MemorySegment data, long from, long bits, int[] pairs, int at) {
        IntVector fifth = Lanes.loadInts(data, bits);
        ShortVector a = IntVector.zero(Lanes.INTS).reinterpretAsShorts();
        ShortVector b = a;
        for (int j = 0; j < 4; j++) {
            IntVector v = Lanes.loadInts(data, from + 64L * j);
            IntVector lowBits = fifth.lanewise(LSHR, j);
            IntVector highBits = fifth.lanewise(LSHR, j + 4);
            a = a.add(fives(v, lowBits).mul(pair(pairs[at + 2 * j])));
            b = b.add(fives(v.lanewise(LSHR, 8), lowBits.lanewise(LSHR, 8)).mul(pair(pairs[at + 2 * j + 1])));
            a = a.add(fives(v.lanewise(LSHR, 4), highBits).mul(pair(pairs[at + 2 * j + 8])));
            b = b.add(fives(v.lanewise(LSHR, 12), highBits.lanewise(LSHR, 8)).mul(pair(pairs[at + 2 * j + 9])));
        }
        return Lanes.addHalves(a).add(Lanes.addHalves(b));
    }

    private static ShortVector fives(IntVector v, IntVector bits) {
        return v.and(NIBBLES).or(bits.and(0x00010001).lanewise(LSHL, 4)).reinterpretAsShorts();
    }

    private static FloatVector q6(
            MemorySegment data, long strip, int lane, int columns, VectorActivations x, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        long panel = strip;
        for (int column = 0; column < columns; column += PackedLayout.PANEL) {
            FloatVector d = Lanes.loadHalves(data, panel + 3328 + 2L * lane);
            for (int group = 0; group < 8; group++) {
                int at = first + column + 32 * group;
                long from = panel + 256L * group + 4L * lane;
                long bits = panel + 2048 + 128L * group + 4L * lane;
                long scales = panel + 3072 + 32L * group + lane;
                FloatVector dot0 = sixDots(data, from, 0, bits, x, at);
                FloatVector dot1 = sixDots(data, from, 4, bits + 64, x, at + 16);
                FloatVector scale0 = d.mul(Lanes.loadBytes(data, scales));
                FloatVector scale1 = d.mul(Lanes.loadBytes(data, scales + 16));
                FloatVector both = dot1.fma(scale1, dot0.mul(scale0));
                sum = both.fma(FloatVector.broadcast(Lanes.FLOATS, x.scales[at / 32]), sum);
            }
            panel += PackedLayout.panelBytes(WeightFormat.Q6_K, 8);
        }
        return sum;
    }

    /** 16 6-bit levels of each row times activations; the lower four bits begin at {@code shift} of each byte. */
    private static FloatVector sixDots(
            MemorySegment data, long from, int shift, long bits, VectorActivations x, int at) {
        IntVector upper = Lanes.loadInts(data, bits);
        ShortVector a = IntVector.zero(Lanes.INTS).reinterpretAsShorts();
        ShortVector b = a;
        for (int j = 0; j < 4; j++) {
            IntVector v = Lanes.loadInts(data, from + 64L * j).lanewise(LSHR, shift);
            IntVector u = upper.lanewise(LSHR, 2 * j);
            a = a.add(sixes(v, u).mul(pair(x.pairs[at / 2 + 2 * j])));
            b = b.add(sixes(v.lanewise(LSHR, 8), u.lanewise(LSHR, 8)).mul(pair(x.pairs[at / 2 + 2 * j + 1])));
        }
        IntVector dot = Lanes.addHalves(a).add(Lanes.addHalves(b)).sub(32 * x.sums[at / 16]);
        return (FloatVector) dot.convert(I2F, 0);
    }

    private static ShortVector sixes(IntVector v, IntVector bits) {
        return v.and(NIBBLES).or(bits.and(0x00030003).lanewise(LSHL, 4)).reinterpretAsShorts();
    }
}
