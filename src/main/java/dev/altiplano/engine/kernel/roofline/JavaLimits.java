package dev.altiplano.engine.kernel.roofline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Probes in Java, as fast as the compiler makes them: reading reaches what memory gives, multiplying what Java can do. */
final class JavaLimits implements LimitProbe {

    static final JavaLimits INSTANCE = new JavaLimits();

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int NUMBERS = 2048;

    private JavaLimits() {}

    @Override
    public long read(MemorySegment memory) {
        long sum = 0;
        for (long at = 0; at + CHUNK_BYTES <= memory.byteSize(); at += CHUNK_BYTES) {
            sum += readChunk(memory.asSlice(at, CHUNK_BYTES));
        }
        return sum;
    }

    private static long readChunk(MemorySegment chunk) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (int i = 0; i < CHUNK_BYTES; i += 64) {
            a += chunk.get(ValueLayout.JAVA_LONG, i) ^ chunk.get(ValueLayout.JAVA_LONG, i + 8);
            b += chunk.get(ValueLayout.JAVA_LONG, i + 16) ^ chunk.get(ValueLayout.JAVA_LONG, i + 24);
            c += chunk.get(ValueLayout.JAVA_LONG, i + 32) ^ chunk.get(ValueLayout.JAVA_LONG, i + 40);
            d += chunk.get(ValueLayout.JAVA_LONG, i + 48) ^ chunk.get(ValueLayout.JAVA_LONG, i + 56);
        }
        return a + b + c + d;
    }

    @Override
    public long multiply(MachineLimits.Arithmetic arithmetic, long rounds) {
        if (arithmetic != MachineLimits.Arithmetic.F32) {
            return 0;
        }
        float[] sums = new float[NUMBERS];
        for (long round = 0; round < rounds; round++) {
            multiplyAdd(sums);
        }
        return sums[0] < 0 ? 0 : rounds * 8 * NUMBERS;
    }

    private static void multiplyAdd(float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            float x = Math.fma(sums[i], 0.5f, 1f);
            x = Math.fma(x, 0.5f, 1f);
            x = Math.fma(x, 0.5f, 1f);
            sums[i] = Math.fma(x, 0.5f, 1f);
        }
    }
}
