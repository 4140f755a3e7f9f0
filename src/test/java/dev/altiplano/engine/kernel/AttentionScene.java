package dev.altiplano.engine.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Some sequences whose queries, keys and values are drawn once, so that their attention can be computed in many ways: in one
 * piece or chunk by chunk, alone or together, in whatever KV blocks.
 */
final class AttentionScene implements AutoCloseable {

    private static final int LAYER = 1;

    private final Arena arena = Arena.ofShared();
    private final int heads;
    private final KvShape shape;
    private final int rowSize;
    private final float[][][] rows;
    private final int[][] blocks;
    private final MemorySegment cosSin;
    private final MemorySegment kv;
    private final int spare;
    private int window;

    /** @param lengths positions of each sequence */
    AttentionScene(
            KvFormat format, int heads, int kvHeads, int headDim, int blockTokens, long blockSeed, int... lengths) {
        this.heads = heads;
        rowSize = (heads + 2 * kvHeads) * headDim;
        int longest = 0;
        int blockCount = 3;
        for (int length : lengths) {
            longest = Math.max(longest, length);
            blockCount += (length + blockTokens - 1) / blockTokens;
        }
        shape = new KvShape(format, 2, blockCount, blockTokens, kvHeads, headDim);
        kv = arena.allocate(shape.byteSize(), 64);
        // What was never written must never be seen: as floats, halves and scales, these bytes are no numbers.
        kv.fill((byte) 0xFF);
        cosSin = arena.allocate(4L * longest * headDim, 64);
        for (int p = 0; p < longest; p++) {
            for (int d = 0; d + 1 < headDim; d += 2) {
                double angle = p * Math.pow(10000, -d / (double) headDim);
                cosSin.setAtIndex(JAVA_FLOAT, (long) p * headDim + d, (float) Math.cos(angle));
                cosSin.setAtIndex(JAVA_FLOAT, (long) p * headDim + d + 1, (float) Math.sin(angle));
            }
        }
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < blockCount; i++) {
            free.add(i);
        }
        java.util.Collections.shuffle(free, new Random(blockSeed));
        rows = new float[lengths.length][][];
        blocks = new int[lengths.length][];
        for (int s = 0; s < lengths.length; s++) {
            SplittableRandom random = new SplittableRandom(31L * s + headDim);
            rows[s] = new float[lengths[s]][rowSize];
            for (float[] row : rows[s]) {
                for (int i = 0; i < rowSize; i++) {
                    row[i] = (float) random.nextGaussian() * 1.5f;
                }
            }
            blocks[s] = new int[(lengths[s] + blockTokens - 1) / blockTokens];
            for (int i = 0; i < blocks[s].length; i++) {
                blocks[s][i] = free.removeLast();
            }
        }
        spare = free.getLast();
    }

    /** From now on rows see {@code positions}, themselves the last; KV blocks before that are named by the id of one that was never written. */
    AttentionScene windowed(int positions) {
        window = positions;
        return this;
    }

    /** Queries, keys and values of a row before rotation, to be changed before it is computed. */
    float[] row(int sequence, int position) {
        return rows[sequence][position];
    }

    /** The KV blocks of a sequence as a row at {@code position} and those behind it need them. */
    private int[] blocks(int sequence, int position) {
        int[] ids = blocks[sequence].clone();
        int unseen = Math.max(0, position - window + 1) / shape.blockTokens();
        for (int i = 0; window > 0 && i < unseen; i++) {
            ids[i] = spare;
        }
        return ids;
    }

    /** {@code count} rows of a sequence from a position on. */
    record Piece(int sequence, int position, int count) {}

    /** Computes pieces in one step; the outputs of its rows, and the rows as they were left, are appended to {@code results}. */
    void step(LayerKernels layer, List<float[]> results, Piece... pieces) {
        int count = 0;
        int blockIds = 0;
        for (Piece piece : pieces) {
            count += piece.count();
            blockIds += blocks[piece.sequence()].length;
        }
        int outSize = heads * shape.headDim();
        try (Arena step = Arena.ofShared()) {
            RowBatch batch = new RowBatch(count, blockIds, step);
            MemorySegment qkv = step.allocate(4L * count * rowSize, 64);
            MemorySegment out = step.allocate(4L * count * outSize, 64);
            int row = 0;
            for (Piece piece : pieces) {
                int[] ids = blocks(piece.sequence(), piece.position());
                int list = batch.addBlockList(ids, ids.length);
                for (int i = 0; i < piece.count(); i++) {
                    float[] values = rows[piece.sequence()][piece.position() + i];
                    MemorySegment.copy(values, 0, qkv, JAVA_FLOAT, 4L * row++ * rowSize, rowSize);
                    batch.addRow(piece.position() + i, list, false);
                }
            }
            LayerRows layerRows = new LayerRows(qkv, heads, kv, shape, LAYER, batch);
            layer.rotateAndStore(layerRows, cosSin);
            layer.attention(layerRows, window, out);
            for (row = 0; row < count; row++) {
                float[] result = new float[outSize + rowSize];
                MemorySegment.copy(out, JAVA_FLOAT, 4L * row * outSize, result, 0, outSize);
                MemorySegment.copy(qkv, JAVA_FLOAT, 4L * row * rowSize, result, outSize, rowSize);
                results.add(result);
            }
        }
    }

    /** Computes a sequence from its beginning in chunks of at most {@code chunk} rows. */
    List<float[]> prefill(LayerKernels layer, int sequence, int chunk) {
        List<float[]> results = new ArrayList<>();
        int length = rows[sequence].length;
        for (int position = 0; position < length; position += chunk) {
            step(layer, results, new Piece(sequence, position, Math.min(chunk, length - position)));
        }
        return results;
    }

    /** The KV memory as it is. */
    byte[] kvBytes() {
        return kv.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    @Override
    public void close() {
        arena.close();
    }
}
