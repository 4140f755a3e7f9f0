package dev.altiplano.engine.kernel.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.altiplano.engine.kernel.AttentionPlan;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.LayerKernels;
import dev.altiplano.engine.kernel.LayerRows;
import dev.altiplano.engine.kernel.RowBatch;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The kernels of aarch64 in a program that qemu runs (run_layer.c), called as {@link NativeLayer} calls those of this machine. */
public final class EmulatedLayer implements LayerKernels, AutoCloseable {

    private static final Path PROGRAM = Path.of("target/native-test/run_layer_aarch64");

    /** Threads that attention is planned for: enough that long rows are cut into sections. */
    private static final int THREADS = 3;

    /** In the order of run_layer.c. */
    private enum Kernel {
        ROTATE_AND_STORE,
        ATTENTION,
        RMS_NORM,
        SWIGLU,
        SUM_EXP,
        SOFTMAX,
        TOP_K
    }

    private final Process process;
    private final OutputStream calls;
    private final DataInputStream results;
    private final Arena arena = Arena.ofShared();
    private final AttentionPlan plan = new AttentionPlan(arena);
    private final AttentionArguments arguments = new AttentionArguments(arena);

    public EmulatedLayer() {
        try {
            process = new ProcessBuilder("/usr/bin/qemu-aarch64-static", "-cpu", "max", PROGRAM.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        calls = process.getOutputStream();
        results = new DataInputStream(process.getInputStream());
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size) {
        call(Kernel.RMS_NORM, rows, size, epsilon, x.asSlice(0, 4L * rows * size), weight);
        read(out.asSlice(0, 4L * rows * size));
    }

    @Override
    public void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size) {
        call(Kernel.SWIGLU, rows, size, 0, gateUp, out);
        read(out);
    }

    @Override
    public void rotateAndStore(LayerRows rows, MemorySegment cosSin) {
        MemorySegment none = MemorySegment.NULL;
        call(Kernel.ROTATE_AND_STORE, rows.batch().rows(), 0, 0, memories(rows, 0, cosSin, none, none, none));
        read(rows.qkv());
        read(kv(rows));
    }

    @Override
    public void attention(LayerRows rows, int window, MemorySegment out) {
        KvShape shape = rows.shape();
        int group = rows.group();
        int paddedWidth = (shape.headDim() + 15) / 16 * 16;
        int tileRows = Math.max(1, AttentionArguments.TILE_QUERIES / group);
        plan.plan(rows.batch(), shape.kvHeads(), THREADS, tileRows, group * (paddedWidth + 2), window);
        MemorySegment partials = MemorySegment.ofArray(new float[plan.partialFloats()]);
        long partBytes = (plan.count() + plan.merges()) * AttentionPlan.PART.byteSize();
        MemorySegment parts = MemorySegment.ofAddress(plan.address()).reinterpret(partBytes);
        MemorySegment[] memories = memories(rows, window, MemorySegment.NULL, out, partials, parts);
        call(Kernel.ATTENTION, plan.count(), plan.merges(), 0, memories);
        read(out);
    }

    /** The structure, what its pointers point at, in their order, and the parts. */
    private MemorySegment[] memories(
            LayerRows rows,
            int window,
            MemorySegment cosSin,
            MemorySegment out,
            MemorySegment partials,
            MemorySegment parts) {
        arguments.shape(rows.heads(), rows.shape(), window);
        RowBatch batch = rows.batch();
        return new MemorySegment[] {
            MemorySegment.ofAddress(arguments.address()).reinterpret(AttentionArguments.LAYOUT.byteSize()),
            rows.qkv(),
            out,
            kv(rows),
            cosSin,
            batch.positions(),
            batch.blockListOffsets(),
            batch.blockIds(),
            partials,
            parts
        };
    }

    private static MemorySegment kv(LayerRows rows) {
        KvShape shape = rows.shape();
        return rows.kv().asSlice(shape.offset(rows.layer(), 0), shape.blocks() * shape.layerBlockBytes());
    }

    @Override
    public int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        int count = Math.min(k, size);
        if (count > 0) {
            MemorySegment heap = MemorySegment.ofArray(indices).asSlice(0, 4L * count);
            call(Kernel.TOP_K, count, size, 0, values.asSlice(offsetBytes, 4L * size), heap);
            read(heap);
        }
        return count;
    }

    @Override
    public double logSumExp(MemorySegment values, long offsetBytes, int size) {
        MemorySegment largest = MemorySegment.ofArray(new float[1]);
        call(Kernel.SUM_EXP, 0, size, 0, values.asSlice(offsetBytes, 4L * size), largest);
        read(largest);
        double sum = readSum();
        float shift = largest.get(JAVA_FLOAT, 0);
        return Float.isInfinite(shift) ? shift : shift + StrictMath.log(sum);
    }

    @Override
    public double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        call(Kernel.SOFTMAX, 0, size, temperature, values.asSlice(offsetBytes, 4L * size), out);
        read(out);
        return readSum();
    }

    private double readSum() {
        MemorySegment sum = MemorySegment.ofArray(new double[1]);
        read(sum);
        return sum.get(JAVA_DOUBLE, 0);
    }

    private void call(Kernel kernel, long first, long second, double number, MemorySegment... memories) {
        ByteBuffer head = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(kernel.ordinal()).putLong(memories.length);
        head.putLong(first).putLong(second).putDouble(number);
        try {
            calls.write(head.array());
            for (MemorySegment memory : memories) {
                ByteBuffer size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                calls.write(size.putLong(memory.byteSize()).array());
                calls.write(memory.toArray(JAVA_BYTE));
            }
            calls.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(MemorySegment to) {
        try {
            byte[] bytes = new byte[(int) to.byteSize()];
            results.readFully(bytes);
            to.copyFrom(MemorySegment.ofArray(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        arena.close();
    }
}
