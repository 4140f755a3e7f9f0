package dev.altiplano.engine.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import java.lang.foreign.MemorySegment;

/** Reads and writes keys and values in the KV memory, in plain Java: the definition of what is stored. */
final class ScalarKv {

    private static final float F16_LARGEST = 65504f;

    private ScalarKv() {}

    /**
     * Stores one vector of {@code shape.headDim()} elements.
     *
     * @param source F32
     * @param from the first element's index
     * @param base where the keys, or values, of the KV head begin in their KV block
     * @param token position inside the KV block
     * @param keys whether elements lie {@code blockTokens} apart, or side by side
     */
    static void store(
            MemorySegment source, long from, MemorySegment kv, long base, KvShape shape, int token, boolean keys) {
        int width = shape.headDim();
        long step = keys ? shape.blockTokens() : 1;
        long first = keys ? token : (long) token * width;
        switch (shape.format()) {
            case F32 -> {
                for (int d = 0; d < width; d++) {
                    kv.set(JAVA_FLOAT, base + 4 * (first + d * step), source.getAtIndex(JAVA_FLOAT, from + d));
                }
            }
            case F16 -> {
                for (int d = 0; d < width; d++) {
                    kv.set(JAVA_SHORT, base + 2 * (first + d * step), half(source.getAtIndex(JAVA_FLOAT, from + d)));
                }
            }
            case Q8_0 -> {
                int groups = KvFormat.groups(width);
                long scales = base + (long) shape.blockTokens() * width;
                for (int group = 0; group < groups; group++) {
                    int begin = group * KvFormat.GROUP;
                    int end = Math.min(width, begin + KvFormat.GROUP);
                    float largest = 0f;
                    for (int d = begin; d < end; d++) {
                        float size = Math.abs(source.getAtIndex(JAVA_FLOAT, from + d));
                        largest = size > largest ? size : largest;
                    }
                    short scale = half(largest / 127f);
                    float decoded = Float.float16ToFloat(scale);
                    float inverse = decoded > 0f ? 1f / decoded : 0f;
                    for (int d = begin; d < end; d++) {
                        float scaled = source.getAtIndex(JAVA_FLOAT, from + d) * inverse;
                        scaled = scaled > 127f ? 127f : scaled < -127f ? -127f : scaled;
                        kv.set(JAVA_BYTE, base + first + d * step, (byte) (scaled + Exp.ROUND - Exp.ROUND));
                    }
                    long at = keys ? (long) group * shape.blockTokens() + token : (long) token * groups + group;
                    kv.set(JAVA_SHORT, scales + 2 * at, scale);
                }
            }
            case I16 -> {
                float[] x = new float[width];
                MemorySegment.copy(source, JAVA_FLOAT, 4 * from, x, 0, width);
                float scale = keys ? Int16.key(x, 0, width) : Int16.value(x, 0, width);
                for (int d = 0; d < width; d++) {
                    long at = keys ? keyIndex(shape, token, d) : valueIndex(shape, token, d);
                    kv.set(JAVA_SHORT, base + 2 * at, (short) x[d]);
                }
                kv.set(JAVA_FLOAT, scaleOffset(base, shape, token), scale);
            }
        }
    }

    /** Where element {@code d} of a key of integers lies, in elements. */
    private static long keyIndex(KvShape shape, int token, int d) {
        return 2L * (d / 2 * shape.blockTokens() + token) + d % 2;
    }

    /** Where element {@code d} of a value of integers lies, in elements. */
    private static long valueIndex(KvShape shape, int token, int d) {
        return 2L * (token / 2 * shape.headDim() + d) + token % 2;
    }

    private static long scaleOffset(long base, KvShape shape, int token) {
        return base + 2L * shape.blockTokens() * shape.headDim() + 4L * token;
    }

    /** Reads the scales of {@code tokens} keys, or values, of integers, from {@code token} on, into {@code scales[column + i]}. */
    static void readScales(
            MemorySegment kv, long base, KvShape shape, int token, int tokens, float[] scales, int column) {
        MemorySegment.copy(kv, JAVA_FLOAT, scaleOffset(base, shape, token), scales, column, tokens);
    }

    private static short half(float value) {
        return Float.floatToFloat16(value > F16_LARGEST ? F16_LARGEST : value < -F16_LARGEST ? -F16_LARGEST : value);
    }

    /** Reads the keys of {@code tokens} positions of a KV block, from {@code token} on, into {@code panel[d · stride + column + i]}; integers as they are. */
    static void readKeys(
            MemorySegment kv, long base, KvShape shape, int token, int tokens, float[] panel, int stride, int column) {
        int width = shape.headDim();
        int blockTokens = shape.blockTokens();
        for (int d = 0; d < width; d++) {
            int target = d * stride + column;
            long source = (long) d * blockTokens + token;
            switch (shape.format()) {
                case F32 -> MemorySegment.copy(kv, JAVA_FLOAT, base + 4 * source, panel, target, tokens);
                case F16 -> {
                    for (int t = 0; t < tokens; t++) {
                        panel[target + t] = Float.float16ToFloat(kv.get(JAVA_SHORT, base + 2 * (source + t)));
                    }
                }
                case Q8_0 -> {
                    long scales = base + (long) blockTokens * (width + 2L * (d / KvFormat.GROUP)) + 2L * token;
                    for (int t = 0; t < tokens; t++) {
                        float scale = Float.float16ToFloat(kv.get(JAVA_SHORT, scales + 2L * t));
                        panel[target + t] = kv.get(JAVA_BYTE, base + source + t) * scale;
                    }
                }
                case I16 -> {
                    for (int t = 0; t < tokens; t++) {
                        panel[target + t] = kv.get(JAVA_SHORT, base + 2 * keyIndex(shape, token + t, d));
                    }
                }
            }
        }
    }

    /** Reads the values of {@code tokens} positions of a KV block, from {@code token} on, into {@code panel[(row + i) · headDim + d]}; integers as they are. */
    static void readValues(MemorySegment kv, long base, KvShape shape, int token, int tokens, float[] panel, int row) {
        int width = shape.headDim();
        int count = tokens * width;
        int target = row * width;
        long source = (long) token * width;
        switch (shape.format()) {
            case F32 -> MemorySegment.copy(kv, JAVA_FLOAT, base + 4 * source, panel, target, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    panel[target + i] = Float.float16ToFloat(kv.get(JAVA_SHORT, base + 2 * (source + i)));
                }
            }
            case Q8_0 -> {
                int groups = KvFormat.groups(width);
                long scales = base + (long) shape.blockTokens() * width;
                for (int i = 0; i < count; i++) {
                    int index = i / width;
                    long at = (long) (token + index) * groups + (i - index * width) / KvFormat.GROUP;
                    float scale = Float.float16ToFloat(kv.get(JAVA_SHORT, scales + 2 * at));
                    panel[target + i] = kv.get(JAVA_BYTE, base + source + i) * scale;
                }
            }
            case I16 -> {
                for (int i = 0; i < count; i++) {
                    panel[target + i] = kv.get(JAVA_SHORT, base + 2 * valueIndex(shape, token + i / width, i % width));
                }
            }
        }
    }
}
