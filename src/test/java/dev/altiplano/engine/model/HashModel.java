package dev.altiplano.engine.model;

import dev.altiplano.engine.kernel.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A model whose numbers are hashes, for tests of everything around it. Like a transformer of two layers it writes one value for
 * each position to the KV memory, finds the values before it through the block table, and knows nothing else: a wrong KV block, a
 * row that was left out, computed twice, or in the other role changes every logit behind it.
 *
 * <p>Most of the time it favours a token that makes texts go in circles, so that guesses at next tokens come true.
 */
public final class HashModel implements Model {

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final float FAVOUR = 6;

    private final int vocabulary;
    private final int hiddenSize;
    private final int blockTokens;
    private final int window;
    private final Runnable meanwhile;
    /** [KV blocks · blockTokens]: what the two layers wrote. */
    private final long[] first;

    private final long[] second;
    private final MemorySegment logits;
    private final MemorySegment hidden;
    private boolean damaged;

    /**
     * @param window positions that a row sees; 0 where it sees all before it
     * @param garbage what the KV memory is full of at first
     * @param meanwhile runs in the middle of each pass
     */
    public HashModel(
            int vocabulary,
            int hiddenSize,
            int blocks,
            int blockTokens,
            int window,
            int maxScoredRows,
            long garbage,
            Runnable meanwhile,
            Arena arena) {
        this.vocabulary = vocabulary;
        this.hiddenSize = hiddenSize;
        this.blockTokens = blockTokens;
        this.window = window;
        this.meanwhile = meanwhile;
        first = new long[blocks * blockTokens];
        second = new long[blocks * blockTokens];
        for (int i = 0; i < first.length; i++) {
            first[i] = mix(garbage + 2 * i);
            second[i] = mix(garbage + 2 * i + 1);
        }
        logits = arena.allocate(4L * maxScoredRows * vocabulary, 64);
        hidden = arena.allocate(4L * maxScoredRows * hiddenSize, 64);
    }

    @Override
    public MemorySegment forward(ForwardBatch batch, Runnable afterLayer) {
        RowBatch rows = batch.places();
        // All rows of a layer are stored before any of it is read, as in a model.
        for (int row = 0; row < rows.rows(); row++) {
            int position = position(rows, row);
            long role = row < rows.generatedRows() ? 1 : 2;
            long token = batch.tokenIds().getAtIndex(ValueLayout.JAVA_INT, row);
            first[slot(rows, row, position)] =
                    mix(mix(mix(token + 1) + position) + role * MULTIPLIER + batch.adapter(rows, row));
        }
        afterLayer.run();
        meanwhile.run();
        for (int row = 0; row < rows.rows(); row++) {
            second[slot(rows, row, position(rows, row))] = digest(first, rows, row);
        }
        afterLayer.run();
        for (int index = 0; index < batch.scoredRows(); index++) {
            int row = batch.scoredRow(index);
            long state = digest(second, rows, row);
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
        int favoured = (state & 7) == 0 ? -1 : token & ~3 | token + 1 & 3;
        for (int id = 0; id < vocabulary; id++) {
            float logit = number(state, id) + (id == favoured ? FAVOUR : 0);
            logits.setAtIndex(
                    ValueLayout.JAVA_FLOAT, (long) index * vocabulary + id, wanted && !damaged ? logit : Float.NaN);
        }
    }

    /** What a row sees: its own position and those before it, in order. */
    private long digest(long[] layer, RowBatch rows, int row) {
        int position = position(rows, row);
        long digest = position;
        for (int seen = window == 0 ? 0 : Math.max(0, position - window + 1); seen <= position; seen++) {
            digest = (digest ^ layer[slot(rows, row, seen)]) * MULTIPLIER;
            digest ^= digest >>> 29;
        }
        return mix(digest);
    }

    private int slot(RowBatch rows, int row, int position) {
        long entry = rows.blockListOffset(row) + position / blockTokens;
        return rows.blockIds().getAtIndex(ValueLayout.JAVA_INT, entry) * blockTokens + position % blockTokens;
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
