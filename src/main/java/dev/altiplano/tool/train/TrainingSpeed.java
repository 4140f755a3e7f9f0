package dev.altiplano.tool.train;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.os.WorkerPool;
import dev.altiplano.training.kernel.NativeTraining;
import dev.altiplano.training.kernel.TrainingKernels;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Measures the matrix products of a model's training against what the processor's multipliers can do at most. */
final class TrainingSpeed {

    private static final int REPEATS = 15;
    private static final long SPIN_ROUNDS = 4_000_000;
    private static final double SPIN_OPERATIONS = 256;

    private TrainingSpeed() {}

    /** Prints a table; each number is the best of {@value #REPEATS}. */
    static void print(Hyperparameters shape, int rows, int threads, PrintWriter out) {
        try (WorkerPool pool = new WorkerPool(threads);
                TrainingKernels kernels = NativeTraining.create(pool);
                Arena arena = Arena.ofShared()) {
            double peak = 0;
            if (kernels instanceof NativeTraining nativeKernels) {
                peak = SPIN_OPERATIONS * SPIN_ROUNDS * threads / best(() -> nativeKernels.spin(SPIN_ROUNDS));
            }
            out.println(String.format(
                    Locale.ROOT,
                    "%s kernels (%s), %d threads; multiplies in registers: %.0f GFLOPS",
                    kernels.backend().name(),
                    kernels.backend().instructionSet(),
                    threads,
                    peak * 1e-9));
            out.println("rows x in x out        forward   input gradient   weight gradient   GFLOPS (% of registers)");
            int hidden = shape.hiddenSize();
            int width = (shape.heads() + 2 * shape.kvHeads()) * shape.headDim();
            product(kernels, arena, rows, hidden, width, peak, out);
            product(kernels, arena, rows, hidden, hidden, peak, out);
            product(kernels, arena, rows, hidden, 2 * shape.intermediateSize(), peak, out);
            product(kernels, arena, rows, shape.intermediateSize(), hidden, peak, out);
            product(kernels, arena, rows, hidden, shape.vocabularySize(), peak, out);
            out.flush();
        }
    }

    private static void product(
            TrainingKernels kernels, Arena arena, int rows, int in, int out, double peak, PrintWriter writer) {
        MemorySegment x = arena.allocate(4L * rows * in, 64);
        MemorySegment w = arena.allocate(4L * in * out, 64);
        MemorySegment y = arena.allocate(4L * rows * out, 64);
        TrainingKernels.Product shape = new TrainingKernels.Product(rows, in, out);
        double operations = 2.0 * rows * in * out;
        double forward = operations / best(() -> kernels.linear(shape, x, w, y, false));
        double input = operations / best(() -> kernels.linearInput(shape, y, w, x, false));
        double weight = operations / best(() -> kernels.linearWeight(shape, y, x, w, true));
        writer.println(String.format(
                Locale.ROOT,
                "%5d x %4d x %4d   %s %s %s",
                rows,
                in,
                out,
                text(forward, peak),
                text(input, peak),
                text(weight, peak)));
    }

    private static String text(double flops, double peak) {
        return peak > 0
                ? String.format(Locale.ROOT, "%8.0f (%2.0f %%)", flops * 1e-9, 100 * flops / peak)
                : String.format(Locale.ROOT, "%8.1f", flops * 1e-9);
    }

    private static double best(Runnable work) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < REPEATS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        return best;
    }
}
