package dev.altiplano.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Kernels put together from how a backend multiplies and how it computes the rest; packing and embedding are common to all. */
final class ComposedKernels implements Kernels {

    private final Backend backend;
    private final WorkerPool pool;
    private final LinearKernels linear;
    private final LayerKernels layer;
    private final Embedding embedding;
    private final Arena arena;

    /**
     * Takes over the pool and the arena, and closes both.
     *
     * @param arena what the two parts live in
     */
    ComposedKernels(Backend backend, WorkerPool pool, LinearKernels linear, LayerKernels layer, Arena arena) {
        this.backend = backend;
        this.pool = pool;
        this.linear = linear;
        this.layer = layer;
        this.arena = arena;
        embedding = new Embedding(pool);
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public WeightFormat nativeFormat(WeightFormat format) {
        return format.nativeFormat();
    }

    @Override
    public long packedBytes(WeightFormat format, int rows, int columns) {
        return PackedLayout.bytes(format.nativeFormat().fitting(columns), rows, columns);
    }

    @Override
    public PackedMatrix pack(
            RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, Arena owner) {
        return pack(source, rows, columns, stored, held, allocate(packedBytes(held, rows, columns), owner));
    }

    @Override
    public PackedMatrix pack(
            RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment target) {
        return Packer.pack(source, rows, columns, stored, held, target, pool);
    }

    @Override
    public void table(
            RowSource source, int rows, int columns, WeightFormat stored, WeightFormat held, MemorySegment target) {
        LinearChecks.table(rows, columns, stored, held, target);
        pool.run(new TableWriter(source, rows, columns, stored, held, target));
    }

    @Override
    public String layout() {
        return PackedLayout.NAME;
    }

    @Override
    public void linear(
            PackedMatrix[] stack,
            MemorySegment in,
            MemorySegment out,
            int rows,
            int generatedRows,
            boolean accumulate) {
        LinearChecks.linear(stack, in, out, rows, generatedRows);
        if (rows > 0) {
            linear.linear(stack, in, out, rows, generatedRows, accumulate);
        }
    }

    @Override
    public void embed(
            MemorySegment table, WeightFormat format, int columns, MemorySegment ids, int rows, MemorySegment out) {
        LinearChecks.embed(table, format, columns, ids, rows, out);
        embedding.run(table, format, columns, ids, rows, out);
    }

    @Override
    public void rmsNorm(MemorySegment x, MemorySegment weight, float epsilon, MemorySegment out, int rows, int size) {
        layer.rmsNorm(x, weight, epsilon, out, rows, size);
    }

    @Override
    public void rotateAndStore(
            MemorySegment qkv,
            int heads,
            MemorySegment cosSin,
            MemorySegment kv,
            KvShape shape,
            int layerIndex,
            RowBatch batch) {
        layer.rotateAndStore(qkv, heads, cosSin, kv, shape, layerIndex, batch);
    }

    @Override
    public void attention(
            MemorySegment qkv,
            int heads,
            MemorySegment kv,
            KvShape shape,
            int layerIndex,
            RowBatch batch,
            MemorySegment out) {
        layer.attention(qkv, heads, kv, shape, layerIndex, batch, out);
    }

    @Override
    public void swiGlu(MemorySegment gateUp, MemorySegment out, int rows, int size) {
        layer.swiGlu(gateUp, out, rows, size);
    }

    @Override
    public int topK(MemorySegment values, long offsetBytes, int size, int k, int[] indices) {
        return layer.topK(values, offsetBytes, size, k, indices);
    }

    @Override
    public double logSumExp(MemorySegment values, long offsetBytes, int size) {
        return layer.logSumExp(values, offsetBytes, size);
    }

    @Override
    public double softmax(MemorySegment values, long offsetBytes, int size, float temperature, MemorySegment out) {
        return layer.softmax(values, offsetBytes, size, temperature, out);
    }

    @Override
    public MemorySegment allocate(long bytes, Arena owner) {
        return LargeMemory.allocate(bytes, owner);
    }

    @Override
    public void close() {
        pool.close();
        arena.close();
    }
}
