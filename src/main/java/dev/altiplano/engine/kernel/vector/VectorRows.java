package dev.altiplano.engine.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.altiplano.engine.kernel.scalar.Exp;
import dev.altiplano.engine.kernel.scalar.ScalarRows;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link ScalarRows} with the Vector API, bit for bit. */
final class VectorRows {

    private static final int LENGTH = Lanes.LENGTH;
    private static final int NORM_LANES = 64;
    private static final int SUM_LANES = 16;

    private VectorRows() {}

    static void rmsNorm(
            MemorySegment x,
            MemorySegment weight,
            float epsilon,
            MemorySegment out,
            int begin,
            int end,
            int size,
            float[] lanes) {
        int whole = size / NORM_LANES * NORM_LANES;
        for (int row = begin; row < end; row++) {
            long base = 4L * row * size;
            for (int lane = 0; lane < NORM_LANES; lane += LENGTH) {
                FloatVector sum = FloatVector.zero(Lanes.FLOATS);
                for (int i = lane; i < whole; i += NORM_LANES) {
                    FloatVector value = Lanes.load(x, base + 4L * i);
                    sum = value.fma(value, sum);
                }
                sum.intoArray(lanes, lane);
            }
            for (int i = whole; i < size; i++) {
                float value = x.get(JAVA_FLOAT, base + 4L * i);
                lanes[i - whole] = Math.fma(value, value, lanes[i - whole]);
            }
            float inverse = 1f / (float) Math.sqrt(ScalarRows.sum(lanes) / size + epsilon);
            int i = 0;
            for (; i + LENGTH <= size; i += LENGTH) {
                FloatVector value = Lanes.load(x, base + 4L * i).mul(inverse);
                value.mul(Lanes.load(weight, 4L * i)).intoMemorySegment(out, base + 4L * i, LITTLE_ENDIAN);
            }
            for (; i < size; i++) {
                float value = x.get(JAVA_FLOAT, base + 4L * i) * inverse;
                out.set(JAVA_FLOAT, base + 4L * i, value * weight.get(JAVA_FLOAT, 4L * i));
            }
        }
    }

    static void swiGlu(MemorySegment gateUp, MemorySegment out, int begin, int end, int size) {
        for (int row = begin; row < end; row++) {
            long gate = 8L * row * size;
            long up = gate + 4L * size;
            long base = 4L * row * size;
            int i = 0;
            for (; i + LENGTH <= size; i += LENGTH) {
                FloatVector value = Lanes.silu(Lanes.load(gateUp, gate + 4L * i));
                value.mul(Lanes.load(gateUp, up + 4L * i)).intoMemorySegment(out, base + 4L * i, LITTLE_ENDIAN);
            }
            for (; i < size; i++) {
                float value = Exp.silu(gateUp.get(JAVA_FLOAT, gate + 4L * i));
                out.set(JAVA_FLOAT, base + 4L * i, value * gateUp.get(JAVA_FLOAT, up + 4L * i));
            }
        }
    }

    /** The index from which on, in steps of a vector, something above {@code threshold} may come; {@code size} if nothing does. */
    static int skipToAbove(MemorySegment values, long offsetBytes, int from, int size, float threshold) {
        int i = from;
        while (i + LENGTH <= size
                && !Lanes.load(values, offsetBytes + 4L * i)
                        .compare(GT, threshold)
                        .anyTrue()) {
            i += LENGTH;
        }
        return i;
    }

    /** The largest number; negative infinity where there is none. */
    static float largest(MemorySegment values, long offsetBytes, int size) {
        FloatVector vector = FloatVector.broadcast(Lanes.FLOATS, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i + LENGTH <= size; i += LENGTH) {
            vector = Lanes.larger(vector, Lanes.load(values, offsetBytes + 4L * i));
        }
        float largest = vector.reduceLanes(VectorOperators.MAX);
        for (; i < size; i++) {
            float value = values.get(JAVA_FLOAT, offsetBytes + 4L * i);
            largest = value > largest ? value : largest;
        }
        return largest;
    }

    static double logSumExp(MemorySegment values, long offsetBytes, int size) {
        float largest = largest(values, offsetBytes, size);
        if (Float.isInfinite(largest)) {
            return largest;
        }
        double[] lanes = new double[SUM_LANES];
        float[] weights = new float[SUM_LANES];
        for (int i = 0; i < size; i += SUM_LANES) {
            for (int lane = 0; lane < SUM_LANES; lane += LENGTH) {
                weights(values, offsetBytes, i + lane, size, largest, 1f, weights, lane);
            }
            addTo(lanes, weights, size - i);
        }
        return largest + StrictMath.log(ScalarRows.sum(lanes));
    }

    static double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        float largest = largest(values, offsetBytes, size);
        double[] lanes = new double[SUM_LANES];
        float[] weights = new float[SUM_LANES];
        for (int i = 0; i < size; i += SUM_LANES) {
            int count = Math.min(SUM_LANES, size - i);
            for (int lane = 0; lane < SUM_LANES; lane += LENGTH) {
                weights(values, offsetBytes, i + lane, size, largest, temperature, weights, lane);
            }
            for (int lane = 0; lane < count; lane++) {
                float value = values.get(JAVA_FLOAT, offsetBytes + 4L * (i + lane));
                boolean none = Float.isNaN(value);
                boolean top = value == largest || none && largest == Float.NEGATIVE_INFINITY;
                weights[lane] = top ? 1f : none ? 0f : weights[lane];
            }
            MemorySegment.copy(weights, 0, out, JAVA_FLOAT, 4L * i, count);
            addTo(lanes, weights, count);
        }
        return ScalarRows.sum(lanes);
    }

    /** {@code exp((value - largest) / temperature)} of up to a vector's values from {@code i} on. */
    private static void weights(
            MemorySegment values,
            long offsetBytes,
            int i,
            int size,
            float largest,
            float temperature,
            float[] weights,
            int at) {
        if (i + LENGTH <= size) {
            FloatVector value = Lanes.load(values, offsetBytes + 4L * i);
            Lanes.exp(value.sub(largest).div(temperature)).intoArray(weights, at);
        } else {
            for (int j = i; j < size; j++) {
                float value = values.get(JAVA_FLOAT, offsetBytes + 4L * j);
                weights[at + j - i] = Exp.exp((value - largest) / temperature);
            }
        }
    }

    private static void addTo(double[] lanes, float[] weights, int count) {
        for (int lane = 0; lane < Math.min(SUM_LANES, count); lane++) {
            lanes[lane] += weights[lane];
        }
    }
}
