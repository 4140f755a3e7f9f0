package dev.altiplano.engine.kernel.vector;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.scalar.Exp;
import dev.altiplano.engine.kernel.scalar.ScalarAttention;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors of the Vector API backend and what is done with one at a time. A vector has as many floats as the machine's registers,
 * at most 16, so that 16 lanes of {@link PackedLayout} and {@link ScalarAttention} are {@link #PARTS} vectors.
 */
public final class Lanes {

    static final VectorSpecies<Float> FLOATS =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

    /** Floats of a vector: 4, 8 or 16. */
    public static final int LENGTH = FLOATS.length();
    /** Vectors that make 16 lanes. */
    static final int PARTS = 16 / LENGTH;
    /** Floats of two vectors. */
    static final int PAIR = 2 * LENGTH;

    /** All of the process's memory, for {@link #address addresses} whose bounds a caller has checked; nothing if not allowed. */
    static final MemorySegment MEMORY = memory();

    /** Two shorts for each float. */
    static final VectorSpecies<Short> PAIRS = FLOATS.withLanes(short.class);

    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, 16 * LENGTH)));
    /** Bytes for one vector of floats; the shortest vectors have no use for the upper half. */
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LENGTH)));

    private static final ValueLayout.OfInt FOUR_BYTES = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private Lanes() {}

    private static MemorySegment memory() {
        try {
            return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        } catch (IllegalCallerException e) {
            return MemorySegment.NULL;
        }
    }

    /** Whether native access is enabled. */
    public static boolean mayReadMemory() {
        return MEMORY.byteSize() > 0;
    }

    /** An address of {@link #MEMORY}, so that the compiler sees it within bounds and checks nothing in a loop. */
    static long address(long address) {
        return address & (1L << 56) - 1;
    }

    /** {@link Exp#exp} of each lane. */
    static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.blend(Exp.HIGHEST, x.compare(GT, Exp.HIGHEST));
        FloatVector shifted = bounded.fma(Exp.LOG2_E, Exp.ROUND);
        FloatVector n = shifted.sub(Exp.ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Exp.LN2_HIGH), bounded);
        r = n.fma(FloatVector.broadcast(FLOATS, -Exp.LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(FLOATS, Exp.C6).fma(r, FloatVector.broadcast(FLOATS, Exp.C5));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C4));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C3));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C2));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
        // The low bits of `shifted` are those of n.
        IntVector exponent = shifted.reinterpretAsInts().add(127 - Float.floatToRawIntBits(Exp.ROUND));
        FloatVector power = exponent.lanewise(LSHL, 23).reinterpretAsFloats();
        return p.mul(power).blend(0f, x.compare(LT, Exp.LOWEST));
    }

    /** {@link Exp#silu} of each lane. */
    static FloatVector silu(FloatVector x) {
        return x.div(exp(x.neg()).add(1f));
    }

    /** Larger of two; the first where the second is no number. */
    static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(GT, a));
    }

    static FloatVector load(MemorySegment from, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, from, offset, LITTLE_ENDIAN);
    }

    static IntVector loadInts(MemorySegment from, long offset) {
        return IntVector.fromMemorySegment(INTS, from, offset, LITTLE_ENDIAN);
    }

    /** F16 to floats. */
    static FloatVector loadHalves(MemorySegment from, long offset) {
        ShortVector halves = ShortVector.fromMemorySegment(SHORTS, from, offset, LITTLE_ENDIAN);
        // The sign comes with what stands above it. With the exponent where floats have it, the value is 2^-112 of what
        // it
        // should be; infinities need their own.
        IntVector bits = ((IntVector) halves.convertShape(VectorOperators.S2I, INTS, 0)).lanewise(LSHL, 13);
        IntVector value =
                bits.and(0x8fffe000).reinterpretAsFloats().mul(0x1p112f).reinterpretAsInts();
        VectorMask<Integer> infinite = bits.and(0x0f800000).compare(VectorOperators.EQ, 0x0f800000);
        return value.lanewise(VectorOperators.OR, 0x7f800000, infinite).reinterpretAsFloats();
    }

    /** Signed bytes to floats. */
    static FloatVector loadBytes(MemorySegment from, long offset) {
        return (FloatVector)
                bytes(from, offset).convertShape(VectorOperators.B2I, INTS, 0).convert(VectorOperators.I2F, 0);
    }

    /** Unsigned bytes to ints. */
    static IntVector loadUnsignedBytes(MemorySegment from, long offset) {
        return (IntVector) bytes(from, offset).convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    /** As many bytes as a vector has floats; no vector has four, and nothing may lie behind them. */
    private static ByteVector bytes(MemorySegment from, long offset) {
        return LENGTH == 4
                ? IntVector.broadcast(IntVector.SPECIES_64, from.get(FOUR_BYTES, offset))
                        .reinterpretAsBytes()
                : ByteVector.fromMemorySegment(BYTES, from, offset, LITTLE_ENDIAN);
    }

    /** The sum of the two signed halves of each int. */
    static IntVector addHalves(ShortVector pairs) {
        IntVector both = pairs.reinterpretAsInts();
        return both.lanewise(LSHL, 16).lanewise(ASHR, 16).add(both.lanewise(ASHR, 16));
    }
}
