package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.PackedLayout;
import dev.altiplano.engine.kernel.PackedMatrix;
import dev.altiplano.engine.kernel.WeightFormat;
import dev.altiplano.engine.os.LargeMemory;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/** Packs one matrix: the threads take strip after strip, read its rows, convert them where asked, and lay them out. */
public final class Packer implements WorkerPool.Task {

    private final RowSource source;
    private final int rows;
    private final int columns;
    private final WeightFormat stored;
    private final WeightFormat held;
    private final MemorySegment packed;
    private final AtomicInteger nextStrip = new AtomicInteger();

    private Packer(
            RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment packed) {
        this.source = source;
        this.rows = rows;
        this.columns = columns;
        this.stored = stored;
        this.held = held;
        this.packed = packed;
    }

    /**
     * Lays a matrix out for products. Reads strips of rows, so that little more than the result is in memory; the workers
     * share the work.
     *
     * @param source rows in the {@code stored} format
     * @param stored how the source's rows are stored
     * @param asked the format to hold them in: the stored one, or another to which they are converted; what is used, and the
     *     result says, is its {@link WeightFormat#nativeFormat() native} {@link WeightFormat#fitting fitting} one
     * @param packed {@link PackedLayout#bytes} bytes at a multiple of 64; every byte of it is written
     */
    public static PackedMatrix pack(
            RowSource source,
            int rows,
            int columns,
            WeightFormat stored,
            WeightFormat asked,
            MemorySegment packed,
            WorkerPool pool) {
        if (rows < 1 || columns < 1 || !stored.fits(columns)) {
            throw new IllegalArgumentException("a matrix [" + rows + ", " + columns + "] in " + stored
                    + ": needs at least one row, and rows of whole quant blocks of " + stored.blockElements());
        }
        WeightFormat held = asked.nativeFormat().fitting(columns);
        long bytes = PackedLayout.bytes(held, rows, columns);
        if (packed.byteSize() != bytes || !packed.isNative() || packed.address() % 64 != 0) {
            throw new IllegalArgumentException("memory for a packed matrix [" + rows + ", " + columns + "] in " + held
                    + ": must be " + bytes + " bytes at a multiple of 64, is " + packed);
        }
        pool.run(new Packer(source, rows, columns, stored, held, packed));
        return new PackedMatrix(held, rows, columns, packed);
    }

    /** As above, into memory of its own that {@code arena} owns. */
    public static PackedMatrix pack(
            RowSource source,
            int rows,
            int columns,
            WeightFormat stored,
            WeightFormat asked,
            WorkerPool pool,
            Arena arena) {
        long bytes = PackedLayout.bytes(asked.nativeFormat().fitting(columns), rows, columns);
        return pack(source, rows, columns, stored, asked, LargeMemory.allocate(bytes, arena), pool);
    }

    /** Packs a small matrix in its stored format on the calling thread. */
    public static PackedMatrix packAlone(RowSource source, int rows, int columns, WeightFormat format, Arena arena) {
        MemorySegment packed = arena.allocate(PackedLayout.bytes(format, rows, columns), 64);
        new Packer(source, rows, columns, format, format, packed).run(0, 1);
        return new PackedMatrix(format, rows, columns, packed);
    }

    @Override
    public void run(int worker, int workers) {
        StripWriter writer = new StripWriter(stored, held, columns);
        MemorySegment target = MemorySegment.ofArray(writer.rows);
        long rowBytes = stored.rowBytes(columns);
        int strips = PackedLayout.strips(rows);
        for (int strip = nextStrip.getAndIncrement(); strip < strips; strip = nextStrip.getAndIncrement()) {
            int first = strip * PackedLayout.STRIP;
            int count = Math.min(PackedLayout.STRIP, rows - first);
            source.read(first, count, target.asSlice(0, count * rowBytes));
            target.asSlice(count * rowBytes).fill((byte) 0);
            writer.write();
            MemorySegment.copy(
                    writer.strip,
                    0,
                    packed,
                    ValueLayout.JAVA_BYTE,
                    (long) strip * writer.strip.length,
                    writer.strip.length);
        }
    }
}
