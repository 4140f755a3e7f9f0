package dev.altiplano.engine.kernel.roofline;

import java.lang.foreign.MemorySegment;

/** Work of one thread whose time tells a limit of the machine. */
interface LimitProbe {

    /** Reads all of {@code memory}; the result depends on every byte. */
    long read(MemorySegment memory);

    /** Multiplies and adds in registers, {@code rounds} times a fixed number; returns how many operations that were, 0 if it cannot. */
    long multiply(MachineLimits.Arithmetic arithmetic, long rounds);
}
