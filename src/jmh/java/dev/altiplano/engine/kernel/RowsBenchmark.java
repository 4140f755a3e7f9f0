package dev.altiplano.engine.kernel;



import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a layer, or a draw, needs beside products and attention, for one row and for a prompt. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class RowsBenchmark {

    private static final int VOCABULARY = 32_000;

    @Param({"native", "vector"})
    public String backend;

    @Param("2")
    public int threads;

    @Param("1.1B")
    public String model;

    @Param({"1", "512"})
    public int rows;

    private LayerState state;
    private RowBatch batch;
    private MemorySegment hidden;
    private MemorySegment weight;
    private MemorySegment gateUp;
    private MemorySegment logits;
    private MemorySegment probabilities;
    private final int[] indices = new int[64];

    @Setup
    public void fill() {
        state = new LayerState(backend, threads, model, KvFormat.F16);
        batch = state.prompt(rows);
        hidden = state.floats(rows * state.size);
        weight = state.floats(state.size);
        gateUp = state.floats(2 * rows * state.intermediate);
        logits = state.floats(VOCABULARY);
        probabilities = state.floats(VOCABULARY);
    }

    @TearDown
    public void close() {
        state.close();
    }

    @Benchmark
    public void rmsNorm() {
        state.kernels.layer().rmsNorm(hidden, weight, 1e-5f, state.out, rows, state.size);
    }

    @Benchmark
    public void rotateAndStore() {
        state.kernels.layer().rotateAndStore(state.rows(batch), state.cosSin);
    }

    @Benchmark
    public void swiGlu() {
        state.kernels.layer().swiGlu(gateUp, state.out, rows, state.intermediate);
    }

    @Benchmark
    public int topK() {
        return state.kernels.layer().topK(logits, 0, VOCABULARY, indices.length, indices);
    }

    @Benchmark
    public double softmax() {
        return state.kernels.layer().softmax(logits, 0, VOCABULARY, 0.8f, probabilities);
    }

    @Benchmark
    public double logSumExp() {
        return state.kernels.layer().logSumExp(logits, 0, VOCABULARY);
    }
}
