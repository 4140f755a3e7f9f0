package dev.altiplano.engine.kernel.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** What is computed row by row between matrix products, in plain Java: the definition that the other backends follow bit for bit. */
public final class ScalarRows {

    /** Sums of squares run in this many lanes. */
    private static final int NORM_LANES = 64;
    /** Sums of exponentials run in this many lanes. */
    private static final int SUM_LANES = 16;

    private ScalarRows() {}

    /**
     * Normalizes rows {@code [begin, end)}. Element i is squared into lane {@code i mod 64}; the lanes are then added half to
     * half until one is left.
     */
    static void rmsNorm(
            MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int begin, int end, int size) {
        float[] lanes = new float[NORM_LANES];
        for (int row = begin; row < end; row++) {
            long base = (long) row * size;
            Arrays.fill(lanes, 0f);
            for (int i = 0; i < size; i++) {
                float value = x.getAtIndex(JAVA_FLOAT, base + i);
                lanes[i % NORM_LANES] = Math.fma(value, value, lanes[i % NORM_LANES]);
            }
            float inverse = 1f / (float) Math.sqrt(sum(lanes) / size + epsilon);
            for (int i = 0; i < size; i++) {
                float value = x.getAtIndex(JAVA_FLOAT, base + i) * inverse;
                out.setAtIndex(JAVA_FLOAT, base + i, value * weight.getAtIndex(JAVA_FLOAT, i));
            }
        }
    }

    /** {@code silu(gate) · up} of rows {@code [begin, end)}. */
    static void swiGlu(MemorySegment gateUp, MemorySegment out, int begin, int end, int size) {
        for (int row = begin; row < end; row++) {
            long gate = 2L * row * size;
            long base = (long) row * size;
            for (int i = 0; i < size; i++) {
                float up = gateUp.getAtIndex(JAVA_FLOAT, gate + size + i);
                out.setAtIndex(JAVA_FLOAT, base + i, Exp.silu(gateUp.getAtIndex(JAVA_FLOAT, gate + i)) * up);
            }
        }
    }

    /** As {@link Kernels#topK}: a heap with the worst of the best on top, sorted at the end. */
    static int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        int count = Math.min(k, size);
        if (count == 0) {
            return 0;
        }
        heap(values, offsetBytes, count, indices);
        float threshold = value(values, offsetBytes, indices[0]);
        for (int i = count; i < size; i++) {
            if (values.get(JAVA_FLOAT, offsetBytes + 4L * i) > threshold) {
                threshold = replaceWorst(values, offsetBytes, indices, count, i);
            }
        }
        sort(values, offsetBytes, indices, count);
        return count;
    }

    /** Makes a heap of the first {@code count} indices. */
    public static void heap(MemorySegment values, long offsetBytes, int count, int[] heap) {
        for (int i = 0; i < count; i++) {
            heap[i] = i;
        }
        for (int i = count / 2 - 1; i >= 0; i--) {
            siftDown(values, offsetBytes, heap, i, count);
        }
    }

    /** Puts an index in the place of the worst; returns the value of what is the worst then. */
    public static float replaceWorst(MemorySegment values, long offsetBytes, int[] heap, int count, int index) {
        heap[0] = index;
        siftDown(values, offsetBytes, heap, 0, count);
        return value(values, offsetBytes, heap[0]);
    }

    /** Sorts a heap, best first. */
    public static void sort(MemorySegment values, long offsetBytes, int[] heap, int count) {
        for (int left = count - 1; left > 0; left--) {
            int worst = heap[0];
            heap[0] = heap[left];
            heap[left] = worst;
            siftDown(values, offsetBytes, heap, 0, left);
        }
    }

    private static void siftDown(MemorySegment values, long offsetBytes, int[] heap, int start, int size) {
        int index = heap[start];
        float value = value(values, offsetBytes, index);
        int at = start;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            float childValue = value(values, offsetBytes, heap[child]);
            if (child + 1 < size) {
                float right = value(values, offsetBytes, heap[child + 1]);
                if (worse(right, heap[child + 1], childValue, heap[child])) {
                    child++;
                    childValue = right;
                }
            }
            if (!worse(childValue, heap[child], value, index)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = index;
    }

    private static boolean worse(float value, int index, float than, int thanIndex) {
        return value < than || value == than && index > thanIndex;
    }

    /** What an index stands for; NaN counts as negative infinity. */
    public static float value(MemorySegment values, long offsetBytes, int index) {
        float value = values.get(JAVA_FLOAT, offsetBytes + 4L * index);
        return Float.isNaN(value) ? Float.NEGATIVE_INFINITY : value;
    }

    /** As {@link Kernels#logSumExp}: {@code exp(value - largest)} of element i is added to lane {@code i mod 16}. */
    static double logSumExp(MemorySegment values, long offsetBytes, int size) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            float value = values.get(JAVA_FLOAT, offsetBytes + 4L * i);
            largest = value > largest ? value : largest;
        }
        if (Float.isInfinite(largest)) {
            return largest;
        }
        double[] lanes = new double[SUM_LANES];
        for (int i = 0; i < size; i++) {
            lanes[i % SUM_LANES] += Exp.exp(values.get(JAVA_FLOAT, offsetBytes + 4L * i) - largest);
        }
        return largest + StrictMath.log(sum(lanes));
    }

    /** As {@link Kernels#softmax}: element i is added to lane {@code i mod 16}. */
    static double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            largest = Math.max(largest, value(values, offsetBytes, i));
        }
        double[] lanes = new double[SUM_LANES];
        for (int i = 0; i < size; i++) {
            float value = value(values, offsetBytes, i);
            float weight = value == largest ? 1 : Exp.exp((value - largest) / temperature);
            out.set(JAVA_FLOAT, 4L * i, weight);
            lanes[i % SUM_LANES] += weight;
        }
        return sum(lanes);
    }

    /** Adds the upper half of the lanes, a power of two of them, to the lower one until one is left. */
    public static float sum(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    /** As {@link #sum(float[])}, in double precision. */
    public static double sum(double[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
