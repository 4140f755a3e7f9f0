package dev.altiplano.training.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.altiplano.engine.checkpoint.Hyperparameters;
import dev.altiplano.engine.os.WorkerPool;
import dev.altiplano.training.kernel.NativeTraining;
import dev.altiplano.training.kernel.ScalarTraining;
import dev.altiplano.training.kernel.TrainingKernels;
import dev.altiplano.training.model.Batch;
import dev.altiplano.training.model.FullWeights;
import dev.altiplano.training.model.ParameterLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Four steps of a tiny model against PyTorch in float64 (src/test/resources/training/tiny_run.py). */
class TinyRunTest {

    private static final Hyperparameters SHAPE = new Hyperparameters(32, 96, 2, 2, 1, 16, 64, 16, 1e-6f, 10000);

    private static final double[][] EXPECTED = {
        {4.401007901, 4.438953777}, {3.568938093, 3.546034161}, {3.037002634, 4.745151708}, {2.375059878, 4.603428236}
    };

    private static final class Fixed implements TrainingData {
        @Override
        public void fill(Batch batch) {
            batch.append(0, tokens(17, 7, 3), 1);
            batch.append(1, tokens(9, 11, 5), 1);
            batch.append(1, tokens(9, 13, 1), 3);
        }

        private static int[] tokens(int count, int factor, int shift) {
            return IntStream.range(0, count).map(i -> (factor * i + shift) % 64).toArray();
        }

        @Override
        public long[] state() {
            return new long[0];
        }

        @Override
        public void restore(long[] state) {}

        @Override
        public String describe() {
            return "fixed";
        }
    }

    private static void check(Function<WorkerPool, TrainingKernels> backend, int threads) {
        ParameterLayout layout = new ParameterLayout(SHAPE);
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(threads);
                TrainingKernels kernels = backend.apply(pool)) {
            MemorySegment weights = arena.allocate(layout.size() * Float.BYTES, 64);
            for (ParameterLayout.Part part : layout.parts()) {
                for (long i = part.offset(); i < part.offset() + part.size(); i++) {
                    double value = 0.2 * Math.sin(0.7 * i + 0.001 * i * i % 7) + (part.rows() == 1 ? 1 : 0);
                    weights.setAtIndex(JAVA_FLOAT, i, (float) value);
                }
            }
            Recipe recipe = new Recipe(100, 2, 2, 16, 0.01, 4, 0.1, 0.9, 0.95, 0.1, 1.0, 1);
            try (Trainer trainer =
                    new Trainer(recipe, layout, new FullWeights(layout, weights, arena), new Fixed(), kernels)) {
                for (double[] expected : EXPECTED) {
                    StepReport report = trainer.next();
                    assertThat(report.loss())
                            .as("loss of step %d", report.step())
                            .isCloseTo(expected[0], within(2e-5));
                    assertThat(report.gradientNorm())
                            .as("norm of step %d", report.step())
                            .isCloseTo(expected[1], within(2e-4));
                }
            }
        }
    }

    @Test
    void nativeKernelsFollowTheReference() {
        check(NativeTraining::create, 2);
    }

    @Test
    void scalarKernelsFollowTheReference() {
        check(pool -> new ScalarTraining(pool, List.of()), 1);
    }
}
