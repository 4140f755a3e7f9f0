package dev.altiplano.engine.kernel.roofline;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.ffm.InstructionSet;
import dev.altiplano.engine.kernel.ffm.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Probes in C, with the instructions that the kernels of an instruction set use. */
final class NativeLimits implements LimitProbe {

    private final int instructionSet;
    private final MethodHandle read;
    private final MethodHandle peak;

    NativeLimits(NativeLibrary library, InstructionSet set) throws NativeLibrary.UnavailableException {
        instructionSet = set.code();
        read = library.function("altiplano_read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
        peak = library.function("altiplano_peak", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    }

    @Override
    public long read(MemorySegment memory) {
        try {
            return (long) read.invokeExact(instructionSet, memory.address(), memory.byteSize());
        } catch (Throwable thrown) {
            throw new IllegalStateException("a native probe could not be called", thrown);
        }
    }

    @Override
    public long multiply(MachineLimits.Arithmetic arithmetic, long rounds) {
        try {
            return (long) peak.invokeExact(instructionSet, arithmetic.code(), rounds);
        } catch (Throwable thrown) {
            throw new IllegalStateException("a native probe could not be called", thrown);
        }
    }
}
