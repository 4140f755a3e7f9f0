package dev.altiplano.training.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.os.WorkerPool;
import dev.altiplano.training.kernel.TrainingKernels.AdamState;
import dev.altiplano.training.kernel.TrainingKernels.AdamStep;
import dev.altiplano.training.kernel.TrainingKernels.Attended;
import dev.altiplano.training.kernel.TrainingKernels.Attention;
import dev.altiplano.training.kernel.TrainingKernels.Norm;
import dev.altiplano.training.kernel.TrainingKernels.Product;
import dev.altiplano.training.kernel.TrainingKernels.Rows;
import dev.altiplano.training.kernel.TrainingKernels.Targets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every operation: the native backend against the scalar one, gradients against finite differences, any number of threads. */
class TrainingKernelsTest {

    private final Random random = new Random(7);
    private final Arena arena = Arena.ofShared();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final TrainingKernels scalar = scalar(1);
    private final TrainingKernels fast = fast(2);

    private ScalarTraining scalar(int threads) {
        WorkerPool pool = new WorkerPool(threads);
        open.add(pool);
        return new ScalarTraining(pool, List.of());
    }

    private TrainingKernels fast(int threads) {
        WorkerPool pool = new WorkerPool(threads);
        TrainingKernels kernels = NativeTraining.create(pool);
        open.add(kernels);
        open.add(pool);
        return kernels;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        arena.close();
    }

    private MemorySegment zeros(long count) {
        return arena.allocate(count * Float.BYTES, 64);
    }

    private MemorySegment draw(long count) {
        MemorySegment segment = zeros(count);
        for (long i = 0; i < count; i++) {
            segment.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return segment;
    }

    private MemorySegment copy(MemorySegment segment) {
        return arena.allocate(segment.byteSize(), 64).copyFrom(segment);
    }

    private MemorySegment ints(int... values) {
        return arena.allocateFrom(JAVA_INT, values);
    }

    private static void close(MemorySegment actual, MemorySegment expected, double tolerance) {
        for (long i = 0; i < expected.byteSize() / Float.BYTES; i++) {
            float value = expected.getAtIndex(JAVA_FLOAT, i);
            assertThat(actual.getAtIndex(JAVA_FLOAT, i)).as("element %d", i).isCloseTo(value, within((float)
                    (tolerance * (1 + Math.abs(value)))));
        }
    }

    /** The result of {@code operation} by both backends, and by the fast one with 1, 2, 3 and 5 threads, bit for bit. */
    private void same(double tolerance, Function<TrainingKernels, MemorySegment> operation) {
        MemorySegment expected = operation.apply(scalar);
        MemorySegment actual = operation.apply(fast);
        close(actual, expected, tolerance);
        for (int threads : new int[] {1, 3, 5}) {
            assertThat(operation.apply(fast(threads)).mismatch(actual))
                    .as("%d threads", threads)
                    .isEqualTo(-1);
            assertThat(operation.apply(scalar(threads)).mismatch(expected)).isEqualTo(-1);
        }
    }

    /** Compares a gradient of {@code Σ slope · f(x)} with central differences at some elements of {@code x}. */
    private void gradient(
            MemorySegment x, MemorySegment slope, MemorySegment dx, Function<MemorySegment, MemorySegment> f) {
        long count = x.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i += Math.max(1, count / 40)) {
            float value = x.getAtIndex(JAVA_FLOAT, i);
            float h = 1e-2f;
            x.setAtIndex(JAVA_FLOAT, i, value + h);
            double up = dot(f.apply(x), slope);
            x.setAtIndex(JAVA_FLOAT, i, value - h);
            double down = dot(f.apply(x), slope);
            x.setAtIndex(JAVA_FLOAT, i, value);
            double expected = (up - down) / (2 * h);
            assertThat((double) dx.getAtIndex(JAVA_FLOAT, i))
                    .as("element %d", i)
                    .isCloseTo(expected, within(2e-3 * (1 + Math.abs(expected))));
        }
    }

    private static double dot(MemorySegment a, MemorySegment b) {
        double total = 0;
        for (long i = 0; i < b.byteSize() / Float.BYTES; i++) {
            total += (double) a.getAtIndex(JAVA_FLOAT, i) * b.getAtIndex(JAVA_FLOAT, i);
        }
        return total;
    }

    @Test
    void productsAgree() {
        for (int[] size : new int[][] {{1, 16, 16}, {7, 32, 48}, {33, 48, 272}, {130, 300, 40}, {260, 16, 7}}) {
            int rows = size[0];
            int in = size[1];
            int out = size[2];
            Product shape = new Product(rows, in, out);
            MemorySegment x = draw((long) rows * in);
            MemorySegment w = draw((long) out * in);
            MemorySegment y = draw((long) rows * out);
            same(1e-4, kernels -> {
                MemorySegment result = copy(y);
                kernels.linear(shape, x, w, result, true);
                return result;
            });
            same(1e-4, kernels -> {
                MemorySegment result = zeros((long) rows * in);
                kernels.linearInput(shape, y, w, result, false);
                return result;
            });
            same(1e-4, kernels -> {
                MemorySegment result = copy(w);
                kernels.linearWeight(shape, y, x, result, true);
                return result;
            });
        }
    }

