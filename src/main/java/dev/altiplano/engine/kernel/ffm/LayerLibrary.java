package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The C functions of rows.inc and attention.inc for one instruction set. Memory is given by address: nothing is checked here. */
final class LayerLibrary {

    private static final MethodHandle RMS_NORM =
            handle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_FLOAT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FOUR =
            handle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle THREE = handle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle TWO = handle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SIZE = handle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle LARGEST = handle(FunctionDescriptor.of(JAVA_FLOAT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SUM_EXP =
            handle(FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG, JAVA_LONG, JAVA_FLOAT));
    private static final MethodHandle SOFTMAX =
            handle(FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, JAVA_LONG));
    private static final MethodHandle TOP_K =
            handle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS), Linker.Option.critical(true));

    private final MemorySegment rmsNorm;
    private final MemorySegment swiGlu;
    private final MemorySegment rotateAndStore;
    private final MemorySegment attention;
    private final MemorySegment attentionMerge;
    private final MemorySegment attentionScratch;
    private final MemorySegment largest;
    private final MemorySegment sumExp;
    private final MemorySegment softmax;
    private final MemorySegment topK;

    LayerLibrary(SymbolLookup lookup, String instructionSet) {
        rmsNorm = find(lookup, "rms_norm", instructionSet);
        swiGlu = find(lookup, "swiglu", instructionSet);
        rotateAndStore = find(lookup, "rotate_and_store", instructionSet);
        attention = find(lookup, "attention", instructionSet);
        attentionMerge = find(lookup, "attention_merge", instructionSet);
        attentionScratch = find(lookup, "attention_scratch", instructionSet);
        largest = find(lookup, "largest", instructionSet);
        sumExp = find(lookup, "sum_exp", instructionSet);
        softmax = find(lookup, "softmax", instructionSet);
        topK = find(lookup, "top_k", instructionSet);
    }

    private static MethodHandle handle(FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(descriptor, options);
    }

    /** The address alone: a segment that belongs to an arena would be locked for the time of each call. */
    private static MemorySegment find(SymbolLookup lookup, String kernel, String instructionSet) {
        String name = "altiplano_" + kernel + "_" + instructionSet;
        MemorySegment found = lookup.find(name)
                .orElseThrow(() -> new IllegalStateException("the native library lacks the kernel " + name));
        return MemorySegment.ofAddress(found.address());
    }

    private static IllegalStateException failed(Throwable thrown) {
        return new IllegalStateException("a native kernel could not be called", thrown);
    }

    void rmsNorm(long x, long weight, float epsilon, long out, long rows, long size) {
        try {
            RMS_NORM.invokeExact(rmsNorm, x, weight, epsilon, out, rows, size);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    void swiGlu(long gateUp, long out, long rows, long size) {
        try {
            FOUR.invokeExact(swiGlu, gateUp, out, rows, size);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    void rotateAndStore(long arguments, long begin, long end) {
        try {
            THREE.invokeExact(rotateAndStore, arguments, begin, end);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    void attention(long arguments, long part, long scratch) {
        try {
            THREE.invokeExact(attention, arguments, part, scratch);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    void mergeAttention(long arguments, long part) {
        try {
            TWO.invokeExact(attentionMerge, arguments, part);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    /** Bytes of scratch that one thread needs. */
    long attentionScratch(long headDim, long group, long kvFormat) {
        try {
            return (long) SIZE.invokeExact(attentionScratch, headDim, group, kvFormat);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    float largest(long values, long size) {
        try {
            return (float) LARGEST.invokeExact(largest, values, size);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    double sumExp(long values, long size, float largest) {
        try {
            return (double) SUM_EXP.invokeExact(sumExp, values, size, largest);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    double softmax(long values, long size, float temperature, long out) {
        try {
            return (double) SOFTMAX.invokeExact(softmax, values, size, temperature, out);
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }

    void topK(long values, long size, long k, int[] indices) {
        try {
            TOP_K.invokeExact(topK, values, size, k, MemorySegment.ofArray(indices));
        } catch (Throwable thrown) {
            throw failed(thrown);
        }
    }
}
