package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.Packing;
import dev.altiplano.engine.kernel.WeightFormat;

/** Lays 16 stored rows out as a strip of {@link PackedLayout}; one thread's, with buffers of its own. */
final class StripWriter {

    private static final int LOW = 0x0f0f0f0f;

    private final WeightFormat stored;
    private final WeightFormat held;
    private final WeightFormat from;
    private final StoredFormat reader;
    private final Packing packing;
    private final int columns;
    private final float[] values;
    private final byte[] converted;
    private final byte[] integers = new byte[PackedLayout.PANEL];

    /** The 16 rows, filled by the caller; rows that the matrix lacks are zero. */
    final byte[] rows;

    /** The packed strip. */
    final byte[] strip;

    StripWriter(WeightFormat stored, WeightFormat held, int columns) {
        this.stored = stored;
        this.held = held;
        this.columns = columns;
        boolean direct = stored == held
                || stored.nativeFormat() == held && BlockReader.of(stored).keepsIntegers();
        from = direct ? stored : held;
        reader = BlockReader.of(from);
        packing = held.packing();
        values = new float[direct ? 0 : columns];
        rows = new byte[Math.toIntExact(PackedLayout.STRIP * stored.rowBytes(columns))];
        converted = direct ? rows : new byte[Math.toIntExact(PackedLayout.STRIP * held.rowBytes(columns))];
        strip = new byte[Math.toIntExact(PackedLayout.stripBytes(held, columns))];
    }

    /** Writes {@link #strip} from {@link #rows}. */
    void write() {
        int rowBytes = Math.toIntExact(from.rowBytes(columns));
        for (int row = 0; row < PackedLayout.STRIP; row++) {
            int at = row * rowBytes;
            if (converted != rows) {
                BlockReader.dequantize(
                        stored, rows, row * Math.toIntExact(stored.rowBytes(columns)), values, 0, columns);
                BlockQuantizer.quantize(held, values, 0, columns, converted, at);
            }
            if (held.quantized()) {
                writeQuantized(row, at);
            } else {
                writePlain(row, at);
            }
        }
    }

    private void writePlain(int row, int at) {
        for (int k = 0; k < columns; k++) {
            switch (held) {
                case F32 -> Bytes.putInt(strip, 64 * k + 4 * row, Bytes.getInt(converted, at + 4 * k));
                case F16 -> Bytes.putShort(strip, 32 * k + 2 * row, Bytes.getShort(converted, at + 2 * k));
                default ->
                    Bytes.putShort(strip, k / 2 * 64 + 4 * row + k % 2 * 2, Bytes.getShort(converted, at + 2 * k));
            }
        }
    }

    private void writeQuantized(int row, int at) {
        int panel = 0;
        for (int first = 0; first < columns; first += PackedLayout.PANEL) {
            int groups = Math.min(columns - first, PackedLayout.PANEL) / 32;
            for (int i = 0; i < 32 * groups; i += from.blockElements()) {
                reader.integers(converted, block(at, first + i), integers, i);
            }
            writeIntegers(row, panel, groups);
            writeScales(row, panel + packing.scalesOffset(groups), groups, at, first);
            panel += packing.panelBytes(groups);
        }
    }

    /** Where the block of a column begins in a row that begins at {@code at}. */
    private int block(int at, int column) {
        return at + column / from.blockElements() * from.blockBytes();
    }

    private void writeIntegers(int row, int panel, int groups) {
        if (packing == Packing.Q8_0) {
            for (int v = 0; v < 8 * groups; v++) {
                Bytes.putInt(strip, panel + 64 * v + 4 * row, Bytes.getInt(integers, 4 * v));
            }
            return;
        }
        for (int group = 0; group < groups; group++) {
            for (int j = 0; j < 4; j++) {
                int low = Bytes.getInt(integers, 32 * group + 4 * j) & LOW;
                int high = Bytes.getInt(integers, 32 * group + 16 + 4 * j) & LOW;
                Bytes.putInt(strip, panel + 256 * group + 64 * j + 4 * row, low | high << 4);
            }
        }
        int bits = panel + 256 * groups + 4 * row;
        if (packing == Packing.Q5_K) {
            for (int group = 0; group < groups; group++) {
                int fifth = 0;
                for (int g = 0; g < 8; g++) {
                    fifth |= (Bytes.getInt(integers, 32 * group + 4 * g) >>> 4 & 0x01010101) << g;
                }
                Bytes.putInt(strip, bits + 64 * group, fifth);
            }
        } else if (packing == Packing.Q6_K) {
            for (int half = 0; half < 2 * groups; half++) {
                int upper = 0;
                for (int i = 0; i < 4; i++) {
                    upper |= (Bytes.getInt(integers, 16 * half + 4 * i) >>> 4 & 0x03030303) << 2 * i;
                }
                Bytes.putInt(strip, bits + 64 * half, upper);
            }
        }
    }

    private void writeScales(int row, int scales, int groups, int at, int first) {
        int block = block(at, first);
        switch (packing.scales()) {
            case F16 -> {
                for (int group = 0; group < groups; group++) {
                    short d = reader.d(converted, block(at, first + 32 * group));
                    Bytes.putShort(strip, scales + 32 * group + 2 * row, d);
                }
            }
            case E8M0 -> {
                for (int group = 0; group < groups; group++) {
                    strip[scales + 16 * group + row] = (byte) reader.d(converted, block(at, first + 32 * group));
                }
            }
            case SIX_BITS -> {
                for (int i = 0; i < 4; i++) {
                    int low = 0;
                    int upper = strip[scales + 64 + i / 2 * 16 + row] & (i % 2 == 0 ? 0 : 15);
                    for (int j = 2 * i; j < 2 * i + 2; j++) {
                        int scale = reader.scale(converted, block, j) + 32;
                        low |= (scale & 15) << j % 2 * 4;
                        upper |= scale >>> 4 << j % 4 * 2;
                    }
                    strip[scales + 16 * i + row] = (byte) low;
                    strip[scales + 64 + i / 2 * 16 + row] = (byte) upper;
                }
                Bytes.putShort(strip, scales + 96 + 2 * row, reader.d(converted, block));
            }
            case MINIMA -> {
                for (int i = 0; i < 4; i++) {
                    int upper = 0;
                    for (int j = 2 * i; j < 2 * i + 2; j++) {
                        int scale = reader.scale(converted, block, j);
                        int minimum = reader.minimum(converted, block, j);
                        strip[scales + 16 * j + row] = (byte) (scale & 15 | (minimum & 15) << 4);
                        upper |= (scale >>> 4 | minimum >>> 4 << 2) << j % 2 * 4;
                    }
                    strip[scales + 128 + 16 * i + row] = (byte) upper;
                }
                Bytes.putShort(strip, scales + 192 + 2 * row, reader.d(converted, block));
                Bytes.putShort(strip, scales + 224 + 2 * row, reader.dmin(converted, block));
            }
            case OF_16 -> {
                for (int j = 0; j < 16; j++) {
                    strip[scales + 16 * j + row] = (byte) reader.scale(converted, block, j);
                }
                Bytes.putShort(strip, scales + 256 + 2 * row, reader.d(converted, block));
            }
        }
    }
}