    @Test
    void productsHaveTheGradientsOfTheirDefinition() {
        int rows = 5;
        int in = 16;
        int out = 32;
        Product shape = new Product(rows, in, out);
        MemorySegment x = draw(rows * in);
        MemorySegment w = draw(out * in);
        MemorySegment slope = draw(rows * out);
        MemorySegment dx = zeros(rows * in);
        MemorySegment dw = zeros(out * in);
        fast.linearInput(shape, slope, w, dx, false);
        fast.linearWeight(shape, slope, x, dw, false);
        gradient(x, slope, dx, value -> linear(shape, value, w));
        gradient(w, slope, dw, value -> linear(shape, x, value));
    }

    private MemorySegment linear(Product shape, MemorySegment x, MemorySegment w) {
        MemorySegment y = zeros((long) shape.rows() * shape.out());
        scalar.linear(shape, x, w, y, false);
        return y;
    }

    @Test
    void normAgreesAndHasItsGradient() {
        int rows = 9;
        int size = 48;
        Rows shape = new Rows(rows, size);
        MemorySegment x = draw(rows * size);
        MemorySegment weight = draw(size);
        MemorySegment slope = draw(rows * size);
        MemorySegment dx = zeros(rows * size);
        MemorySegment dWeight = zeros(size);
        same(1e-5, kernels -> norm(kernels, shape, new Norm(x, weight, zeros(rows))));
        Norm normed = new Norm(x, weight, zeros(rows));
        norm(fast, shape, normed);
        fast.normBackward(shape, normed, slope, dx, dWeight);
        gradient(x, slope, dx, value -> norm(scalar, shape, new Norm(value, weight, zeros(rows))));
        gradient(weight, slope, dWeight, value -> norm(scalar, shape, new Norm(x, value, zeros(rows))));
        same(1e-4, kernels -> {
            MemorySegment result = zeros(rows * size + size);
            kernels.normBackward(shape, normed, slope, result, result.asSlice(4L * rows * size));
            return result;
        });
    }

    private MemorySegment norm(TrainingKernels kernels, Rows shape, Norm norm) {
        MemorySegment out = zeros((long) shape.rows() * shape.size());
        kernels.norm(shape, norm, 1e-6f, out);
        return out;
    }

    private static final Attention SHAPE = new Attention(2, 32, 4, 2, 16);

    private MemorySegment starts() {
        int[] starts = new int[SHAPE.rows()];
        for (int row = 0; row < starts.length; row++) {
            int t = row % SHAPE.context();
            starts[row] = t < 5 ? 0 : t < 23 ? 5 : 23;
        }
        return ints(starts);
    }

    @Test
    void attentionAgreesAndHasItsGradient() {
        MemorySegment starts = starts();
        MemorySegment qkv = draw((long) SHAPE.rows() * SHAPE.width());
        MemorySegment slope = draw((long) SHAPE.rows() * SHAPE.heads() * SHAPE.headDim());
        MemorySegment logSum = zeros((long) SHAPE.rows() * SHAPE.heads());
        MemorySegment out = attention(fast, qkv, starts, logSum);
        same(1e-4, kernels -> attention(kernels, qkv, starts, copy(logSum)));
        Function<TrainingKernels, MemorySegment> backward = kernels -> {
            MemorySegment dQkv = draw((long) SHAPE.rows() * SHAPE.width());
            kernels.attentionBackward(SHAPE, new Attended(qkv, starts, out, logSum), slope, dQkv);
            return dQkv;
        };
        same(1e-3, backward);
        gradient(qkv, slope, backward.apply(fast), value -> attention(scalar, value, starts, copy(logSum)));
    }

    private MemorySegment attention(
            TrainingKernels kernels, MemorySegment qkv, MemorySegment starts, MemorySegment logSum) {
        MemorySegment out = zeros((long) SHAPE.rows() * SHAPE.heads() * SHAPE.headDim());
        kernels.attention(SHAPE, new Attended(qkv, starts, out, logSum));
        return out;
    }

    @Test
    void documentsDoNotSeeEachOther() {
        MemorySegment starts = starts();
        MemorySegment qkv = draw((long) SHAPE.rows() * SHAPE.width());
        MemorySegment logSum = zeros((long) SHAPE.rows() * SHAPE.heads());
        MemorySegment before = attention(fast, qkv, starts, logSum);
        for (int row = 0; row < 5; row++) {
            qkv.asSlice((long) row * SHAPE.width() * 4, SHAPE.width() * 4L).fill((byte) 0x41);
        }
        MemorySegment after = attention(fast, qkv, starts, logSum);
        long rowBytes = SHAPE.heads() * SHAPE.headDim() * 4L;
        assertThat(after.asSlice(5 * rowBytes).mismatch(before.asSlice(5 * rowBytes)))
                .isEqualTo(-1);
    }

