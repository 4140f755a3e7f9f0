package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.WeightFormat;

/** Lays 16 stored rows out as a strip of {@link PackedLayout}; one thread's, with buffers of its own. */
final class StripWriter {

    private static final int LOW = 0x0f0f0f0f;

    private final WeightFormat stored;
    private final WeightFormat held;
    private final WeightFormat from;
    private final int columns;
    private final float[] values;
    private final byte[] converted;
    private final byte[] levels = new byte[PackedLayout.PANEL];

    /** The 16 rows, filled by the caller; rows that the matrix lacks are zero. */
    final byte[] rows;

    /** The packed strip. */
    final byte[] strip;

    StripWriter(WeightFormat stored, WeightFormat held, int columns) {
        this.stored = stored;
        this.held = held;
        this.columns = columns;
        boolean direct = stored == held
                || stored == WeightFormat.Q5_0 && held == WeightFormat.Q8_0
                || stored == WeightFormat.Q3_K && held == WeightFormat.Q6_K;
        from = direct ? stored : held;
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
        int groupsInBlock = from.blockElements() / 32;
        int panel = 0;
        for (int first = 0; first < columns; first += PackedLayout.PANEL) {
            int groups = Math.min(columns - first, PackedLayout.PANEL) / 32;
            int block = at + first / from.blockElements() * from.blockBytes();
            for (int group = 0; group < groups; group += groupsInBlock) {
                BlockReader.levels(
                        from, converted, block + group / groupsInBlock * from.blockBytes(), levels, 32 * group);
            }
            writeLevels(row, panel, groups);
            writeScales(row, panel, groups, block);
            panel += PackedLayout.panelBytes(held, groups);
        }
    }

    private void writeLevels(int row, int panel, int groups) {
        if (held == WeightFormat.Q8_0) {
            for (int v = 0; v < 8 * groups; v++) {
                Bytes.putInt(strip, panel + 64 * v + 4 * row, Bytes.getInt(levels, 4 * v));
            }
            return;
        }
        for (int group = 0; group < groups; group++) {
            for (int j = 0; j < 4; j++) {
                int low = Bytes.getInt(levels, 32 * group + 4 * j) & LOW;
                int high = Bytes.getInt(levels, 32 * group + 16 + 4 * j) & LOW;
                Bytes.putInt(strip, panel + 256 * group + 64 * j + 4 * row, low | high << 4);
            }
        }
        int bits = panel + 256 * groups + 4 * row;
        if (held == WeightFormat.Q5_K) {
            for (int group = 0; group < groups; group++) {
                int fifth = 0;
                for (int g = 0; g < 8; g++) {
                    fifth |= (Bytes.getInt(levels, 32 * group + 4 * g) >>> 4 & 0x01010101) << g;
                }
                Bytes.putInt(strip, bits + 64 * group, fifth);
            }
        } else if (held == WeightFormat.Q6_K) {
            for (int half = 0; half < 2 * groups; half++) {
                int upper = 0;
                for (int i = 0; i < 4; i++) {
                    upper |= (Bytes.getInt(levels, 16 * half + 4 * i) >>> 4 & 0x03030303) << 2 * i;
                }
                Bytes.putInt(strip, bits + 64 * half, upper);
            }
        }
    }

    private void writeScales(int row, int panel, int groups, int block) {
        switch (held) {
            case Q8_0, Q4_0 -> {
                int scales = panel + (held == WeightFormat.Q8_0 ? 512 : 256) * groups + 2 * row;
                for (int group = 0; group < groups; group++) {
                    short scale = BlockReader.blockScale(from, converted, block + group * from.blockBytes());
                    Bytes.putShort(strip, scales + 32 * group, scale);
                }
            }
            case Q6_K -> {
                int scales = panel + 3072 + row;
                for (int j = 0; j < 16; j++) {
                    strip[scales + 16 * j] = BlockReader.scaleOf16(from, converted, block, j);
                }
                Bytes.putShort(strip, panel + 3328 + 2 * row, BlockReader.blockScale(from, converted, block));
            }
            default -> {
                int scales = panel + (held == WeightFormat.Q5_K ? 2560 : 2048);
                for (int i = 0; i < 4; i++) {
                    int upper = 0;
                    for (int j = 2 * i; j < 2 * i + 2; j++) {
                        int scale = BlockReader.kScale(converted, block + 4, j);
                        int minimum = BlockReader.kMinimum(converted, block + 4, j);
                        strip[scales + 16 * j + row] = (byte) (scale & 15 | (minimum & 15) << 4);
                        upper |= (scale >>> 4 | minimum >>> 4 << 2) << j % 2 * 4;
                    }
                    strip[scales + 128 + 16 * i + row] = (byte) upper;
                }
                Bytes.putShort(strip, scales + 192 + 2 * row, Bytes.getShort(converted, block));
                Bytes.putShort(strip, scales + 224 + 2 * row, Bytes.getShort(converted, block + 2));
            }
        }
    }
}
