package dev.altiplano.training.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.altiplano.engine.kernel.Backend;
import dev.altiplano.engine.os.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** {@link TrainingKernels} in C ({@code src/main/c/training/dense.c}): each worker calls a function for its share. */
public final class NativeTraining implements TrainingKernels {

    /** Elements of one share of an elementwise operation. */
    private static final long STRIPE = 4096;

    private final WorkerPool pool;
    private final Arena arena;
    private final TrainingLibrary library;
    private final List<String> rejected;

    private final MethodHandle multiply;
    private final MethodHandle norm;
    private final MethodHandle normBackward;
    private final MethodHandle normWeight;
    private final MethodHandle rotate;
    private final MethodHandle attention;
    private final MethodHandle attentionBackward;
    private final MethodHandle swiGlu;
    private final MethodHandle swiGluBackward;
    private final MethodHandle crossEntropy;
    private final MethodHandle embedBackward;
    private final MethodHandle adamW;
    private final MethodHandle squares;
    private final MethodHandle spin;

    /** Working memory of each worker for attention: the transposed keys and values of one head. */
    private MemorySegment scratch = MemorySegment.NULL;

    private long scratchBytes;

    private NativeTraining(WorkerPool pool, Arena arena, TrainingLibrary library, List<String> rejected) {
        this.pool = pool;
        this.arena = arena;
        this.library = library;
        this.rejected = List.copyOf(rejected);
        var i = JAVA_INT;
        var l = JAVA_LONG;
        var f = JAVA_FLOAT;
        var p = ADDRESS;
        multiply = library.find("multiply", i, i, i, i, p, l, l, p, l, l, p, l, i);
        norm = library.find("norm", i, i, i, p, p, f, p, p);
        normBackward = library.find("norm_backward", i, i, i, p, p, p, p, p);
        normWeight = library.find("norm_weight", i, i, i, i, p, p, p, p);
        rotate = library.find("rotate", i, i, i, i, i, p, i, f, p);
        attention = library.find("attention", i, i, i, i, i, i, p, p, p, p, p);
        attentionBackward = library.find("attention_backward", i, i, i, i, i, i, p, p, p, p, p, p, p);
        swiGlu = library.find("swiglu", i, i, i, p, p);
        swiGluBackward = library.find("swiglu_backward", i, i, i, p, p);
        crossEntropy = library.find("cross_entropy", i, i, i, p, p, p, f, p);
        embedBackward = library.find("embed_backward", i, i, i, i, p, p, p);
        adamW = library.find("adamw", l, l, p, p, p, p, f, f, f, f, f, f, f, f);
        spin = library.find("spin", FunctionDescriptor.of(JAVA_FLOAT, JAVA_LONG));
        squares = library.find("squares", FunctionDescriptor.of(JAVA_DOUBLE, l, l, p));
    }

    /** The best kernels that this machine has: native ones, else {@link ScalarTraining}. */
    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    public static TrainingKernels create(WorkerPool pool) {
        Arena arena = Arena.ofShared();
        ArrayList<String> rejected = new ArrayList<>();
        TrainingLibrary library = TrainingLibrary.load(arena, rejected);
        if (library == null) {
            arena.close();
            return new ScalarTraining(pool, rejected);
        }
        return new NativeTraining(pool, arena, library, rejected);
    }

    @Override
    public Backend backend() {
        return new Backend("native", library.variant(), library.source(), pool.threads(), rejected);
    }

    /** One native call for [first, last). */
    private interface Share {
        void call(int first, int last, int worker) throws Throwable;
    }

    /** Cuts {@code count} into one share for each worker, at multiples of {@code unit}. */
    private void share(int count, int unit, Share share) {
        int units = (count + unit - 1) / unit;
        pool.run((worker, workers) -> {
            int first = (int) ((long) units * worker / workers) * unit;
            int last = Math.min(count, (int) ((long) units * (worker + 1) / workers) * unit);
            if (first < last) {
                call(share, first, last, worker);
            }
        });
    }

