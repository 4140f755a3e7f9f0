package dev.altiplano.engine.kernel.quant;

import dev.altiplano.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** Where {@link Kernels#pack} takes a matrix from: rows in the stored format, on demand, from any thread. */
@FunctionalInterface
public interface RowSource {

    /** Copies rows {@code [firstRow, firstRow + rows)} without gaps to the beginning of {@code target}. */
    void read(int firstRow, int rows, MemorySegment target);
}
