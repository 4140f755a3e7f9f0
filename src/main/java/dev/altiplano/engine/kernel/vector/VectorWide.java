package dev.altiplano.engine.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link Lanes#PAIR} outputs of a matrix times many rows: weights become floats {@value #COLUMNS} columns at a time and stay in the
 * first-level cache while all rows use them. Levels and quantized activations are whole numbers, whose products floats add up
 * exactly. One thread's memory and what it does.
 */
final class VectorWide {

    /** Columns that are widened at a time. */
    private static final int COLUMNS = 128;

    private static final int LENGTH = Lanes.LENGTH;
    private static final int PAIR = Lanes.PAIR;

    private final float[] panel = new float[COLUMNS * PAIR];
    private final float[] scales = new float[COLUMNS / 16 * PAIR];
    private final float[] minima = new float[COLUMNS / 32 * PAIR];
    private final float[] dots = new float[8 * PAIR];

    private byte[] table = {};

    /** The result {@code [row][PAIR]}. */
    float[] totals = {};

    /** Computes outputs {@code [first, first + PAIR)}; those beyond the matrix's last strip are without meaning. */
    void multiply(PackedMatrix matrix, int first, VectorActivations x, int rows) {
        if (totals.length < rows * PAIR) {
            totals = new float[rows * PAIR];
        }
        int columns = matrix.columns();
        boolean quantized = matrix.format().quantized();
        table = VectorCodes.table(matrix.format().codebook());
        java.util.Arrays.fill(totals, 0, rows * PAIR, 0f);
        for (int column = 0; column < columns; column += COLUMNS) {
            int count = Math.min(COLUMNS, columns - column);
            for (int v = 0;
                    v < PAIR && first + v < PackedLayout.strips(matrix.rows()) * PackedLayout.STRIP;
                    v += LENGTH) {
                widen(matrix, first + v, column, count, v);
            }
            if (quantized) {
                addGroups(matrix.format(), x, rows, columns, column, count);
            } else {
                addPlain(x, rows, columns, column, count);
            }
        }
    }

