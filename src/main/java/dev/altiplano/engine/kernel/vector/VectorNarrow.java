package dev.altiplano.engine.kernel.vector;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.altiplano.engine.kernel.Codebook;
import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * A few strips times a few rows: reads weights as fast as it can, panel after panel, each from the cache for all rows but the first. For
 * quantized weights {@link VectorDots} makes integers of a panel, which are scaled and added here. One thread's memory and what
 * it does.
 */
final class VectorNarrow {

    /** Strips that are read side by side: while one panel is multiplied, the processor fetches the next ones of the others. */
    static final int STRIPS = 4;

    private final int[] dots = new int[PackedLayout.PANEL / 16 * PackedLayout.STRIP];

    private final Map<Codebook, byte[]> tables = new HashMap<>();
    private byte[] table = {};

    /** The result {@code [row][strip][16]}. */
    final float[] sums;

    VectorNarrow(int maxRows) {
        sums = new float[maxRows * STRIPS * PackedLayout.STRIP];
    }

    /** Multiplies up to {@value #STRIPS} strips, the first of which begins at an address. */
    void multiply(WeightFormat format, long start, int strips, int columns, VectorActivations x, int rows) {
        Arrays.fill(sums, 0, rows * STRIPS * PackedLayout.STRIP, 0);
        table = tables.computeIfAbsent(format.codebook(), VectorCodes::table);
        long stripBytes = PackedLayout.stripBytes(format, columns);
        long panel = start;
        for (int column = 0; column < columns; column += PackedLayout.PANEL) {
            int count = Math.min(columns - column, PackedLayout.PANEL);
            for (int strip = 0; strip < strips; strip++) {
                for (int row = 0; row < rows; row++) {
                    int to = (row * STRIPS + strip) * PackedLayout.STRIP;
                    for (int lane = 0; lane < PackedLayout.STRIP; lane += Lanes.LENGTH) {
                        add(format, panel + strip * stripBytes, lane, count, x, row * columns + column, to + lane);
                    }
                }
            }
            panel += PackedLayout.panelBytes(format, column, columns);
        }
    }

    private void add(WeightFormat format, long panel, int lane, int count, VectorActivations x, int first, int to) {
        Packing packing = format.packing();
        int groups = count / 32;
        long scales = panel + packing.scalesOffset(groups);
        switch (packing) {
            case F32 -> addFloats(panel + 4L * lane, count, x.input, first, sums, to);
            case F16 -> addHalves(panel + 2L * lane, count, x.input, first, sums, to);
            case BF16 -> addBrains(panel + 4L * lane, count, x.input, first, sums, to);
            case Q8_0 -> VectorDots.bytes(panel, lane, groups, x.pairs, first / 2, dots);
            case Q4_0, Q4_K -> VectorDots.nibbles(panel, lane, groups, x.pairs, first / 2, dots);
            case Q5_K -> VectorDots.fives(panel, lane, x.pairs, first / 2, dots);
            case Q6_K -> {
                VectorDots.sixes(panel, lane, 0, x.pairs, first / 2, dots);
                VectorDots.sixes(panel, lane, 1, x.pairs, first / 2, dots);
            }
            case CODED, CODED_E8M0, CODED_K ->
                VectorCodes.dots(table, false, panel, lane, groups, x.pairs, first / 2, dots);
            case CODED_16 -> VectorCodes.dots(table, true, panel, lane, groups, x.pairs, first / 2, dots);
        }
        if (!packing.quantized()) {
            return;
        }
        // Q8_0's have been taken back.
        int zero = packing == Packing.Q8_0 ? 0 : packing.zero();
        float unit = format.codebook().unit();
        switch (packing.scales()) {
            case F16 -> scale(scales + 2L * lane, groups, zero, x, first / 32, dots, sums, to);
            case E8M0 -> VectorCodes.scaleByPowers(scales, lane, groups, x, first / 32, dots, sums, to);
            case SIX_BITS -> VectorCodes.scaleBySixBits(scales, lane, unit, x, first / 32, dots, sums, to);
            case MINIMA -> scaleWithMinima(scales, lane, x, first / 32, dots, sums, to);
            case OF_16 -> scaleHalves(scales, lane, zero, unit, x, first / 32, dots, sums, to);
        }
    }

    private static void addFloats(long at, int columns, float[] in, int first, float[] sums, int to) {
        long panel = Lanes.address(at);
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        for (int k = 0; k < columns; k++) {
            FloatVector spread = FloatVector.broadcast(Lanes.FLOATS, in[first + k]);
            sum = Lanes.load(Lanes.MEMORY, panel + 64L * k).fma(spread, sum);
        }
        sum.intoArray(sums, to);
    }

    private static void addHalves(long at, int columns, float[] in, int first, float[] sums, int to) {
        long panel = Lanes.address(at);
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        for (int k = 0; k < columns; k++) {
            FloatVector spread = FloatVector.broadcast(Lanes.FLOATS, in[first + k]);
            sum = Lanes.loadHalves(Lanes.MEMORY, panel + 32L * k).fma(spread, sum);
        }
        sum.intoArray(sums, to);
    }

