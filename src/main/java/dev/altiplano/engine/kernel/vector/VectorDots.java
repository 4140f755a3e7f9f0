package dev.altiplano.engine.kernel.vector;

import static dev.altiplano.engine.kernel.vector.Lanes.INTS;
import static dev.altiplano.engine.kernel.vector.Lanes.MEMORY;
import static dev.altiplano.engine.kernel.vector.Lanes.PAIRS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * The integer half of products with quantized weights: levels of a panel's rows times one row's quantized activations, summed over
 * 32 columns (Q6_K: 16) into {@code dots [group][16]}, exactly.
 *
 * <p>Everything is multiplied as 16-bit integers: a short holds two neighbouring columns of a row, an even one in its lower byte. What
 * cannot overflow is added in 16 bits (a 4-bit level times an int8: 16 products; of 5 bits: 8; of 6 bits: 4), then both halves of an
 * int in 32.
 *
 * <p>A vector that crosses a call which is not inlined becomes an object, and everything a hundred times slower; the compiler
 * stops inlining in a method that has grown too large by it, and inlines whatever is short (325 bytes of code). The methods here
 * are written out so that none is short, and hold only as much as is compiled whole; they call nothing but vector operations,
 * which are always inlined.
 */
final class VectorDots {

    private static final short NIBBLE = 15;
    private static final short FIFTH = 16;
    private static final short UPPER = 48;
    private static final short SIGNS = (short) 0x8080;

    private VectorDots() {}

