package dev.altiplano.engine.model;

import dev.altiplano.engine.cache.KvCache;
import dev.altiplano.engine.kernel.KvFormat;
import dev.altiplano.engine.kernel.KvShape;
import dev.altiplano.engine.kernel.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A model whose numbers are hashes, for tests of everything around it. Like a transformer of two layers it writes one value for
 * each position to the KV memory, finds the values before it through the block table, and knows nothing else: a wrong KV block, a
 * row that was left out, computed twice, or in the other role changes every logit behind it.
 *
 * <p>Most of the time it favors a token that makes texts go in circles, so that drafts of the next tokens are right.
 */
public final class HashModel implements Model {

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final float FAVOR = 6;
    private static final VarHandle VALUE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int vocabulary;
    private final int hiddenSize;
    private final int blockTokens;
    private final int window;
    private final long weights;
    private final Runnable meanwhile;
    /** [2 layers][KV blocks · blockTokens] values of eight bytes. */
    private final byte[] values;
    /** Where the second layer's begin. */
    private final int secondLayer;

    private final MemorySegment logits;
    private final MemorySegment hidden;
    private boolean damaged;

    /**
     * @param weights which one of many such models it is
     * @param kv what {@link #kv} gave
     * @param window positions that a row sees; 0 where it sees all before it
     * @param meanwhile runs in the middle of each pass
     */
    public HashModel(
            long weights,
            int vocabulary,
            int hiddenSize,
            KvCache kv,
            int window,
            int maxScoredRows,
            Runnable meanwhile,
            Arena arena) {
        this.weights = weights;
        this.vocabulary = vocabulary;
        this.hiddenSize = hiddenSize;
        this.window = window;
        this.meanwhile = meanwhile;
        blockTokens = kv.shape().blockTokens();
        values = (byte[]) kv.memory().heapBase().orElseThrow();
        secondLayer = (int) kv.shape().offset(1, 0);
        logits = arena.allocate(4L * maxScoredRows * vocabulary, 64);
        hidden = arena.allocate(4L * maxScoredRows * hiddenSize, 64);
    }

    /** KV memory for such a model, full of {@code garbage}. */
    public static KvCache kv(int blocks, int blockTokens, long garbage) {
        // A key and a value of four bytes for each position make room for its value of eight.
        KvShape shape = new KvShape(KvFormat.F32, 2, blocks, blockTokens, 1, 1);
        byte[] values = new byte[(int) shape.byteSize()];
        for (int at = 0; at < values.length; at += Long.BYTES) {
            VALUE.set(values, at, mix(garbage + at));
        }
        return new KvCache(shape, MemorySegment.ofArray(values));
    }

    @Override
    public MemorySegment forward(ForwardBatch batch, Runnable afterLayer) {
        RowBatch rows = batch.places();
        // All rows of a layer are stored before any of it is read, as in a model.
        for (int row = 0; row < rows.rows(); row++) {
            int position = position(rows, row);
            long role = row < rows.generatedRows() ? 1 : 2;
            long token = batch.tokenIds().getAtIndex(ValueLayout.JAVA_INT, row);
            VALUE.set(
                    values,
                    slot(rows, row, position),
                    mix(mix(mix(token + 1) + position) + role * MULTIPLIER + batch.adapter(rows, row) + weights));
        }
        afterLayer.run();
        meanwhile.run();
        for (int row = 0; row < rows.rows(); row++) {
            VALUE.set(values, secondLayer + slot(rows, row, position(rows, row)), digest(0, rows, row));
        }
        afterLayer.run();
        for (int index = 0; index < batch.scoredRows(); index++) {
            int row = batch.scoredRow(index);
            long state = digest(secondLayer, rows, row);
            int token = batch.tokenIds().getAtIndex(ValueLayout.JAVA_INT, row);
            for (int i = 0; i < hiddenSize; i++) {
                hidden.setAtIndex(ValueLayout.JAVA_FLOAT, (long) index * hiddenSize + i, number(state, -1 - i));
            }
            score(state, token, index, batch.wantsLogits());
        }
        return logits;
    }

    /** From now on it computes nothing but NaN, as with damaged weights. */
    public void damage() {
        damaged = true;
    }

    private void score(long state, int token, int index, boolean wanted) {
        int favored = (state & 7) == 0 ? -1 : token & ~3 | token + 1 & 3;
        for (int id = 0; id < vocabulary; id++) {
            float logit = number(state, id) + (id == favored ? FAVOR : 0);
            logits.setAtIndex(
                    ValueLayout.JAVA_FLOAT, (long) index * vocabulary + id, wanted && !damaged ? logit : Float.NaN);
        }
    }

    /** What a row sees: its own position and those before it, in order. */
    private long digest(int layer, RowBatch rows, int row) {
        int position = position(rows, row);
        long digest = position;
        int seen = window == 0 ? 0 : Math.max(0, position - window + 1);
        while (seen <= position) {
            int at = layer + slot(rows, row, seen);
            int end = Math.min(position + 1, (seen / blockTokens + 1) * blockTokens);
            for (; seen < end; seen++, at += Long.BYTES) {
                digest = (digest ^ (long) VALUE.get(values, at)) * MULTIPLIER;
                digest ^= digest >>> 29;
            }
        }
        return mix(digest);
    }

    /** Where the value of a position lies in the first layer. */
    private int slot(RowBatch rows, int row, int position) {
        long entry = rows.blockListOffset(row) + position / blockTokens;
        int block = rows.blockIds().getAtIndex(ValueLayout.JAVA_INT, entry);
        return (block * blockTokens + position % blockTokens) * Long.BYTES;
    }

    private static int position(RowBatch rows, int row) {
        return rows.positions().getAtIndex(ValueLayout.JAVA_INT, row);
    }

    /** A number from -3 to 3. */
    private static float number(long state, int index) {
        return (mix(state + index * MULTIPLIER) >>> 40) * 0x1p-24f * 6 - 3;
    }

    /** A hash of 64 bits (Stafford's thirteenth mix). */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public MemorySegment hidden() {
        return hidden;
    }

    @Override
    public void useAdapters(List<Adapter> adapters) {
        // They change no token of this model: only what shares a prefix.
    }

    @Override
    public long scratchBytes() {
        return logits.byteSize() + hidden.byteSize();
    }
}