    private void addPlain(VectorActivations x, int rows, int columns, int column, int count) {
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            int l = row * columns + column;
            int s = row * PAIR;
            VectorProduct.multiply4(
                    x.input,
                    l,
                    l + columns,
                    l + 2 * columns,
                    l + 3 * columns,
                    panel,
                    0,
                    count,
                    totals,
                    s,
                    s + PAIR,
                    s + 2 * PAIR,
                    s + 3 * PAIR,
                    false);
        }
        for (; row < rows; row++) {
            VectorProduct.multiply1(x.input, row * columns + column, panel, 0, count, totals, row * PAIR, false);
        }
    }

    private void addGroups(WeightFormat format, VectorActivations x, int rows, int columns, int column, int count) {
        int step = format.packing().scales() == Packing.Scales.OF_16 ? 16 : 32;
        for (int row = 0; row < rows; row += 4) {
            int tile = Math.min(4, rows - row);
            for (int k = 0; k < count; k += 32) {
                for (int sub = 0; sub < 32; sub += step) {
                    int l = row * columns + column + k + sub;
                    int s = sub / 16 * 4 * PAIR;
                    int from = (k + sub) * PAIR;
                    if (tile == 4) {
                        VectorProduct.multiply4(
                                x.levels,
                                l,
                                l + columns,
                                l + 2 * columns,
                                l + 3 * columns,
                                panel,
                                from,
                                step,
                                dots,
                                s,
                                s + PAIR,
                                s + 2 * PAIR,
                                s + 3 * PAIR,
                                true);
                    } else {
                        for (int r = 0; r < tile; r++) {
                            VectorProduct.multiply1(
                                    x.levels, l + r * columns, panel, from, step, dots, s + r * PAIR, true);
                        }
                    }
                }
                addDots(format, x, row, tile, columns, column + k, k / 32);
            }
        }
    }

    /** Scales the dots of 32 columns and adds them. */
    private void addDots(
            WeightFormat format, VectorActivations x, int row, int tile, int columns, int column, int group) {
        boolean two = format.packing().scales() == Packing.Scales.OF_16;
        boolean minimum = format.packing().scales() == Packing.Scales.MINIMA;
        for (int r = 0; r < tile; r++) {
            int at = (row + r) * columns / 32 + column / 32;
            float a = x.scales[at];
            for (int v = 0; v < PAIR; v += LENGTH) {
                int total = (row + r) * PAIR + v;
                FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, totals, total);
                FloatVector dot = FloatVector.fromArray(Lanes.FLOATS, dots, r * PAIR + v);
                FloatVector scale = FloatVector.fromArray(Lanes.FLOATS, scales, 2 * group * PAIR + v);
                sum = dot.fma(scale.mul(a), sum);
                if (two) {
                    FloatVector second = FloatVector.fromArray(Lanes.FLOATS, dots, (4 + r) * PAIR + v);
                    FloatVector secondScale = FloatVector.fromArray(Lanes.FLOATS, scales, (2 * group + 1) * PAIR + v);
                    sum = second.fma(secondScale.mul(a), sum);
                }
                if (minimum) {
                    FloatVector away = FloatVector.fromArray(Lanes.FLOATS, minima, group * PAIR + v)
                            .neg();
                    sum = away.fma(FloatVector.broadcast(Lanes.FLOATS, x.scaledSums[at]), sum);
                }
                sum.intoArray(totals, total);
            }
        }
    }

    /** Widens a vector of outputs, {@code count} columns from {@code column} on, to {@code panel[column][v…]}. */
    private void widen(PackedMatrix matrix, int output, int column, int count, int v) {
        WeightFormat format = matrix.format();
        MemorySegment data = matrix.data();
        int columns = matrix.columns();
        int lane = output % PackedLayout.STRIP;
        long strip = output / PackedLayout.STRIP * PackedLayout.stripBytes(format, columns);
        if (!format.quantized()) {
            widenPlain(format, data, strip, lane, column, count, v);
            return;
        }
        int inPanel = column % PackedLayout.PANEL;
        int groups = Math.min(columns - column + inPanel, PackedLayout.PANEL) / 32;
        long base = strip + (long) (column / PackedLayout.PANEL) * PackedLayout.panelBytes(format, 8);
        for (int i = 0; i < count / 32; i++) {
            int group = inPanel / 32 + i;
            int to = 32 * i * PAIR + v;
            widenLevels(format, data, base, groups, group, lane, to);
            widenScales(
                    format,
                    data,
                    base + format.packing().scalesOffset(groups),
                    group,
                    lane,
                    2 * i * PAIR + v,
                    i * PAIR + v);
        }
    }

    private void widenPlain(
            WeightFormat format, MemorySegment data, long strip, int lane, int column, int count, int v) {
        switch (format) {
            case F32 -> {
                for (int k = 0; k < count; k++) {
                    Lanes.load(data, strip + 64L * (column + k) + 4L * lane).intoArray(panel, k * PAIR + v);
                }
            }
            case F16 -> {
                for (int k = 0; k < count; k++) {
                    Lanes.loadHalves(data, strip + 32L * (column + k) + 2L * lane)
                            .intoArray(panel, k * PAIR + v);
                }
            }
            default -> {
                for (int k = 0; k < count; k += 2) {
                    IntVector both = Lanes.loadInts(data, strip + 32L * (column + k) + 4L * lane);
                    both.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(panel, k * PAIR + v);
                    if (k + 1 < count) {
                        both.and(0xffff0000).reinterpretAsFloats().intoArray(panel, (k + 1) * PAIR + v);
                    }
                }
            }
        }
    }

    private void widenLevels(
            WeightFormat format, MemorySegment data, long base, int groups, int group, int lane, int to) {
        Packing packing = format.packing();
        if (packing == Packing.Q8_0) {
            long from = base + 512L * group + 4L * lane;
            for (int g = 0; g < 8; g++) {
                IntVector bytes = Lanes.loadInts(data, from + 64L * g);
                for (int c = 0; c < 4; c++) {
                    put(bytes.lanewise(LSHR, 8 * c).and(0xff).sub(128), to + (4 * g + c) * PAIR);
                }
            }
            return;
        }
        long from = base + 256L * group + 4L * lane;
        long bits = base + 256L * groups + 4L * lane;
        int zero = packing.coded() ? 128 : packing.zero();
        for (int g = 0; g < 8; g++) {
            IntVector low = Lanes.loadInts(data, from + 64L * (g % 4)).lanewise(LSHR, g / 4 * 4);
            low = low.and(0x0f0f0f0f);
            if (packing.coded()) {
                low = VectorCodes.levels(low.reinterpretAsBytes(), table)
                        .reinterpretAsInts()
                        .lanewise(XOR, 0x80808080);
            } else if (packing == Packing.Q5_K) {
                IntVector fifth = Lanes.loadInts(data, bits + 64L * group).lanewise(LSHR, g);
                low = low.or(fifth.and(0x01010101).lanewise(LSHL, 4));
            } else if (packing == Packing.Q6_K) {
                IntVector upper = Lanes.loadInts(data, bits + 128L * group + 64L * (g / 4))
                        .lanewise(LSHR, g % 4 * 2);
                low = low.or(upper.and(0x03030303).lanewise(LSHL, 4));
            }
            for (int c = 0; c < 4; c++) {
                put(low.lanewise(LSHR, 8 * c).and(0xff).sub(zero), to + (4 * g + c) * PAIR);
            }
        }
    }

    private void put(IntVector level, int to) {
        ((FloatVector) level.convert(I2F, 0)).intoArray(panel, to);
    }

    private void widenScales(
            WeightFormat format, MemorySegment data, long block, int group, int lane, int to, int toMinimum) {
        float unit = format.codebook().unit();
        switch (format.packing().scales()) {
            case F16 -> Lanes.loadHalves(data, block + 32L * group + 2L * lane).intoArray(scales, to);
            case E8M0 ->
                VectorCodes.power(Lanes.loadUnsignedBytes(data, block + 16L * group + lane))
                        .intoArray(scales, to);
            case SIX_BITS -> {
                IntVector low = Lanes.loadUnsignedBytes(data, block + group / 2 * 16 + lane)
                        .lanewise(LSHR, group % 2 * 4);
                IntVector upper = Lanes.loadUnsignedBytes(data, block + 64 + group / 4 * 16 + lane)
                        .lanewise(LSHR, group % 4 * 2);
                Lanes.loadHalves(data, block + 96 + 2L * lane)
                        .mul(unit)
                        .mul((FloatVector) VectorCodes.sixBits(low, upper).convert(I2F, 0))
                        .intoArray(scales, to);
            }
            case OF_16 -> {
                FloatVector d = Lanes.loadHalves(data, block + 256 + 2L * lane).mul(unit);
                for (int sub = 0; sub < 2; sub++) {
                    d.mul(Lanes.loadBytes(data, block + 16L * (2 * group + sub) + lane))
                            .intoArray(scales, to + sub * PAIR);
                }
            }
            case MINIMA -> {
                IntVector low = Lanes.loadUnsignedBytes(data, block + 16L * group + lane);
                IntVector upper = Lanes.loadUnsignedBytes(data, block + 128 + group / 2 * 16 + lane)
                        .lanewise(ASHR, group % 2 * 4);
                IntVector scale = low.and(15).or(upper.and(3).lanewise(LSHL, 4));
                IntVector minimum = low.lanewise(LSHR, 4).or(upper.and(12).lanewise(LSHL, 2));
                Lanes.loadHalves(data, block + 192 + 2L * lane)
                        .mul((FloatVector) scale.convert(I2F, 0))
                        .intoArray(scales, to);
                Lanes.loadHalves(data, block + 224 + 2L * lane)
                        .mul((FloatVector) minimum.convert(I2F, 0))
                        .intoArray(minima, toMinimum);
            }
        }
    }
}