    private static void addBrains(long at, int columns, float[] in, int first, float[] sums, int to) {
        long panel = Lanes.address(at);
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        int pairs = columns / 2;
        for (int k = 0; k < pairs; k++) {
            IntVector both = Lanes.loadInts(Lanes.MEMORY, panel + 64L * k);
            FloatVector even = both.lanewise(LSHL, 16).reinterpretAsFloats();
            sum = even.fma(FloatVector.broadcast(Lanes.FLOATS, in[first + 2 * k]), sum);
            FloatVector odd = both.and(0xffff0000).reinterpretAsFloats();
            sum = odd.fma(FloatVector.broadcast(Lanes.FLOATS, in[first + 2 * k + 1]), sum);
        }
        if (columns % 2 != 0) {
            IntVector last = Lanes.loadInts(Lanes.MEMORY, panel + 64L * pairs);
            FloatVector even = last.lanewise(LSHL, 16).reinterpretAsFloats();
            sum = even.fma(FloatVector.broadcast(Lanes.FLOATS, in[first + columns - 1]), sum);
        }
        sum.intoArray(sums, to);
    }

    /** Q8_0, Q4_0 and CODED: {@code offset} is how much more the levels were than the weights. */
    private static void scale(
            long at, int groups, int offset, VectorActivations x, int first, int[] dots, float[] sums, int to) {
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        long scales = Lanes.address(at);
        int[] activationSums = x.sums;
        float[] activationScales = x.scales;
        for (int group = 0; group < groups; group++) {
            int i = first + group;
            int away = offset * (activationSums[2 * i] + activationSums[2 * i + 1]);
            IntVector dot = IntVector.fromArray(Lanes.INTS, dots, 16 * group).sub(away);
            FloatVector scale =
                    Lanes.loadHalves(Lanes.MEMORY, scales + 32L * group).mul(activationScales[i]);
            sum = ((FloatVector) dot.convert(I2F, 0)).fma(scale, sum);
        }
        sum.intoArray(sums, to);
    }

    /** Q4_K and Q5_K. */
    private static void scaleWithMinima(
            long at, int lane, VectorActivations x, int first, int[] dots, float[] sums, int to) {
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        long block = Lanes.address(at + lane);
        FloatVector d = Lanes.loadHalves(Lanes.MEMORY, Lanes.address(block + lane) + 192);
        FloatVector dmin = Lanes.loadHalves(Lanes.MEMORY, Lanes.address(block + lane) + 224);
        float[] scales = x.scales;
        float[] scaledSums = x.scaledSums;
        for (int group = 0; group < 8; group++) {
            IntVector low = Lanes.loadUnsignedBytes(Lanes.MEMORY, block + 16L * group);
            IntVector upper = Lanes.loadUnsignedBytes(Lanes.MEMORY, block + 128 + group / 2 * 16)
                    .lanewise(LSHR, group % 2 * 4);
            IntVector scale = low.and(15).or(upper.and(3).lanewise(LSHL, 4));
            IntVector minimum = low.lanewise(LSHR, 4).or(upper.and(12).lanewise(LSHL, 2));
            FloatVector factor = d.mul((FloatVector) scale.convert(I2F, 0)).mul(scales[first + group]);
            IntVector dot = IntVector.fromArray(Lanes.INTS, dots, 16 * group);
            sum = ((FloatVector) dot.convert(I2F, 0)).fma(factor, sum);
            FloatVector away = dmin.mul((FloatVector) minimum.convert(I2F, 0)).neg();
            sum = away.fma(FloatVector.broadcast(Lanes.FLOATS, scaledSums[first + group]), sum);
        }
        sum.intoArray(sums, to);
    }

    /** Q6_K and CODED_16. */
    private static void scaleHalves(
            long start,
            int lane,
            int zero,
            float unit,
            VectorActivations x,
            int first,
            int[] dots,
            float[] sums,
            int to) {
        FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, to);
        long scales = Lanes.address(start + lane);
        FloatVector d = Lanes.loadHalves(Lanes.MEMORY, Lanes.address(scales + lane) + 256)
                .mul(unit);
        int[] activationSums = x.sums;
        float[] activationScales = x.scales;
        for (int group = 0; group < 8; group++) {
            int at = first + group;
            IntVector dot0 = IntVector.fromArray(Lanes.INTS, dots, 32 * group).sub(zero * activationSums[2 * at]);
            IntVector dot1 =
                    IntVector.fromArray(Lanes.INTS, dots, 32 * group + 16).sub(zero * activationSums[2 * at + 1]);
            FloatVector scale0 = d.mul(Lanes.loadBytes(Lanes.MEMORY, scales + 32L * group));
            FloatVector scale1 = d.mul(Lanes.loadBytes(Lanes.MEMORY, scales + 32L * group + 16));
            float a = activationScales[at];
            sum = ((FloatVector) dot0.convert(I2F, 0)).fma(scale0.mul(a), sum);
            sum = ((FloatVector) dot1.convert(I2F, 0)).fma(scale1.mul(a), sum);
        }
        sum.intoArray(sums, to);
    }
}