    /** Q8_0. */
    static void bytes(long panel, int lane, int groups, int[] pairs, int first, int[] dots) {
        long start = Lanes.address(panel + 4L * lane);
        for (int group = 0; group < groups; group++) {
            long from = start + 512L * group;
            int at = first + 16 * group;
            IntVector dot = IntVector.zero(INTS);
            for (int g = 0; g < 8; g += 2) {
                ShortVector v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 64L * g, LITTLE_ENDIAN)
                        .lanewise(XOR, SIGNS);
                ShortVector even = v.lanewise(LSHL, 8)
                        .lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * g]).reinterpretAsShorts());
                ShortVector odd = v.lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * g + 1]).reinterpretAsShorts());
                IntVector both = even.add(odd).reinterpretAsInts();
                dot = dot.add(both.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(both.lanewise(ASHR, 16));
                v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 64L * g + 64, LITTLE_ENDIAN)
                        .lanewise(XOR, SIGNS);
                even = v.lanewise(LSHL, 8)
                        .lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * g + 2]).reinterpretAsShorts());
                odd = v.lanewise(ASHR, 8)
                        .mul(IntVector.broadcast(INTS, pairs[at + 2 * g + 3]).reinterpretAsShorts());
                both = even.add(odd).reinterpretAsInts();
                dot = dot.add(both.lanewise(LSHL, 16).lanewise(ASHR, 16)).add(both.lanewise(ASHR, 16));
            }
            dot.intoArray(dots, 16 * group);
        }
    }

    /** Q4_0 and Q4_K: levels from 0 to 15. */
    static void nibbles(long panel, int lane, int groups, int[] pairs, int first, int[] dots) {
        long start = Lanes.address(panel + 4L * lane);
        for (int group = 0; group < groups; group++) {
            long from = start + 256L * group;
            int at = first + 16 * group;
            ShortVector v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from, LITTLE_ENDIAN);
            ShortVector a =
                    v.and(NIBBLE).mul(IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts());
            ShortVector b = v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 1]).reinterpretAsShorts());
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 8]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .mul(IntVector.broadcast(INTS, pairs[at + 9]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 64, LITTLE_ENDIAN);
            a = a.add(v.and(NIBBLE).mul(IntVector.broadcast(INTS, pairs[at + 2]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 3]).reinterpretAsShorts()));
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 10]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .mul(IntVector.broadcast(INTS, pairs[at + 11]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 128, LITTLE_ENDIAN);
            a = a.add(v.and(NIBBLE).mul(IntVector.broadcast(INTS, pairs[at + 4]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 5]).reinterpretAsShorts()));
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 12]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .mul(IntVector.broadcast(INTS, pairs[at + 13]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 192, LITTLE_ENDIAN);
            a = a.add(v.and(NIBBLE).mul(IntVector.broadcast(INTS, pairs[at + 6]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 7]).reinterpretAsShorts()));
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .mul(IntVector.broadcast(INTS, pairs[at + 14]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .mul(IntVector.broadcast(INTS, pairs[at + 15]).reinterpretAsShorts()));
            IntVector both = a.add(b).reinterpretAsInts();
            both.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(both.lanewise(ASHR, 16))
                    .intoArray(dots, 16 * group);
        }
    }

    /** Q5_K: levels from 0 to 31; bit g of a byte behind the halves is the fifth of vector g. */
    static void fives(long panel, int lane, int[] pairs, int first, int[] dots) {
        long start = Lanes.address(panel + 4L * lane);
        for (int group = 0; group < 8; group++) {
            long from = start + 256L * group;
            int at = first + 16 * group;
            ShortVector bits = ShortVector.fromMemorySegment(PAIRS, MEMORY, start + 2048 + 64L * group, LITTLE_ENDIAN);
            ShortVector v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from, LITTLE_ENDIAN);
            ShortVector a = v.and(NIBBLE)
                    .or(bits.lanewise(LSHL, 4).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts());
            ShortVector b = v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 4).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 1]).reinterpretAsShorts());
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .or(bits.and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 8]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .or(bits.lanewise(LSHR, 8).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 9]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 64, LITTLE_ENDIAN);
            a = a.add(v.and(NIBBLE)
                    .or(bits.lanewise(LSHL, 3).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 2]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 5).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 3]).reinterpretAsShorts()));
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 1).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 10]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .or(bits.lanewise(LSHR, 9).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 11]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 128, LITTLE_ENDIAN);
            a = a.add(v.and(NIBBLE)
                    .or(bits.lanewise(LSHL, 2).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 4]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 6).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 5]).reinterpretAsShorts()));
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 2).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 12]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .or(bits.lanewise(LSHR, 10).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 13]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 192, LITTLE_ENDIAN);
            a = a.add(v.and(NIBBLE)
                    .or(bits.lanewise(LSHL, 1).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 6]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 7).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 7]).reinterpretAsShorts()));
            a = a.add(v.lanewise(LSHR, 4)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 3).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 14]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 12)
                    .or(bits.lanewise(LSHR, 11).and(FIFTH))
                    .mul(IntVector.broadcast(INTS, pairs[at + 15]).reinterpretAsShorts()));
            IntVector even = a.reinterpretAsInts();
            IntVector odd = b.reinterpretAsInts();
            even.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(even.lanewise(ASHR, 16))
                    .add(odd.lanewise(LSHL, 16).lanewise(ASHR, 16))
                    .add(odd.lanewise(ASHR, 16))
                    .intoArray(dots, 16 * group);
        }
    }

    /** Q6_K: levels from 0 to 63; columns 16 {@code half} to 16 {@code half} + 15 of each group. */
    static void sixes(long panel, int lane, int half, int[] pairs, int first, int[] dots) {
        long start = Lanes.address(panel + 4L * lane);
        long bitsStart = Lanes.address(start + 2048 + 64L * half);
        int shift = 4 * half;
        for (int group = 0; group < 8; group++) {
            long from = start + 256L * group;
            int at = first + 16 * group + 8 * half;
            ShortVector bits = ShortVector.fromMemorySegment(PAIRS, MEMORY, bitsStart + 128L * group, LITTLE_ENDIAN);
            ShortVector v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from, LITTLE_ENDIAN)
                    .lanewise(LSHR, shift);
            ShortVector a = v.and(NIBBLE)
                    .or(bits.lanewise(LSHL, 4).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts());
            ShortVector b = v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 4).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 1]).reinterpretAsShorts());
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 64, LITTLE_ENDIAN)
                    .lanewise(LSHR, shift);
            a = a.add(v.and(NIBBLE)
                    .or(bits.lanewise(LSHL, 2).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 2]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 6).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 3]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 128, LITTLE_ENDIAN)
                    .lanewise(LSHR, shift);
            a = a.add(v.and(NIBBLE)
                    .or(bits.and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 4]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 8).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 5]).reinterpretAsShorts()));
            v = ShortVector.fromMemorySegment(PAIRS, MEMORY, from + 192, LITTLE_ENDIAN)
                    .lanewise(LSHR, shift);
            a = a.add(v.and(NIBBLE)
                    .or(bits.lanewise(LSHR, 2).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 6]).reinterpretAsShorts()));
            b = b.add(v.lanewise(LSHR, 8)
                    .and(NIBBLE)
                    .or(bits.lanewise(LSHR, 10).and(UPPER))
                    .mul(IntVector.broadcast(INTS, pairs[at + 7]).reinterpretAsShorts()));
            IntVector even = a.reinterpretAsInts();
            IntVector odd = b.reinterpretAsInts();
            even.lanewise(LSHL, 16)
                    .lanewise(ASHR, 16)
                    .add(even.lanewise(ASHR, 16))
                    .add(odd.lanewise(LSHL, 16).lanewise(ASHR, 16))
                    .add(odd.lanewise(ASHR, 16))
                    .intoArray(dots, 32 * group + 16 * half);
        }
    }
}
