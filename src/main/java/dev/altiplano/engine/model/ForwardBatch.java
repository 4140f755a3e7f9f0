package dev.altiplano.engine.model;

import dev.altiplano.engine.kernel.RowBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The rows of one forward pass: a token id each, its place (see {@link RowBatch}), and whether its logits are wanted. Filled by
 * the engine thread, generated rows first; reused from step to step.
 */
public final class ForwardBatch {

    private final RowBatch places;
    private final RowBatch scoredPlaces;
    private final MemorySegment tokenIds;
    private final int[] scored;
    private final int[] adapters;
    private final int[] scoredAdapters;
    private boolean adapted;
    private boolean logits = true;

    /**
     * @param maxRows room for rows
     * @param maxScoredRows room for rows whose logits are wanted
     * @param maxBlockIds room for KV block ids over all sequences of a step
     */
    public ForwardBatch(int maxRows, int maxScoredRows, int maxBlockIds, Arena arena) {
        places = new RowBatch(maxRows, maxBlockIds, arena);
        scoredPlaces = new RowBatch(maxScoredRows, maxBlockIds, arena);
        tokenIds = arena.allocate(4L * maxRows, 64);
        scored = new int[maxScoredRows];
        adapters = new int[maxRows];
        scoredAdapters = new int[maxScoredRows];
    }

    /** Forgets all rows. */
    public void clear() {
        places.clear();
        scoredPlaces.clear();
        adapted = false;
        logits = true;
    }

    /** Leaves the logits out: of the scored rows the hidden states alone are wanted. Holds until {@link #clear}. */
    public void skipLogits() {
        logits = false;
    }

    boolean wantsLogits() {
        return logits;
    }

    /** Begins the rows of a sequence, which holds {@code count} KV blocks; returns what {@link #add} wants to know. */
    public int addBlockList(int[] blockIds, int count) {
        scoredPlaces.addBlockList(blockIds, count);
        return places.addBlockList(blockIds, count);
    }

    /**
     * Adds a row.
     *
     * @return the index of its logits among those wanted, or -1
     */
    public int add(int tokenId, int position, int blockList, boolean generated, boolean wantsLogits) {
        return add(tokenId, position, blockList, generated, wantsLogits, -1);
    }

    /**
     * The same for a row of a sequence that has an adapter.
     *
     * @param adapter the place of the adapter among the model's, or -1
     */
    public int add(int tokenId, int position, int blockList, boolean generated, boolean wantsLogits, int adapter) {
        int row = places.rows();
        places.addRow(position, blockList, generated);
        adapters[row] = adapter;
        adapted |= adapter >= 0;
        tokenIds.setAtIndex(ValueLayout.JAVA_INT, row, tokenId);
        if (!wantsLogits) {
            return -1;
        }
        int index = scoredPlaces.rows();
        scoredPlaces.addRow(position, blockList, generated);
        scored[index] = row;
        scoredAdapters[index] = adapter;
        return index;
    }

    RowBatch places() {
        return places;
    }

    /** The rows whose logits are wanted, alone. */
    RowBatch scoredPlaces() {
        return scoredPlaces;
    }

    /** int32 [rows]. */
    MemorySegment tokenIds() {
        return tokenIds;
    }

    /** Whether any row has an adapter. */
    boolean adapted() {
        return adapted;
    }

    /** The adapter of a row among {@code rows}, which are all of the batch or the {@link #scoredPlaces}; -1 for none. */
    int adapter(RowBatch rows, int row) {
        return rows == places ? adapters[row] : scoredAdapters[row];
    }

    /** The row of the i-th wanted logits. */
    int scoredRow(int index) {
        return scored[index];
    }

    /** Rows whose logits are wanted. */
    public int scoredRows() {
        return scoredPlaces.rows();
    }

    int maxScoredRows() {
        return scored.length;
    }
}
