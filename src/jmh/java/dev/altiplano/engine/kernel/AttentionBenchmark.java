package dev.altiplano.engine.kernel;



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

/**
 * Attention of one layer. A prompt of n takes 2 · headDim · heads · n · (n + 1) multiplications and additions; a decoded row
 * reads 2 · kvHeads · headDim · 2048 elements of the KV memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class AttentionBenchmark {

    @Param({"native", "vector"})
    public String backend;

    @Param("2")
    public int threads;

    @Param({"1.1B", "7B"})
    public String model;

    @Param("F16")
    public KvFormat format;

    private LayerState state;
    private RowBatch prompt512;
    private RowBatch prompt2048;
    private RowBatch decode1;
    private RowBatch decode8;

    @Setup
    public void fill() {
        state = new LayerState(backend, threads, model, format);
        prompt512 = state.prompt(512);
        prompt2048 = state.prompt(2048);
        decode1 = state.decode(1);
        decode8 = state.decode(8);
    }

    @TearDown
    public void close() {
        state.close();
    }

    @Benchmark
    public void prompt512() {
        attend(prompt512);
    }

    @Benchmark
    public void prompt2048() {
        attend(prompt2048);
    }

    @Benchmark
    public void decodeOneAt2048() {
        attend(decode1);
    }

    @Benchmark
    public void decodeEightAt2048() {
        attend(decode8);
    }

    private void attend(RowBatch batch) {
        state.kernels.layer().attention(state.rows(batch), state.out);
    }
}
