package dev.altiplano.engine.kernel;

import dev.altiplano.engine.kernel.quant.BlockQuantizer;
import dev.altiplano.engine.kernel.quant.Packer;
import dev.altiplano.engine.kernel.quant.RowSource;


import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
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
 * A linear layer [4096, 4096], with so many copies in turn that no cache holds them: 16 Mi weights, 2 · 16 Mi operations a row.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class LinearBenchmark {

    private static final int SIZE = 4096;
    private static final long ALL_BYTES = 512L << 20;

    @Param({"native", "vector"})
    public String backend;

    @Param("2")
    public int threads;

    @Param({"Q4_0", "Q8_0", "Q4_K"})
    public WeightFormat format;

    @Param({"1", "8", "512"})
    public int rows;

    /** Whether the rows are generated rows. */
    @Param({"true"})
    public boolean generated;

    private LayerState state;
    private PackedMatrix[][] copies;
    private MemorySegment in;
    private int turn;

    @Setup
    public void pack() {
        state = new LayerState(backend, threads, "1.1B", KvFormat.F16);
        in = state.floats(rows * SIZE);
        byte[] row = new byte[(int) format.rowBytes(SIZE)];
        float[] values = new float[SIZE];
        Random random = new Random(1);
        for (int i = 0; i < SIZE; i++) {
            values[i] = (float) random.nextGaussian() * 0.02f;
        }
        BlockQuantizer.quantize(format, values, 0, SIZE, row, 0);
        RowSource source = (first, count, target) -> {
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(row, 0, target, ValueLayout.JAVA_BYTE, (long) i * row.length, row.length);
            }
        };
        copies = new PackedMatrix[(int) (ALL_BYTES / PackedLayout.bytes(format, SIZE, SIZE))][];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = new PackedMatrix[] {
                Packer.pack(source, SIZE, SIZE, format, format, state.kernels.workers(), state.arena)
            };
        }
    }

    @TearDown
    public void close() {
        state.close();
    }

    @Benchmark
    public void linear() {
        turn = (turn + 1) % copies.length;
        state.kernels.linear().multiply(copies[turn], in, state.out, rows, generated ? rows : 0, false);
    }
}
