package dev.altiplano.engine.kernel.vector;

import static dev.altiplano.engine.kernel.vector.Lanes.INTS;
import static dev.altiplano.engine.kernel.vector.Lanes.MEMORY;
import static dev.altiplano.engine.kernel.vector.Lanes.PAIRS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.altiplano.engine.kernel.Codebook;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Coded weights: {@link VectorDots} for codes, which are looked up in a vector of their levels, and what the scales are that only
 * such formats have. Why methods are written out: see {@link VectorDots}.
 */
final class VectorCodes {

    private static final VectorSpecies<Byte> BYTES = Lanes.FLOATS.withLanes(byte.class);
    private static final short NIBBLES = 0x0f0f;

    private VectorCodes() {}

    /** The levels of a codebook as {@link #dots} takes them. */
    static byte[] table(Codebook codebook) {
        byte[] table = new byte[Math.max(16, BYTES.length())];
        for (int i = 0; i < table.length; i++) {
            table[i] = (byte) codebook.level(i % 16);
        }
        return table;
    }

    /** Levels of codes for which vectors of bytes are indices. */
    static ByteVector levels(ByteVector codes, byte[] table) {
        return codes.selectFrom(ByteVector.fromArray(BYTES, table, 0));
    }

    /** As those of {@link VectorDots}: sums over the first and the second half of each group, or over both. */
    static void dots(
            byte[] table, boolean halves, long panel, int lane, int groups, int[] pairs, int first, int[] dots) {
        long start = Lanes.address(panel + 4L * lane);
        ByteVector levels = ByteVector.fromArray(BYTES, table, 0);
        for (int group = 0; group < groups; group++) {
            long from = start + 256L * group;
            int at = first + 16 * group;
            IntVector low = IntVector.zero(INTS);
            IntVector high = low;
            for (int j = 0; j < 4; j++) {
                ShortVector both = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 64L * j, LITTLE_ENDIAN);
                ShortVector v = both.and(NIBBLES)
                        .reinterpretAsBytes()
                        .selectFrom(levels)
                        .reinterpretAsShorts();
                ShortVector even = v.lanewise(LSHL, 8)
                        .lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * j]).reinterpretAsShorts());
                ShortVector odd = v.lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * j + 1]).reinterpretAsShorts());
                IntVector sum = even.add(odd).reinterpretAsInts();
                low = low.add(sum.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(sum.lanewise(ASHR, 16));
                v = both.lanewise(LSHR, 4)
                        .and(NIBBLES)
                        .reinterpretAsBytes()
                        .selectFrom(levels)
                        .reinterpretAsShorts();
                even = v.lanewise(LSHL, 8)
                        .lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * j + 8]).reinterpretAsShorts());
                odd = v.lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * j + 9]).reinterpretAsShorts());
                sum = even.add(odd).reinterpretAsInts();
                high = high.add(sum.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(sum.lanewise(ASHR, 16));
            }
            if (halves) {
                low.intoArray(dots, 32 * group);
                high.intoArray(dots, 32 * group + 16);
            } else {
                low.add(high).intoArray(dots, 16 * group);
            }
        }
    }

    /** CODED_E8M0: adds scaled dot products to sums. */
    static void scaleByPowers(
            long at, int lane, int groups, VectorActivations x, int first, int[] dots, float[] sums, int to) {
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        long exponents = Lanes.address(at + lane);
        float[] activationScales = x.scales;
        for (int group = 0; group < groups; group++) {
            FloatVector scale = power(Lanes.loadUnsignedBytes(MEMORY, exponents + 16L * group));
            FloatVector dot =
                    (FloatVector) IntVector.fromArray(INTS, dots, 16 * group).convert(I2F, 0);
            sum = dot.fma(scale.mul(activationScales[first + group]), sum);
        }
        sum.intoArray(sums, to);
    }

    /** The powers of two that exponents stand for. */
    static FloatVector power(IntVector exponents) {
        return exponents.lanewise(LSHL, 23).reinterpretAsFloats();
    }

    /** CODED_K: adds scaled dot products of a panel to sums. */
    static void scaleBySixBits(
            long at, int lane, float unit, VectorActivations x, int first, int[] dots, float[] sums, int to) {
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        long block = Lanes.address(at + lane);
        FloatVector d =
                Lanes.loadHalves(MEMORY, Lanes.address(block + lane) + 96).mul(unit);
        float[] activationScales = x.scales;
        for (int group = 0; group < 8; group++) {
            IntVector low =
                    Lanes.loadUnsignedBytes(MEMORY, block + group / 2 * 16).lanewise(LSHR, group % 2 * 4);
            IntVector upper =
                    Lanes.loadUnsignedBytes(MEMORY, block + 64 + group / 4 * 16).lanewise(LSHR, group % 4 * 2);
            FloatVector scale = d.mul((FloatVector) sixBits(low, upper).convert(I2F, 0));
            FloatVector dot =
                    (FloatVector) IntVector.fromArray(INTS, dots, 16 * group).convert(I2F, 0);
            sum = dot.fma(scale.mul(activationScales[first + group]), sum);
        }
        sum.intoArray(sums, to);
    }

    /** Scales from their lower four and upper two bits. */
    static IntVector sixBits(IntVector low, IntVector upper) {
        return low.and(15).or(upper.and(3).lanewise(LSHL, 4)).sub(32);
    }
}