    @Test
    void rotationAgreesAndTurnsBack() {
        MemorySegment angles = zeros((long) SHAPE.context() * SHAPE.headDim());
        for (int i = 0; i < SHAPE.context() * SHAPE.headDim(); i += 2) {
            angles.setAtIndex(JAVA_FLOAT, i, (float) Math.cos(i));
            angles.setAtIndex(JAVA_FLOAT, i + 1, (float) Math.sin(i));
        }
        MemorySegment qkv = draw((long) SHAPE.rows() * SHAPE.width());
        same(1e-5, kernels -> {
            MemorySegment result = copy(qkv);
            kernels.rotate(SHAPE, result, angles, false);
            return result;
        });
        MemorySegment turned = copy(qkv);
        fast.rotate(SHAPE, turned, angles, false);
        assertThat(turned.mismatch(qkv)).isGreaterThan(-1);
        fast.rotate(SHAPE, turned, angles, true);
        close(turned, qkv, 1e-5);
    }

    @Test
    void swiGluAgreesAndHasItsGradient() {
        int rows = 6;
        int size = 32;
        MemorySegment gateUp = draw(rows * size * 2);
        MemorySegment slope = draw(rows * size);
        Function<TrainingKernels, MemorySegment> backward = kernels -> {
            MemorySegment result = copy(gateUp);
            kernels.swiGluBackward(new Rows(rows, size), result, slope);
            return result;
        };
        same(1e-5, kernels -> swiGlu(kernels, gateUp, rows, size));
        same(1e-5, backward);
        gradient(gateUp, slope, backward.apply(fast), value -> swiGlu(scalar, value, rows, size));
    }

    private MemorySegment swiGlu(TrainingKernels kernels, MemorySegment gateUp, int rows, int size) {
        MemorySegment out = zeros((long) rows * size);
        kernels.swiGlu(new Rows(rows, size), gateUp, out);
        return out;
    }

    @Test
    void crossEntropyAgreesAndHasItsGradient() {
        int rows = 4;
        int size = 48;
        MemorySegment logits = draw(rows * size);
        Targets targets = new Targets(ints(3, 47, 0, 17), arena.allocateFrom(JAVA_FLOAT, 1, 0, 1, 1));
        Function<TrainingKernels, MemorySegment> backward = kernels -> {
            MemorySegment result = copy(logits);
            kernels.crossEntropy(new Rows(rows, size), result, targets, 0.5f, zeros(rows));
            return result;
        };
        same(1e-5, kernels -> losses(kernels, logits, targets, size));
        same(1e-5, backward);
        MemorySegment slope = arena.allocateFrom(JAVA_FLOAT, 0.5f, 0.5f, 0.5f, 0.5f);
        gradient(logits, slope, backward.apply(fast), value -> losses(scalar, value, targets, size));
    }

    private MemorySegment losses(TrainingKernels kernels, MemorySegment logits, Targets targets, int size) {
        MemorySegment losses = zeros(4);
        kernels.crossEntropy(new Rows(4, size), logits, targets, 0, losses);
        return losses;
    }

    @Test
    void embeddingGradientsAddUp() {
        MemorySegment ids = ints(2, 0, 2, 2);
        MemorySegment dx = draw(4 * 32);
        same(1e-6, kernels -> {
            MemorySegment table = zeros(3 * 32);
            kernels.embedBackward(new Rows(4, 32), ids, dx, table);
            return table;
        });
    }

    @Test
    void adamAgrees() {
        int count = 16 * 1000;
        MemorySegment weights = draw(count);
        MemorySegment gradients = draw(count);
        same(1e-5, kernels -> {
            MemorySegment result = copy(weights);
            MemorySegment mean = zeros(count);
            MemorySegment square = zeros(count);
            for (int step = 1; step <= 3; step++) {
                kernels.adamW(
                        new AdamState(result, gradients, mean, square, count),
                        new AdamStep(0.1f, 0.9f, 0.95f, 1e-8f, 0.1f, 0.5f, step));
            }
            return result;
        });
        assertThat(fast.sumOfSquares(weights, count))
                .isCloseTo(scalar.sumOfSquares(weights, count), within(1e-5 * count));
    }

    @Test
    void exponentialsCoverTheWholeRange() {
        int size = 160;
        MemorySegment gateUp = zeros(2 * size);
        for (int i = 0; i < size; i++) {
            gateUp.setAtIndex(JAVA_FLOAT, i, (i - 80) * 1.5f);
            gateUp.setAtIndex(JAVA_FLOAT, size + i, 1f);
        }
        same(1e-6, kernels -> swiGlu(kernels, gateUp, 1, size));
    }
}
