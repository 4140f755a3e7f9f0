package dev.altiplano.engine.kernel;

import dev.altiplano.engine.kernel.backend.Backends;
import dev.altiplano.engine.kernel.backend.KernelOptions;
import dev.altiplano.engine.os.LargeMemory;


import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Random activations and a filled KV memory of one layer of a model shape. */
final class LayerState implements AutoCloseable {

    static final int CONTEXT = 2048;
    private static final int BLOCK_TOKENS = 32;

    final Kernels kernels;
    final Arena arena = Arena.ofShared();
    final int heads;
    final int size;
    final int intermediate;
    final KvShape shape;
    final MemorySegment qkv;
    final MemorySegment out;
    final MemorySegment cosSin;
    final MemorySegment kv;
    private final int[] blocks = new int[CONTEXT / BLOCK_TOKENS];

    /** @param model 1.1B or 7B */
    LayerState(String backend, int threads, String model, KvFormat format) {
        kernels = Backends.create(KernelOptions.of(backend, threads));
        boolean small = model.equals("1.1B");
        heads = 32;
        int kvHeads = small ? 4 : 32;
        int headDim = small ? 64 : 128;
        size = heads * headDim;
        intermediate = small ? 5632 : 11008;
        shape = new KvShape(format, 1, blocks.length, BLOCK_TOKENS, kvHeads, headDim);
        int rowSize = (heads + 2 * kvHeads) * headDim;
        qkv = floats(CONTEXT * rowSize);
        out = LargeMemory.allocate(4L * CONTEXT * size, arena);
        cosSin = floats(CONTEXT * headDim);
        kv = LargeMemory.allocate(shape.byteSize(), arena);
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = i * 7 % blocks.length;
        }
        kernels.layer().rotateAndStore(rows(prompt(CONTEXT)), cosSin);
    }

    LayerRows rows(RowBatch batch) {
        return new LayerRows(qkv, heads, kv, shape, 0, batch);
    }

    MemorySegment floats(int count) {
        MemorySegment segment = LargeMemory.allocate(4L * count, arena);
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            segment.setAtIndex(JAVA_FLOAT, i, random.nextFloat() * 2 - 1);
        }
        return segment;
    }

    /** The first {@code rows} positions of one sequence. */
    RowBatch prompt(int rows) {
        RowBatch batch = new RowBatch(rows, blocks.length, arena);
        int list = batch.addBlockList(blocks, blocks.length);
        for (int row = 0; row < rows; row++) {
            batch.addRow(row, list, false);
        }
        return batch;
    }

    /** One row of each of {@code sequences} sequences, all at the end of the context. */
    RowBatch decode(int sequences) {
        RowBatch batch = new RowBatch(sequences, sequences * blocks.length, arena);
        for (int row = 0; row < sequences; row++) {
            batch.addRow(CONTEXT - 1, batch.addBlockList(blocks, blocks.length), true);
        }
        return batch;
    }

    @Override
    public void close() {
        kernels.close();
        arena.close();
    }
}
