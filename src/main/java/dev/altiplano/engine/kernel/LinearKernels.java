package dev.altiplano.engine.kernel;

import java.lang.foreign.MemorySegment;

/** How a backend multiplies: {@link Kernels#linear}, arguments checked. */
interface LinearKernels {

    void linear(
            PackedMatrix[] stack, MemorySegment in, MemorySegment out, int rows, int generatedRows, boolean accumulate);
}
