package dev.altiplano.engine.checkpoint.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A tensor whose rows, or columns, come from those of another in any order, more than once, or from nowhere: then they are zero. */
public final class SpreadTensor implements Tensor {

    /** The source of what is zero. */
    public static final int NOTHING = -1;

    private final Tensor of;
    private final boolean byRows;
    /** For each unit of this tensor, the one it is a copy of. */
    private final int[] sources;
    /** Rows or columns that stay together. */
    private final int unit;

    private SpreadTensor(Tensor of, boolean byRows, int[] sources, int unit) {
        this.of = of;
        this.byRows = byRows;
        this.sources = sources;
        this.unit = unit;
    }

    /** As many rows as {@code sources} has units of {@code unit} rows. */
    public static Tensor rows(Tensor of, int[] sources, int unit) {
        return new SpreadTensor(of, true, sources, unit);
    }

    /** As many columns as {@code sources} has units of {@code unit} columns; a unit is whole blocks of the type. */
    public static Tensor columns(Tensor of, int[] sources, int unit) {
        if (unit % of.type().elements() != 0) {
            throw new IllegalArgumentException(
                    unit + " columns are not whole blocks of " + of.type() + " in " + of.name());
        }
        return new SpreadTensor(of, false, sources, unit);
    }

    @Override
    public String name() {
        return of.name();
    }

    @Override
    public TensorType type() {
        return of.type();
    }

    @Override
    public int rows() {
        return byRows ? sources.length * unit : of.rows();
    }

    @Override
    public int columns() {
        return byRows ? of.columns() : sources.length * unit;
    }

    @Override
    public Tensor compact() {
        return new SpreadTensor(of.compact(), byRows, sources, unit);
    }

    @Override
    public void read(int firstRow, int count, MemorySegment target, long targetOffset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        if (byRows) {
            readRows(firstRow, count, target, targetOffset);
        } else {
            readColumns(firstRow, count, target, targetOffset);
        }
    }

    private void readRows(int firstRow, int count, MemorySegment target, long targetOffset) {
        int row = firstRow;
        while (row < firstRow + count) {
            int within = row % unit;
            int rows = Math.min(unit - within, firstRow + count - row);
            int source = sources[row / unit];
            long at = targetOffset + (row - firstRow) * rowBytes();
            if (source == NOTHING) {
                target.asSlice(at, rows * rowBytes()).fill((byte) 0);
            } else {
                of.read(source * unit + within, rows, target, at);
            }
            row += rows;
        }
    }

    private void readColumns(int firstRow, int count, MemorySegment target, long targetOffset) {
        long unitBytes = type().rowBytes(unit);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment narrow = arena.allocate(count * of.rowBytes());
            of.read(firstRow, count, narrow, 0);
            for (int row = 0; row < count; row++) {
                for (int i = 0; i < sources.length; i++) {
                    MemorySegment to = target.asSlice(targetOffset + row * rowBytes() + i * unitBytes, unitBytes);
                    if (sources[i] == NOTHING) {
                        to.fill((byte) 0);
                    } else {
                        to.copyFrom(narrow.asSlice(row * of.rowBytes() + sources[i] * unitBytes, unitBytes));
                    }
                }
            }
        }
    }
}