    private static void call(Share share, int first, int last, int worker) {
        try {
            share.call(first, last, worker);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void check(MemorySegment segment, long floats) {
        if (!segment.isNative() || segment.byteSize() < floats * Float.BYTES) {
            throw new IndexOutOfBoundsException(
                    "a segment of " + segment.byteSize() + " bytes where " + floats * Float.BYTES + " are needed");
        }
    }

    @Override
    public void linear(Product shape, MemorySegment x, MemorySegment w, MemorySegment y, boolean accumulate) {
        int rows = shape.rows();
        int in = shape.in();
        int out = shape.out();
        checkProduct(x, w, y, rows, in, out);
        share(rows, 96, (first, last, worker) -> {
            multiply.invokeExact(
                    first, last, out, in, x, (long) in, 1L, w, 1L, (long) in, y, (long) out, accumulate ? 1 : 0);
        });
    }

    @Override
    public void linearInput(Product shape, MemorySegment dy, MemorySegment w, MemorySegment dx, boolean accumulate) {
        int rows = shape.rows();
        int in = shape.in();
        int out = shape.out();
        checkProduct(dx, w, dy, rows, in, out);
        share(rows, 96, (first, last, worker) -> {
            multiply.invokeExact(
                    first, last, in, out, dy, (long) out, 1L, w, (long) in, 1L, dx, (long) in, accumulate ? 1 : 0);
        });
    }

    @Override
    public void linearWeight(Product shape, MemorySegment dy, MemorySegment x, MemorySegment dw, boolean accumulate) {
        int rows = shape.rows();
        int in = shape.in();
        int out = shape.out();
        checkProduct(x, dw, dy, rows, in, out);
        share(out, 12, (first, last, worker) -> {
            multiply.invokeExact(
                    first, last, in, rows, dy, 1L, (long) out, x, (long) in, 1L, dw, (long) in, accumulate ? 1 : 0);
        });
    }

    private static void checkProduct(MemorySegment x, MemorySegment w, MemorySegment y, int rows, int in, int out) {
        check(x, (long) rows * in);
        check(w, (long) in * out);
        check(y, (long) rows * out);
    }

    @Override
    public void norm(Rows shape, Norm values, float epsilon, MemorySegment out) {
        int rows = shape.rows();
        int size = shape.size();
        MemorySegment x = values.x();
        MemorySegment weight = values.weight();
        MemorySegment inverse = values.inverse();
        check(x, (long) rows * size);
        check(out, (long) rows * size);
        check(inverse, rows);
        check(weight, size);
        share(rows, 1, (first, last, worker) -> {
            norm.invokeExact(first, last, size, x, weight, epsilon, out, inverse);
        });
    }

    @Override
    public void normBackward(Rows shape, Norm values, MemorySegment dOut, MemorySegment dx, MemorySegment dWeight) {
        int rows = shape.rows();
        int size = shape.size();
        MemorySegment x = values.x();
        MemorySegment weight = values.weight();
        MemorySegment inverse = values.inverse();
        check(x, (long) rows * size);
        check(dOut, (long) rows * size);
        check(dx, (long) rows * size);
        check(inverse, rows);
        check(dWeight, size);
        share(rows, 1, (first, last, worker) -> {
            normBackward.invokeExact(first, last, size, x, weight, inverse, dOut, dx);
        });
        share(size, LANES, (first, last, worker) -> {
            normWeight.invokeExact(first, last, rows, size, x, inverse, dOut, dWeight);
        });
    }

    @Override
    public void rotate(Attention shape, MemorySegment qkv, MemorySegment cosSin, boolean backward) {
        check(qkv, (long) shape.rows() * shape.width());
        check(cosSin, (long) shape.context() * shape.headDim());
        share(shape.rows(), 1, (first, last, worker) -> {
            rotate.invokeExact(
                    first,
                    last,
                    shape.width(),
                    shape.heads() + shape.kvHeads(),
                    shape.headDim(),
                    cosSin,
                    shape.context(),
                    backward ? -1f : 1f,
                    qkv);
        });
    }

    private MemorySegment scratch(Attention shape, int worker) {
        return scratch.asSlice(worker * scratchBytes, scratchBytes);
    }

    private void reserve(Attention shape) {
        long needed = (2L * shape.headDim() + 2) * shape.context() * Float.BYTES;
        if (needed > scratchBytes) {
            scratchBytes = (needed + 4095) & -4096L;
            scratch = arena.allocate(scratchBytes * pool.threads(), 64);
        }
    }

    @Override
    public void attention(Attention shape, Attended attended) {
        MemorySegment qkv = attended.qkv();
        MemorySegment starts = attended.starts();
        MemorySegment out = attended.out();
        MemorySegment logSum = attended.logSum();
        check(qkv, (long) shape.rows() * shape.width());
        check(starts, shape.rows());
        check(out, (long) shape.rows() * shape.heads() * shape.headDim());
        check(logSum, (long) shape.rows() * shape.heads());
        reserve(shape);
        share(shape.sequences() * shape.kvHeads(), 1, (first, last, worker) -> {
            attention.invokeExact(
                    first,
                    last,
                    shape.context(),
                    shape.heads(),
                    shape.kvHeads(),
                    shape.headDim(),
                    qkv,
                    starts,
                    out,
                    logSum,
                    scratch(shape, worker));
        });
    }

    @Override
    public void attentionBackward(Attention shape, Attended attended, MemorySegment dOut, MemorySegment dQkv) {
        MemorySegment qkv = attended.qkv();
        MemorySegment starts = attended.starts();
        MemorySegment out = attended.out();
        MemorySegment logSum = attended.logSum();
        check(qkv, (long) shape.rows() * shape.width());
        check(dQkv, (long) shape.rows() * shape.width());
        check(out, (long) shape.rows() * shape.heads() * shape.headDim());
        check(dOut, (long) shape.rows() * shape.heads() * shape.headDim());
        check(starts, shape.rows());
        check(logSum, (long) shape.rows() * shape.heads());
        reserve(shape);
        share(shape.sequences() * shape.kvHeads(), 1, (first, last, worker) -> {
            attentionBackward.invokeExact(
                    first,
                    last,
                    shape.context(),
                    shape.heads(),
                    shape.kvHeads(),
                    shape.headDim(),
                    qkv,
                    starts,
                    out,
                    logSum,
                    dOut,
                    dQkv,
                    scratch(shape, worker));
        });
    }

    @Override
    public void swiGlu(Rows shape, MemorySegment gateUp, MemorySegment out) {
        int rows = shape.rows();
        int size = shape.size();
        check(gateUp, 2L * rows * size);
        check(out, (long) rows * size);
        share(rows, 1, (first, last, worker) -> {
            swiGlu.invokeExact(first, last, size, gateUp, out);
        });
    }

    @Override
    public void swiGluBackward(Rows shape, MemorySegment gateUp, MemorySegment dOut) {
        int rows = shape.rows();
        int size = shape.size();
        check(gateUp, 2L * rows * size);
        check(dOut, (long) rows * size);
        share(rows, 1, (first, last, worker) -> {
            swiGluBackward.invokeExact(first, last, size, gateUp, dOut);
        });
    }

    @Override
    public void crossEntropy(Rows shape, MemorySegment logits, Targets targets, float scale, MemorySegment losses) {
        int rows = shape.rows();
        int size = shape.size();
        check(logits, (long) rows * size);
        check(targets.ids(), rows);
        check(targets.weights(), rows);
        check(losses, rows);
        share(rows, 1, (first, last, worker) -> {
            crossEntropy.invokeExact(first, last, size, logits, targets.ids(), targets.weights(), scale, losses);
        });
    }

    @Override
    public void embed(Rows shape, MemorySegment ids, MemorySegment table, MemorySegment x) {
        int rows = shape.rows();
        int size = shape.size();
        for (int r = 0; r < rows; r++) {
            long id = ids.getAtIndex(JAVA_INT, r);
            MemorySegment.copy(
                    table, id * size * Float.BYTES, x, (long) r * size * Float.BYTES, (long) size * Float.BYTES);
        }
    }

    @Override
    public void embedBackward(Rows shape, MemorySegment ids, MemorySegment dx, MemorySegment dTable) {
        int rows = shape.rows();
        int size = shape.size();
        check(ids, rows);
        check(dx, (long) rows * size);
        share(size, LANES, (first, last, worker) -> {
            embedBackward.invokeExact(first, last, rows, size, ids, dx, dTable);
        });
    }

    @Override
    public void adamW(AdamState state, AdamStep step) {
        MemorySegment weights = state.weights();
        MemorySegment gradients = state.gradients();
        MemorySegment mean = state.mean();
        MemorySegment square = state.square();
        long count = state.count();
        check(weights, count);
        check(gradients, count);
        check(mean, count);
        check(square, count);
        float correction1 = (float) (1 / (1 - Math.pow(step.beta1(), step.step())));
        float correction2 = (float) (1 / (1 - Math.pow(step.beta2(), step.step())));
        int stripes = Math.toIntExact((count + STRIPE - 1) / STRIPE);
        share(stripes, 1, (first, last, worker) -> {
            adamW.invokeExact(
                    first * STRIPE,
                    Math.min(count, last * STRIPE),
                    weights,
                    gradients,
                    mean,
                    square,
                    step.rate(),
                    step.beta1(),
                    step.beta2(),
                    step.epsilon(),
                    step.decay(),
                    step.clip(),
                    correction1,
                    correction2);
        });
    }

    @Override
    public double sumOfSquares(MemorySegment x, long count) {
        check(x, count);
        try {
            return (double) squares.invokeExact(0L, count, x);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Multiplies and adds in registers on all threads, to measure what the processor can do at most: 256 · rounds operations each. */
    public void spin(long rounds) {
        pool.run((worker, workers) -> call(
                (first, last, thread) -> {
                    float ignored = (float) spin.invokeExact(rounds);
                },
                0,
                0,
                worker));
    }

    @Override
    public void close() {
        arena.close();
    }
}
