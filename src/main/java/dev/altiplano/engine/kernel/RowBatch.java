package dev.altiplano.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The token rows of one step as kernels see them: where each row stands in its sequence, which KV blocks hold what came
 * before it, and how many of the rows are generated rows.
 *
 * <p>Generated rows come first, prompt rows behind them. A row's role, never the number of rows, decides how its products are
 * computed. Rows of one sequence are neighbours in the order of their positions and share a block list. Filled by the engine
 * thread before a forward pass and read by all workers during it; nothing is allocated after construction.
 */
public final class RowBatch {

    private final int maxRows;
    private final int maxBlockIds;
    private final MemorySegment positions;
    private final MemorySegment blockListOffsets;
    private final MemorySegment blockIds;
    private int rows;
    private int generatedRows;
    private int blockIdCount;
    private int lowestBlockId;
    private int highestBlockId;

    /**
     * Room for {@code maxRows} rows and {@code maxBlockIds} KV block ids over all sequences of a step.
     */
    public RowBatch(int maxRows, int maxBlockIds, Arena arena) {
        this.maxRows = maxRows;
        this.maxBlockIds = maxBlockIds;
        positions = arena.allocate(4L * maxRows, 64);
        blockListOffsets = arena.allocate(4L * maxRows, 64);
        blockIds = arena.allocate(4L * maxBlockIds, 64);
    }

    /** Forgets all rows. */
    public void clear() {
        rows = 0;
        generatedRows = 0;
        blockIdCount = 0;
        lowestBlockId = 0;
        highestBlockId = 0;
    }

    /**
     * Begins the rows of a sequence: copies its first {@code count} KV block ids, enough for the last of its rows.
     *
     * @return the offset to give to {@link #addRow}
     */
    public int addBlockList(int[] ids, int count) {
        if (count > maxBlockIds - blockIdCount) {
            throw new IllegalStateException(
                    "no room for " + count + " KV block ids: " + blockIdCount + " of " + maxBlockIds + " are taken");
        }
        int offset = blockIdCount;
        MemorySegment.copy(ids, 0, blockIds, ValueLayout.JAVA_INT, 4L * offset, count);
        blockIdCount += count;
        for (int i = 0; i < count; i++) {
            lowestBlockId = Math.min(lowestBlockId, ids[i]);
            highestBlockId = Math.max(highestBlockId, ids[i]);
        }
        return offset;
    }

    /** Adds a row at {@code position} of the sequence whose block list begins at {@code blockListOffset}; generated rows first. */
    public void addRow(int position, int blockListOffset, boolean generated) {
        if (rows == maxRows || generated && generatedRows != rows) {
            throw new IllegalStateException(
                    rows == maxRows ? "more than " + maxRows + " rows" : "a generated row after a prompt row");
        }
        if (position < 0 || blockListOffset < 0) {
            throw new IllegalArgumentException(
                    "position " + position + ", block list offset " + blockListOffset + ": must not be negative");
        }
        positions.setAtIndex(ValueLayout.JAVA_INT, rows, position);
        blockListOffsets.setAtIndex(ValueLayout.JAVA_INT, rows, blockListOffset);
        rows++;
        if (generated) {
            generatedRows++;
        }
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Number of generated rows, which are rows {@code [0, generatedRows)}. */
    public int generatedRows() {
        return generatedRows;
    }

    /** Room for rows. */
    public int maxRows() {
        return maxRows;
    }

    /** int32 [rows]: position of each row in its sequence. */
    public MemorySegment positions() {
        return positions;
    }

    /** int32 [rows]: where the row's KV block ids begin in {@link #blockIds()}. */
    public MemorySegment blockListOffsets() {
        return blockListOffsets;
    }

    /** int32: KV block ids, list after list; entry i of a list holds positions [i · blockTokens, (i + 1) · blockTokens). */
    public MemorySegment blockIds() {
        return blockIds;
    }

    /** Where the KV block ids of a row begin. */
    public int blockListOffset(int row) {
        return blockListOffsets.getAtIndex(ValueLayout.JAVA_INT, row);
    }

    /** Entries of all block lists. */
    int blockIdCount() {
        return blockIdCount;
    }

    /** The smallest KV block id, or 0 where all are larger. */
    int lowestBlockId() {
        return lowestBlockId;
    }

    /** The largest KV block id, or 0 where there is none. */
    int highestBlockId() {
        return highestBlockId;
    }
}
